// SPDX-License-Identifier: MIT
#include "core/bench/requests.h"

#include "core/base/config/config.h"
#include "core/base/util/error.h"
#include "core/bench/checkpoint_bench.h"
#include "core/bench/data_bench.h"
#include "core/bench/hardware_bench.h"
#include "core/bench/index_bench.h"
#include "core/bench/moe_bench.h"
#include "core/bench/start_bench.h"
#include "core/bench/step_bench.h"

namespace switchyard::bench {
namespace {

std::int64_t positive(const nlohmann::json& request, const char* name, std::int64_t fallback) {
    const auto value = request.value(name, fallback);
    if (value < 1) throw Error(ExitCode::kUsage, std::string(name) + " must be at least 1", name);
    return value;
}

/// The defaults with `keys` and then the request's own.
RunConfig configOf(const nlohmann::json& request, nlohmann::json keys) {
    keys.update(request.value("set", nlohmann::json::object()));
    std::vector<config::Override> overrides;
    for (const auto& [key, value] : keys.items()) overrides.push_back({key, value.get<std::string>()});
    const config::LoadResult loaded = config::loadText("", overrides);
    std::string problems;
    for (const config::Problem& problem : loaded.problems) {
        if (!problem.warning) problems += (problems.empty() ? "" : "\n") + config::describe(problem, "--set");
    }
    if (!problems.empty()) throw Error(ExitCode::kBadConfig, problems);
    return loaded.config;
}

Precision precisionOf(const nlohmann::json& request) {
    const std::string precision = request.value("precision", "fp32");
    if (precision != "fp32" && precision != "bf16" && precision != "fp64") {
        throw Error(ExitCode::kUsage, "precision must be fp32, bf16 or fp64, not " + precision, "--precision");
    }
    return precision == "bf16" ? Precision::kBf16 : precision == "fp64" ? Precision::kFp64 : Precision::kFp32;
}

}  // namespace

nlohmann::json runMoeRequest(const nlohmann::json& request) {
    MoeCase which;
    which.moe = configOf(request, nlohmann::json::object()).model.moe;
    which.tokens = positive(request, "tokens", 4096);
    which.dim = positive(request, "dim", 512);
    which.repeats = static_cast<int>(positive(request, "repeats", 5));
    which.precision = precisionOf(request);
    which.bf16_weights = request.value("bf16_weights", false);
    if (which.bf16_weights && which.precision != Precision::kBf16) {
        throw Error(ExitCode::kUsage, "Weights are kept in bf16 only with precision bf16", "--bf16-weights",
                    "Add --precision bf16");
    }
    nlohmann::json row = benchMoe(which);
    row["precision"] = request.value("precision", "fp32");
    return row;
}

nlohmann::json runStepRequest(const nlohmann::json& request) {
    RunConfig config = configOf(request, stepBenchKeys());
    config.train.precision = precisionOf(request);
    nlohmann::json row = benchStep(config, static_cast<int>(positive(request, "repeats", 5)),
                                   launch::RankEnvironment::fromEnvironment());
    row["precision"] = request.value("precision", "fp32");
    return row;
}

nlohmann::json runCheckpointRequest(const nlohmann::json& request) {
    CheckpointCase which;
    which.parameters = positive(request, "parameters", which.parameters);
    which.repeats = static_cast<int>(positive(request, "repeats", which.repeats));
    which.alone = request.value("alone", false);
    which.folder = request.value("dir", "");
    return benchCheckpoint(which, launch::RankEnvironment::fromEnvironment());
}

nlohmann::json runStartRequest() {
    return benchStart(launch::RankEnvironment::fromEnvironment());
}

nlohmann::json runHardwareRequest() {
    return benchHardware(launch::RankEnvironment::fromEnvironment());
}

nlohmann::json runDataRequest(const nlohmann::json& request) {
    DataCase which;
    which.file = request.value("file", "");
    which.root = request.value("root", "");
    which.out = request.value("out", "");
    which.side = positive(request, "side", which.side);
    which.limit = positive(request, "limit", which.limit);
    which.repeats = positive(request, "repeats", which.repeats);
    return benchData(which);
}

nlohmann::json runIndexRequest(const nlohmann::json& request,
                               const std::function<bool(std::int64_t, std::int64_t, const std::string&)>& progress) {
    IndexCase which;
    which.vectors = positive(request, "vectors", which.vectors);
    which.dim = positive(request, "dim", which.dim);
    which.queries = positive(request, "queries", which.queries);
    which.search = retrieval::searchMethodOf(request.value("search", ""));
    which.folder = request.value("dir", "");
    return benchIndex(which, progress);
}

}  // namespace switchyard::bench
