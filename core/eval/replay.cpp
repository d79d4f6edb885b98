// SPDX-License-Identifier: MIT
#include "core/eval/replay.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/config/config.h"
#include "core/base/runs/probe_record.h"
#include "core/base/runs/routes_json.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/eval/loaded_model.h"
#include "core/eval/sample_pass.h"
#include "core/model/layers/draws.h"
#include "core/model/moe/moe_layer.h"
#include "core/model/text/text_encoder.h"

namespace switchyard::eval {
namespace {

using nlohmann::json;

at::Tensor tensorOf(const std::vector<float>& values, at::IntArrayRef shape) {
    return at::tensor(values, at::kFloat).view(shape);
}

at::Tensor logitsOf(const runs::LayerRoutes& recorded) {
    std::vector<float> all;
    for (std::int64_t t = 0; t < recorded.num_tokens; ++t) {
        const std::vector<float> row = recorded.tokenLogits(t);
        all.insert(all.end(), row.begin(), row.end());
    }
    return tensorOf(all, {recorded.num_tokens, recorded.num_experts});
}

/// As a sample that passes alone has them.
model::TokenInfo tokensOf(const runs::LayerRoutes& recorded) {
    const model::TokenInfo text = model::textTokens({0}, {recorded.text_tokens}, at::kCPU);
    const model::TokenInfo image = model::imageTokens({0}, recorded.num_tokens - recorded.text_tokens, {}, at::kCPU);
    return {at::cat({text.modality, image.modality}), at::cat({text.keys, image.keys})};
}

/// Where the logits come from, and the gate that they were made under.
struct Source {
    std::vector<runs::LayerRoutes> layers;
    std::optional<RunConfig::Moe> trained;
    std::uint64_t seed = 0;
    json told = json::object();
};

void takeGate(Source* source, const RunConfig& config) {
    source->trained = config.model.moe;
    source->seed = static_cast<std::uint64_t>(config.run.seed);
}

RunConfig configOf(const std::string& checkpoint) {
    const fs::path folder = resolveModelFolder(checkpoint);
    const fs::path resolved = folder / "config.resolved.yaml";
    return config::loadOrThrow((fs::exists(resolved) ? resolved : folder / "config.yaml").string());
}

Source fromRun(const json& request) {
    const runs::RunPaths run{fs::absolute(expandPath(request.at("run").get<std::string>()))};
    Source source;
    takeGate(&source, config::loadOrThrow(run.resolvedConfig().string()));
    runs::ProbeRecord record(run.database());
    const std::vector<std::int64_t> steps = record.steps();
    if (steps.empty()) {
        throw Error(ExitCode::kBadData, "The run has recorded no routing probe", run.dir.string(),
                    "Set probe.every, and data.eval or probe.data, and train");
    }
    const std::int64_t step = request.value("step", steps.back()), sample = request.value("sample", std::int64_t{0});
    source.layers = record.routes(step, sample);
    if (source.layers.empty()) {
        throw Error(
            ExitCode::kUsage, "The probe has no step " + std::to_string(step) + " of sample " + std::to_string(sample),
            run.dir.string(),
            "Recorded are " + std::to_string(steps.size()) + " steps from " + std::to_string(steps.front()) + " to " +
                std::to_string(steps.back()) + ", and " + std::to_string(record.samples().size()) + " samples from 0");
    }
    source.told = {{"run", run.dir.string()}, {"step", step}, {"sample", sample}};
    return source;
}

Source sourceOf(const json& request) {
    if (request.contains("run")) return fromRun(request);
    Source source;
    if (request.contains("trace")) {
        const std::string file = request.at("trace").get<std::string>();
        source.layers = runs::traceRoutes(expandPath(file), request.value("sample", std::int64_t{0}));
        source.told = {{"trace", file}, {"sample", request.value("sample", std::int64_t{0})}};
    } else if (request.contains("routes")) {
        const json& routes = request.at("routes");
        for (const json& layer : routes.at("layers")) source.layers.push_back(runs::layerRoutes(layer));
        if (routes.contains("gate")) source.trained = runs::withGate({}, routes.at("gate"));
        source.seed = routes.value("seed", std::uint64_t{0});
    } else {
        throw Error(ExitCode::kUsage, "the request lacks the logits to replay", "replay",
                    "Give \"run\", \"trace\" or \"routes\"");
    }
    if (request.contains("checkpoint")) takeGate(&source, configOf(request.at("checkpoint").get<std::string>()));
    return source;
}

ReplayGate gateOf(const json& request, const Source& source) {
    const json wanted = request.value("gate", json::object());
    if (!source.trained && !wanted.contains("gate")) {
        throw Error(ExitCode::kUsage, "A trace does not say under which gate it was made", "gate",
                    "Give \"checkpoint\", or \"gate\" with its keys");
    }
    ReplayGate gate;
    gate.moe = runs::withGate(source.trained.value_or(RunConfig::Moe{}), wanted);
    gate.seed = source.seed;
    if (wanted.contains("temperature")) {
        const json& value = wanted.at("temperature");
        gate.temperature = value.is_number() ? value.get<double>() : 0;
        if (!(gate.temperature >= 1e-3 && gate.temperature <= 1e3)) {
            throw Error(ExitCode::kUsage, "The gate can not have temperature " + value.dump(), "temperature",
                        "It lies between 0.001 and 1000");
        }
    }
    if (wanted.contains("bias")) {
        const json& value = wanted.at("bias");
        if (value.is_array()) {
            for (const json& number : value) {
                if (!number.is_number()) throw Error(ExitCode::kUsage, "A bias has an item that is no number", "bias");
                gate.bias.push_back(number.get<float>());
            }
        } else if (value == "none") {
            gate.trained_bias = false;
        } else if (value != "trained") {
            throw Error(ExitCode::kUsage, "The gate can not have bias " + value.dump(), "bias",
                        "It is trained, none, or a list of one number an expert");
        }
    }
    return gate;
}

}  // namespace

runs::LayerRoutes replay(const runs::LayerRoutes& recorded, const ReplayGate& gate) {
    const c10::InferenceMode no_gradient;
    if (recorded.log_sum_exp.empty() && recorded.logits.empty() && recorded.num_tokens > 0) {
        throw Error(ExitCode::kUsage, "The routes have no logits to replay", recorded.layer);
    }
    model::MoeOptions options;
    options.moe = gate.moe;
    options.moe.experts = recorded.num_experts;
    options.name = recorded.layer;
    options.layer_key = model::nameKey(recorded.layer);
    if (options.moe.top_k > recorded.num_experts) {
        throw Error(ExitCode::kUsage,
                    std::to_string(recorded.num_experts) + " experts can not serve " +
                        std::to_string(options.moe.top_k) + " choices per token",
                    recorded.layer, "Use at most " + std::to_string(recorded.num_experts));
    }
    model::RouterLogits router;
    router.logits = logitsOf(recorded);
    if (gate.temperature != 1) router.logits = router.logits / gate.temperature;
    const std::vector<float>& bias = gate.bias.empty() && gate.trained_bias ? recorded.bias : gate.bias;
    if (!bias.empty() && static_cast<std::int64_t>(bias.size()) != recorded.num_experts) {
        throw Error(ExitCode::kUsage,
                    "The bias has " + std::to_string(bias.size()) + " numbers for " +
                        std::to_string(recorded.num_experts) + " experts",
                    recorded.layer);
    }
    if (!bias.empty()) router.bias = tensorOf(bias, {recorded.num_experts});
    model::ForwardContext context;
    context.seed = gate.seed;
    runs::LayerRoutes routes = routesOf(model::route(router, options, tokensOf(recorded), context), options.moe);
    routes.rounded = recorded.rounded;
    routes.bias = bias;
    return routes;
}

json replayRequest(const json& request) {
    try {
        const Source source = sourceOf(request);
        const ReplayGate gate = gateOf(request, source);
        const std::string only = request.value("layer", std::string());
        json layers = json::array();
        for (const runs::LayerRoutes& recorded : source.layers) {
            if (!only.empty() && recorded.layer != only) continue;
            const runs::LayerRoutes routes = replay(recorded, gate);
            const runs::RouteChanges changes = runs::changesBetween(recorded, routes);
            json told = runs::toJson(routes, /*logits=*/false);
            told["summary"] = runs::summaryJson(routes);
            told["recorded"] = runs::summaryJson(recorded);
            told["changed"] = changes.choices;
            told["changed_tokens"] = changes.tokens;
            told["changed_drops"] = changes.drops;
            layers.push_back(std::move(told));
        }
        if (layers.empty()) {
            std::string names;
            for (const runs::LayerRoutes& layer : source.layers) names += (names.empty() ? "" : ", ") + layer.layer;
            throw Error(ExitCode::kUsage, "There is no layer \"" + only + "\"", "layer", "There are " + names);
        }
        json told = source.told;
        told["gate"] = runs::gateJson(gate.moe);
        told["gate"]["temperature"] = gate.temperature;
        if (source.trained) told["trained_gate"] = runs::gateJson(*source.trained);
        told["layers"] = std::move(layers);
        return told;
    } catch (const json::exception& error) {
        throw Error(ExitCode::kUsage, std::string("The request can not be read: ") + error.what(), "replay");
    }
}

}  // namespace switchyard::eval
