// SPDX-License-Identifier: MIT
#include "core/bench/requests.h"
#include "core/eval/requests.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>
#include <c10/core/InferenceMode.h>

#include <optional>

#include <chrono>

#include "core/base/dataset/dataset.h"
#include "core/base/io/safe_file.h"
#include "core/base/runs/routes_json.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/checkpoint/checkpoint.h"
#include "core/data/eval_batch.h"
#include "core/eval/loaded_model.h"
#include "core/eval/replay.h"
#include "core/eval/retrieval_eval.h"
#include "core/eval/task_eval.h"
#include "core/eval/trace.h"
#include "core/hub/hub.h"
#include "core/parallel/device.h"
#include "core/retrieval/index.h"

namespace switchyard::eval {
namespace {

constexpr std::uint64_t kLargestPicture = 64ULL << 20;
constexpr std::int64_t kReranked = 50;
constexpr std::size_t kMostLogits = 2 << 20;  // 11 MiB in base64; the window takes lines of 16 MiB

class Stopwatch {
public:
    double milliseconds() const {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin_).count();
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

std::string need(const nlohmann::json& request, const char* name) {
    const auto it = request.find(name);
    if (it == request.end() || !it->is_string() || it->get<std::string>().empty()) {
        throw Error(ExitCode::kUsage, std::string("the request lacks \"") + name + "\"");
    }
    return it->get<std::string>();
}

std::string textOr(const nlohmann::json& request, const char* name) {
    const auto it = request.find(name);
    return it != request.end() && it->is_string() ? it->get<std::string>() : std::string();
}

io::Image readPicture(const std::string& path) {
    const fs::path file = fs::absolute(expandPath(path));
    return io::decodeImage(io::readBelow(file.parent_path(), file.filename().string(), kLargestPicture), file.string());
}

}  // namespace

struct RequestServer::Impl {
    std::unique_ptr<LoadedModel> model;
    std::string model_source;
    std::unique_ptr<retrieval::Index> index;
    std::string index_source;

    LoadedModel& load(const std::string& source) {
        // A run's newest checkpoint may have changed since: the folder it stands for decides.
        const std::string folder = resolveModelFolder(source).string();
        if (!model || model_source != folder) {
            model.reset();
            model = std::make_unique<LoadedModel>(folder);
            model_source = folder;
        }
        return *model;
    }

    retrieval::Index& open(const std::string& folder) {
        if (!index || index_source != folder) {
            index.reset();
            index = std::make_unique<retrieval::Index>(fs::path(folder));
            index_source = folder;
        }
        return *index;
    }

    nlohmann::json evaluate(const nlohmann::json& request, const Progress& progress) {
        const std::string task = request.value("task", "retrieval");
        LoadedModel& loaded = load(need(request, "checkpoint"));
        if (task != "retrieval") return evaluateTask(loaded, task, request, progress);
        const auto data = dataset::openJsonl(expandPath(need(request, "data")), expandPath(textOr(request, "root")), false);
        nlohmann::json out = retrievalMetrics(embed(loaded.model(), loaded.config(), *data, loaded.tokenizer(), loaded.context(), progress));
        out["task"] = task;
        out["checkpoint"] = loaded.folder().string();
        out["step"] = loaded.step();
        out["data"] = need(request, "data");
        return out;
    }

    /// A text task, or vqa, on a file.
    nlohmann::json evaluateTask(LoadedModel& loaded, const std::string& task, const nlohmann::json& request, const Progress& progress) {
        const auto& labels = loaded.labels();
        const auto found = std::find_if(labels.begin(), labels.end(), [&](const auto& of) { return of.task == task; });
        if (found == labels.end()) {
            std::string has;
            for (const auto& of : labels) has += (has.empty() ? "" : ", ") + of.task;
            throw Error(ExitCode::kUsage, "the model was not trained for the task \"" + task + "\"", "--task",
                        "It can be measured on " + (has.empty() ? std::string("retrieval") : has));
        }
        const fs::path file = expandPath(need(request, "data"));
        const fs::path root = textOr(request, "root").empty() ? fs::absolute(file).parent_path() : expandPath(textOr(request, "root"));
        const std::unique_ptr<dataset::Dataset> data =
            loaded.config().task.kind == TaskKind::kVqa ? dataset::openQuestions({file}, root, loaded.config().task, &*found)
                                                        : dataset::openTextTable(file, task, loaded.config().task, labels);
        const Predictions predictions = predict(loaded.model(), loaded.config(), *data, loaded.tokenizer(), loaded.context(), progress);
        nlohmann::json out = taskMetrics(loaded.config(), *data, predictions).at(task);
        out["task"] = task;
        out["checkpoint"] = loaded.folder().string();
        out["step"] = loaded.step();
        out["data"] = need(request, "data");
        return out;
    }

    nlohmann::json buildIndex(const nlohmann::json& request, const Progress& progress) {
        LoadedModel& loaded = load(need(request, "checkpoint"));
        nlohmann::json info = retrieval::buildIndex(loaded, expandPath(need(request, "data")), expandPath(textOr(request, "root")),
                                                    expandPath(need(request, "out")), progress);
        index.reset();  // it may be the one that was open
        return info;
    }

    /// Match logits of (text, picture) pairs, as probabilities.
    std::vector<double> matchScores(const std::vector<std::vector<std::int32_t>>& texts, const std::vector<io::Image>& pictures,
                                    const std::vector<std::int64_t>& text_index, const std::vector<std::int64_t>& image_index) {
        const model::ForwardContext context = model->context();
        const data::OrderedBatch text_batch = data::makeBatch(texts, {}, model->config());
        const data::OrderedBatch image_batch = data::makeBatch({}, pictures, model->config());
        const model::TextEncoding text = model->model()->encodeText(text_batch.batch, context);
        const model::ImageEncoding image = model->model()->encodeImages(image_batch.batch, context);
        std::vector<std::int64_t> place_of_text(text_batch.order.size()), place_of_image(image_batch.order.size());
        for (std::size_t i = 0; i < text_batch.order.size(); ++i) place_of_text[static_cast<std::size_t>(text_batch.order[i])] = static_cast<std::int64_t>(i);
        for (std::size_t i = 0; i < image_batch.order.size(); ++i) place_of_image[static_cast<std::size_t>(image_batch.order[i])] = static_cast<std::int64_t>(i);
        std::vector<std::int64_t> texts_at, images_at;
        for (const std::int64_t i : text_index) texts_at.push_back(place_of_text[static_cast<std::size_t>(i)]);
        for (const std::int64_t i : image_index) images_at.push_back(place_of_image[static_cast<std::size_t>(i)]);
        const std::vector<std::uint64_t> ids(texts_at.size(), 0);
        const at::Tensor logits = model->model()->match(text, image, texts_at, images_at, ids, context).match_logits;
        std::vector<double> scores;
        for (std::int64_t i = 0; i < logits.numel(); ++i) scores.push_back(at::sigmoid(logits[i]).item<double>());
        return scores;
    }

    /// What the matching head says of each hit; nothing where a hit's picture can not be read any more.
    std::vector<std::optional<double>> judge(const std::vector<retrieval::Hit>& hits, const retrieval::Index& from, bool captions,
                                             std::vector<std::vector<std::int32_t>> texts, std::vector<io::Image> pictures) {
        std::vector<std::size_t> judged;
        std::vector<std::int64_t> many;
        for (std::size_t i = 0; i < hits.size(); ++i) {
            try {
                if (captions) texts.push_back(model->tokenizer().encode(hits[i].text, model->config().model.text.max_tokens));
                else pictures.push_back(readPicture(from.items()[static_cast<std::size_t>(hits[i].item)].image));
            } catch (const Error&) {
                continue;  // moved or deleted since the index was made: the hit stays, unjudged
            }
            many.push_back(static_cast<std::int64_t>(judged.size()));
            judged.push_back(i);
        }
        std::vector<std::optional<double>> match(hits.size());
        if (judged.empty()) return match;
        const std::vector<std::int64_t> one(judged.size(), 0);
        const std::vector<double> scores = captions ? matchScores(texts, pictures, many, one) : matchScores(texts, pictures, one, many);
        for (std::size_t i = 0; i < judged.size(); ++i) match[judged[i]] = scores[i];
        return match;
    }

    nlohmann::json retrieve(const nlohmann::json& request) {
        const c10::InferenceMode no_gradient;
        retrieval::Index& open_index = open(expandPath(need(request, "index")).string());
        LoadedModel& loaded = load(textOr(request, "checkpoint").empty() ? open_index.info().value("checkpoint", "") : textOr(request, "checkpoint"));
        if (loaded.identity() != open_index.info().value("checkpoint_sha256", "")) {
            throw Error(ExitCode::kUsage, "the index was made with another checkpoint", need(request, "index"),
                        "Build it again: switchyard index --checkpoint " + loaded.folder().string());
        }
        const std::int64_t k = std::clamp<std::int64_t>(request.value("k", std::int64_t{10}), 1, 10'000);
        const bool rerank = request.value("rerank", false);
        const std::string text = textOr(request, "text"), image = textOr(request, "image");
        if (text.empty() == image.empty()) throw Error(ExitCode::kUsage, "give either a text or an image to search with");
        const bool want_captions = request.value("captions", !image.empty());
        const std::int64_t fetched = rerank ? std::max(k, kReranked) : k;

        const Stopwatch searching;
        std::vector<std::vector<std::int32_t>> query_tokens;
        std::vector<io::Image> query_picture;
        at::Tensor query;
        if (!text.empty()) {
            query_tokens.push_back(loaded.tokenizer().encode(text, loaded.config().model.text.max_tokens));
            query = loaded.model()->encodeText(data::makeBatch(query_tokens, {}, loaded.config()).batch, loaded.context()).embedding[0];
        } else {
            query_picture.push_back(readPicture(image));
            query = loaded.model()->encodeImages(data::makeBatch({}, query_picture, loaded.config()).batch, loaded.context()).embedding[0];
        }
        query = query.to(at::kFloat);
        std::vector<retrieval::Hit> hits = want_captions ? open_index.captions(query, fetched) : open_index.pictures(query, fetched);
        const double search_ms = searching.milliseconds();
        const Stopwatch reranking;
        // The matching head judges a text with a picture: text queries against pictures, pictures against captions.
        const bool judged = rerank && !hits.empty() && want_captions == !image.empty();
        std::vector<std::optional<double>> match(hits.size());
        if (judged) match = judge(hits, open_index, want_captions, query_tokens, query_picture);
        std::vector<std::size_t> order(hits.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        if (judged) std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return match[a] > match[b]; });  // without a judgement: last
        const double rerank_ms = reranking.milliseconds();
        nlohmann::json results = nlohmann::json::array();
        for (std::size_t i = 0; i < order.size() && static_cast<std::int64_t>(i) < k; ++i) {
            const retrieval::Hit& hit = hits[order[i]];
            const retrieval::Item& item = open_index.items()[static_cast<std::size_t>(hit.item)];
            nlohmann::json row = {{"id", item.id}, {"image", item.image}, {"text", hit.text}, {"score", hit.score}};
            if (!want_captions && item.texts.size() > 1) row["texts"] = item.texts;
            if (match[order[i]]) row["match_score"] = *match[order[i]];
            results.push_back(row);
        }
        nlohmann::json answer = {{"results", results}, {"searched", open_index.items().size()}, {"search_ms", search_ms}};
        if (judged) answer["rerank_ms"] = rerank_ms;
        return answer;
    }

    nlohmann::json trace(const nlohmann::json& request) {
        LoadedModel& loaded = load(need(request, "checkpoint"));
        std::vector<TraceSample> samples;
        if (const std::string file = textOr(request, "data"); !file.empty()) {
            const fs::path path = expandPath(file);
            const fs::path root = textOr(request, "root").empty() ? fs::absolute(path).parent_path() : expandPath(textOr(request, "root"));
            const std::int64_t limit = request.value("limit", std::int64_t{100});
            for (const io::Record& row : io::readJsonl(path)) {
                if (static_cast<std::int64_t>(samples.size()) >= limit) break;
                TraceSample sample;
                sample.id = row.id;
                const std::string& words = row.text.empty() ? row.question : row.text;
                if (!words.empty()) sample.text = words;
                if (!row.image.empty()) {
                    const std::string where = io::escapeForDisplay(row.image) + " (" + path.string() + ":" + std::to_string(row.line) + ")";
                    sample.picture = io::decodeImage(io::readBelow(root, row.image, kLargestPicture), where);
                }
                samples.push_back(std::move(sample));
            }
        } else {
            samples.push_back(sampleOf(request));
        }
        return writeTrace(loaded, samples, textOr(request, "out"));
    }

    static TraceSample sampleOf(const nlohmann::json& request) {
        TraceSample sample{"query", {}, {}, {}};
        if (const std::string text = textOr(request, "text"); !text.empty()) sample.text = text;
        if (const std::string pair = textOr(request, "pair"); !pair.empty()) sample.pair = pair;
        if (const std::string image = textOr(request, "image"); !image.empty()) sample.picture = readPicture(image);
        return sample;
    }

    nlohmann::json routes(const nlohmann::json& request, const Progress& progress) {
        const auto cancelled = [&] { return progress && !progress(0, 0, "model"); };
        if (cancelled()) throw Error(ExitCode::kInterrupted, "cancelled");
        LoadedModel& loaded = load(need(request, "checkpoint"));
        const Stopwatch clock;
        const nlohmann::json wanted = request.value("gate", nlohmann::json::object());
        if (wanted.contains("temperature") || wanted.contains("bias")) {
            throw Error(ExitCode::kUsage, "A model runs without temperature and with its own bias", "gate", "Replay its logits with them");
        }
        const RunConfig::Moe gate = runs::withGate(loaded.config().model.moe, wanted);
        if (gate.top_k > gate.experts && gate.experts > 0) {
            throw Error(ExitCode::kUsage, std::to_string(gate.experts) + " experts can not serve " + std::to_string(gate.top_k) + " choices per token", "top_k");
        }
        const TraceSample sample = sampleOf(request);
        const std::string out = textOr(request, "out");
        SampleRoutes found;
        loaded.setGate(gate);
        try {
            found = sampleRoutes(loaded, sample, out.empty() ? out : expandPath(out).string(), progress);
        } catch (...) {
            loaded.setGate(loaded.config().model.moe);
            throw;
        }
        loaded.setGate(loaded.config().model.moe);
        nlohmann::json answer = std::move(found.told);
        answer["checkpoint"] = loaded.folder().string();
        answer["step"] = loaded.step();
        answer["seed"] = loaded.config().run.seed;
        answer["gate"] = runs::gateJson(gate);
        answer["layers"] = nlohmann::json::array();
        std::size_t logits = 0;
        for (const runs::LayerRoutes& layer : found.layers) logits += layer.logits.size();
        if (out.empty() && logits > kMostLogits) {
            throw Error(ExitCode::kUsage, "the routes' " + std::to_string(logits) + " logits are too many for an answer", "routes",
                        "Give \"out\", a file that they go into");
        }
        for (const runs::LayerRoutes& layer : found.layers) {
            answer["layers"].push_back(runs::toJson(layer, /*logits=*/out.empty()));
            answer["layers"].back()["summary"] = runs::summaryJson(layer);
        }
        if (!out.empty()) answer["out"] = out;
        answer["routes_ms"] = clock.milliseconds();
        return answer;
    }

    nlohmann::json probe(const nlohmann::json& request) {
        LoadedModel& loaded = load(need(request, "checkpoint"));
        std::int64_t total = 0;
        nlohmann::json parts = nlohmann::json::object();
        for (const auto& entry : loaded.model()->named_parameters()) {
            const std::string part = entry.key().substr(0, entry.key().find('.'));
            parts[part] = parts.value(part, std::int64_t{0}) + entry.value().numel();
            total += entry.value().numel();
        }
        return {{"checkpoint", loaded.folder().string()}, {"step", loaded.step()}, {"parameters", total}, {"parts", parts},
                {"moe_layers", loaded.model()->moeLayers()}, {"experts", loaded.config().model.moe.experts}, {"name", loaded.config().run.name}};
    }
};

RequestServer::RequestServer() : impl_(std::make_unique<Impl>()) {}
RequestServer::~RequestServer() = default;

nlohmann::json RequestServer::handle(const nlohmann::json& request, const Progress& progress) {
    const std::string op = textOr(request, "op");
    if (op == "eval") return impl_->evaluate(request, progress);
    if (op == "index") return impl_->buildIndex(request, progress);
    if (op == "retrieve") return impl_->retrieve(request);
    if (op == "trace") return impl_->trace(request);
    if (op == "routes") return impl_->routes(request, progress);
    if (op == "replay") return replayRequest(request);
    if (op == "probe") return impl_->probe(request);
    if (op == "export") {
        const fs::path from = resolveModelFolder(need(request, "checkpoint"));
        checkpoint::exportModel(from, expandPath(need(request, "out")), request.value("dtype", "fp32"));
        return {{"checkpoint", from.string()}, {"out", need(request, "out")}, {"dtype", request.value("dtype", "fp32")}};
    }
    if (op == "export_hf") return hub::exportToTransformers(need(request, "checkpoint"), expandPath(need(request, "out")), need(request, "part"));
    if (op == "export_peft") {
        return hub::exportAdapters(need(request, "checkpoint"), expandPath(need(request, "out")), need(request, "part"), textOr(request, "base"));
    }
    if (op == "merge_lora") return hub::mergeAdapters(need(request, "checkpoint"), expandPath(need(request, "out")));
    if (op == "import") return hub::importModel(fs::absolute(expandPath(need(request, "source"))), expandPath(need(request, "out")));
    if (op == "bench_moe") return bench::runMoeRequest(request);
    if (op == "bench_step") return bench::runStepRequest(request);
    if (op == "bench_checkpoint") return bench::runCheckpointRequest(request);
    if (op == "bench_data") return bench::runDataRequest(request);
    if (op == "bench_start") return bench::runStartRequest();
    if (op == "hello") {
        nlohmann::json told = {{"libtorch", TORCH_VERSION}, {"threads", std::to_string(at::get_num_threads())}, {"kernels", at::get_cpu_capability()}};
        if (request.value("gpus", false)) {
            try {
                told["gpus"] = parallel::usableGpus();
            } catch (const Error& error) {
                told["gpu_problem"] = error.message();
            }
        }
        return told;
    }
    throw Error(ExitCode::kUsage, "the request \"" + op + "\" is not known", "op");
}

}  // namespace switchyard::eval
