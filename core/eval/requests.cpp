// SPDX-License-Identifier: MIT
#include "core/bench/requests.h"
#include "core/eval/requests.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <algorithm>

#include "core/base/dataset/dataset.h"
#include "core/base/io/safe_file.h"
#include "core/base/runs/routes_json.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/checkpoint/average.h"
#include "core/checkpoint/checkpoint.h"
#include "core/data/eval_batch.h"
#include "core/eval/ask.h"
#include "core/eval/attribution.h"
#include "core/eval/evaluate.h"
#include "core/eval/loaded_model.h"
#include "core/eval/replay.h"
#include "core/eval/request_fields.h"
#include "core/eval/retrieve.h"
#include "core/eval/trace.h"
#include "core/export/torchscript.h"
#include "core/hub/hub.h"
#include "core/parallel/device.h"
#include "core/prune/prune.h"
#include "core/retrieval/index.h"
#include "core/retrieval/index_build.h"

namespace switchyard::eval {
namespace {

constexpr std::size_t kMostLogits = 2 << 20;  // 11 MiB in base64; the window takes lines of 16 MiB

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
        LoadedModel& loaded = load(need(request, "checkpoint"));
        return eval::evaluate(
            loaded,
            openEvalData(loaded, request.value("task", "retrieval"), need(request, "data"), textOr(request, "root")),
            progress);
    }

    nlohmann::json buildIndex(const nlohmann::json& request, const Progress& progress) {
        LoadedModel& loaded = load(need(request, "checkpoint"));
        nlohmann::json info = retrieval::buildIndex(loaded, expandPath(need(request, "data")), expandPath(textOr(request, "root")),
                                                    expandPath(need(request, "out")), retrieval::searchMethodOf(textOr(request, "search")), progress);
        index.reset();  // it may be the one that was open
        return info;
    }

    nlohmann::json retrieve(const nlohmann::json& request) {
        const retrieval::Index& open_index = open(expandPath(need(request, "index")).string());
        LoadedModel& loaded = load(textOr(request, "checkpoint").empty() ? open_index.info().value("checkpoint", "") : textOr(request, "checkpoint"));
        requireSameModel(loaded, open_index, need(request, "index"));
        return eval::retrieve(loaded, open_index, request);
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

    nlohmann::json ask(const nlohmann::json& request, const Progress& progress) {
        if (progress && !progress(0, 0, "model")) throw Error(ExitCode::kInterrupted, "cancelled");
        LoadedModel& loaded = load(need(request, "checkpoint"));
        const std::string out = textOr(request, "out");
        const AskOptions options{textOr(request, "task"), request.value("top", std::int64_t{8}), out.empty() ? out : expandPath(out).string()};
        return eval::ask(loaded, sampleOf(request), options, progress);
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
    if (op == "why") return explainHit(impl_->load(need(request, "checkpoint")), request);
    if (op == "ask") return impl_->ask(request, progress);
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
    if (op == "export_torchscript") return script::exportTorchScript(need(request, "checkpoint"), expandPath(need(request, "out")));
    if (op == "export_triton") return script::exportTriton(need(request, "checkpoint"), expandPath(need(request, "out")));
    if (op == "merge_lora") return hub::mergeAdapters(need(request, "checkpoint"), expandPath(need(request, "out")));
    if (op == "prune") return prune::pruneExperts(request, progress);
    if (op == "average") {
        std::vector<fs::path> folders;
        for (const nlohmann::json& source : request.at("checkpoints"))
            folders.push_back(resolveModelFolder(source.get<std::string>()));
        return checkpoint::averageCheckpoints(folders,
                                              fs::absolute(expandPath(need(request, "out"))).lexically_normal());
    }
    if (op == "import") return hub::importModel(fs::absolute(expandPath(need(request, "source"))), expandPath(need(request, "out")));
    if (op == "bench_moe") return bench::runMoeRequest(request);
    if (op == "bench_step") return bench::runStepRequest(request);
    if (op == "bench_checkpoint") return bench::runCheckpointRequest(request);
    if (op == "bench_data") return bench::runDataRequest(request);
    if (op == "bench_index") return bench::runIndexRequest(request, progress);
    if (op == "bench_hardware") return bench::runHardwareRequest();
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
