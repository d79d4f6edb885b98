// SPDX-License-Identifier: MIT
#include "core/base/serve/api.h"

#include <algorithm>
#include <charconv>

#include "core/base/io/sha256.h"
#include "core/base/util/log.h"

namespace switchyard::serve {
namespace {

using nlohmann::json;

HttpResponse toJson(const json& told, int status = 200) {
    HttpResponse response;
    response.status = status;
    response.body = told.dump(-1, ' ', false, json::error_handler_t::replace);
    return response;
}

HttpResponse wrong(int status, const std::string& why) {
    HttpResponse response = toJson({{"error", why}}, status);
    if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

/// "/v2/models/x" -> {"v2", "models", "x"}.
std::vector<std::string> partsOf(const std::string& path) {
    std::vector<std::string> parts;
    std::size_t begin = 1;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end > begin) parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

/// Texts of secrets: as long for every wrong one. Of hashes, so that neither length nor beginning tells anything.
bool equalHashes(const std::string& a, const std::string& b) {
    unsigned char difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

std::string hashOf(const std::string& text) {
    return io::sha256(text.data(), text.size());
}

/// A name that a browser on this machine would not take from another site's page (DNS rebinding).
bool namesThisMachine(std::string host) {
    if (const std::size_t port = host.rfind(':');
        port != std::string::npos && host.find(']', port) == std::string::npos)
        host.resize(port);
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

std::optional<std::size_t> jsonBytes(const HttpRequest& request) {
    const std::optional<std::string> text = request.header("Inference-Header-Content-Length");
    if (!text) return std::nullopt;
    std::size_t bytes = 0;
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), bytes);
    if (problem != std::errc{} || end != text->data() + text->size())
        throw HttpError(400, "Inference-Header-Content-Length is no number");
    return bytes;
}

void onlyGet(const HttpRequest& request) {
    if (request.method == "POST") throw HttpError(405, "this path is read with GET");
}

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

Api::Api(ApiOptions options, const ServedSpec& served, JobQueue& queue, Metrics& metrics,
         std::function<Gauges()> gauges)
    : options_(std::move(options)),
      served_(served),
      queue_(queue),
      metrics_(metrics),
      gauges_(std::move(gauges)),
      token_hash_(hashOf("Bearer " + options_.token)) {}

bool Api::ready() const {
    return !draining_ && gauges_().workers_ready > 0;
}

std::optional<HttpResponse> Api::checkHead(const HttpRequest& request) const {
    if (draining_) {
        HttpResponse response = wrong(503, "the server is stopping");
        response.close = true;
        return response;
    }
    // What watches over processes has no secrets, and learns none.
    if (request.path.starts_with("/v2/health/")) return std::nullopt;
    if (!options_.token.empty()) {
        const std::string given = request.header("Authorization").value_or("");
        if (!equalHashes(hashOf(given), token_hash_))
            return wrong(401, "the server asks for its token: Authorization: Bearer TOKEN");
    } else if (options_.loopback && !namesThisMachine(request.header("Host").value_or("localhost"))) {
        return wrong(403, "without a token only localhost is answered, called by that name");
    }
    return std::nullopt;
}

HttpResponse Api::handle(const HttpRequest& request) {
    try {
        return answer(request);
    } catch (const HttpError& error) {
        return wrong(error.status(), error.what());
    } catch (const std::exception& error) {
        logLine(LogLevel::kError, "a request failed: " + std::string(error.what()));
        return wrong(500, "the server failed");
    }
}

HttpResponse Api::answer(const HttpRequest& request) {
    const std::vector<std::string> path = partsOf(request.path);
    if (path == std::vector<std::string>{"metrics"}) {
        onlyGet(request);
        HttpResponse response;
        response.body = metrics_.prometheus(gauges_());
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        return response;
    }
    if (path.empty() || path[0] != "v2") throw HttpError(404, "there is nothing here; see /v2 and /metrics");
    if (path.size() == 1) {
        onlyGet(request);
        return toJson(
            {{"name", "switchyard"},
             {"version", SWITCHYARD_VERSION},
             {"extensions", {"binary_tensor_data", "model_configuration", "model_repository", "statistics"}}});
    }
    if (path.size() == 3 && path[1] == "health" && (path[2] == "live" || path[2] == "ready")) {
        onlyGet(request);
        if (path[2] == "live" || ready()) return toJson(json::object());
        return wrong(503, "no worker is ready");
    }
    if (path.size() == 3 && path[1] == "repository" && path[2] == "index") {
        json all = json::array();
        for (const ModelSpec& model : served_.models)
            all.push_back(
                {{"name", model.name}, {"version", "1"}, {"state", ready() ? "READY" : "UNAVAILABLE"}, {"reason", ""}});
        return toJson(all);
    }
    if (path.size() >= 3 && path[1] == "models") return aboutModel(request, path);
    throw HttpError(404, "this part of the protocol is not offered");
}

HttpResponse Api::aboutModel(const HttpRequest& request, const std::vector<std::string>& path) {
    if (path.size() == 3 && path[2] == "stats") {
        onlyGet(request);
        return toJson(metrics_.statistics(""));
    }
    const ModelSpec* model = served_.model(path[2]);
    if (model == nullptr) {
        std::string all;
        for (const ModelSpec& other : served_.models) all += (all.empty() ? "" : ", ") + other.name;
        throw HttpError(404, "there is no such model; there are " + all);
    }
    std::size_t at = 3;
    if (path.size() > at && path[at] == "versions") {
        if (path.size() == at + 1 || path[at + 1] != "1") throw HttpError(404, "the model has version 1 only");
        at += 2;
    }
    const std::string what = path.size() == at ? "" : path.size() == at + 1 ? path[at] : "?";
    if (what == "infer") {
        if (request.method != "POST") throw HttpError(405, "this path is written with POST");
        return inferCounted(request, *model);
    }
    if (what.empty() || what == "config" || what == "ready" || what == "stats") onlyGet(request);
    if (what.empty()) return toJson(metadataOf(*model));
    if (what == "config") return toJson(configOf(*model, served_, options_.limits.rows, options_.window_ms));
    if (what == "stats") return toJson(metrics_.statistics(model->name));
    if (what == "ready") return ready() ? toJson(json::object()) : wrong(503, "no worker is ready");
    throw HttpError(404, "a model has config, ready, stats and infer");
}

HttpResponse Api::inferCounted(const HttpRequest& request, const ModelSpec& model) {
    try {
        return infer(request, model);
    } catch (const HttpError& error) {
        metrics_.request(model.name, error.status(), secondsSince(request.arrival), 0, 0, 0);
        throw;
    } catch (...) {
        metrics_.request(model.name, 500, secondsSince(request.arrival), 0, 0, 0);
        throw;
    }
}

HttpResponse Api::infer(const HttpRequest& request, const ModelSpec& model) {
    InferRequest parsed = parseInfer(request.body, jsonBytes(request), model, options_.limits);
    InferRequest head;  // what the answer needs; the values go to the worker
    head.id = parsed.id;
    head.rows = parsed.rows;
    head.outputs = parsed.outputs;
    head.binary_outputs = parsed.binary_outputs;
    const JobAnswer computed = compute(model, std::move(parsed));
    const InferResponse written = writeInfer(head, model.name, computed.tensors);
    HttpResponse response;
    response.body = written.body;
    if (written.json_bytes < written.body.size()) {
        response.content_type = "application/octet-stream";
        response.headers.emplace_back("Inference-Header-Content-Length", std::to_string(written.json_bytes));
    }
    metrics_.request(model.name, 200, secondsSince(request.arrival), head.rows, computed.queue_s, computed.compute_s);
    return response;
}

JobAnswer Api::compute(const ModelSpec& model, InferRequest request) {
    if (draining_) throw HttpError(503, "the server is stopping");
    if (gauges_().workers_ready == 0) throw HttpError(503, "no worker is ready; one is being started");
    const auto job = std::make_shared<Job>(model.name, std::move(request), Clock::now() + options_.answer_limit);
    std::future<JobAnswer> answered = job->answer.get_future();
    if (!queue_.push(job))
        throw HttpError(draining_ ? 503 : 429, draining_ ? "the server is stopping" : "the queue is full");
    // A batch that began just before the deadline has that long again, and is cut off by its worker's thread then.
    if (answered.wait_until(job->deadline + options_.answer_limit + std::chrono::seconds(1)) !=
        std::future_status::ready)
        throw HttpError(504, "no worker took the request in time");
    JobAnswer answer = answered.get();
    if (answer.status != 200) throw HttpError(answer.status, answer.error);
    return answer;
}

}  // namespace switchyard::serve
