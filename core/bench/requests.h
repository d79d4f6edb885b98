// SPDX-License-Identifier: MIT
// Requests of `switchyard bench`, done by a worker process of their own each, so that peak memory is the case's.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace switchyard::bench {

/// {"op": "bench_moe", "tokens", "dim", "precision": "fp32" | "bf16" | "fp64", "bf16_weights": false, "repeats",
///  "set": {"model.moe.KEY": "VALUE"}}
/// -> a row of `switchyard bench moe` (moe_bench.h).
/// Throws: Error(kUsage | kBadConfig).
nlohmann::json runMoeRequest(const nlohmann::json& request);

/// {"op": "bench_step", "precision", "repeats", "set": {"KEY": "VALUE"}} -> a row of `switchyard bench step`
/// (step_bench.h), from one worker a rank. Throws: Error(kUsage | kBadConfig).
nlohmann::json runStepRequest(const nlohmann::json& request);

/// {"op": "bench_checkpoint", "parameters", "repeats", "dir"} -> `switchyard bench checkpoint` (checkpoint_bench.h), from
/// one worker a rank. Throws: Error(kUsage | kIo).
nlohmann::json runCheckpointRequest(const nlohmann::json& request);

/// {"op": "bench_start"} -> {ranks, finished_ms} (start_bench.h), from one worker a rank.
nlohmann::json runStartRequest();

/// {"op": "bench_hardware"} -> this machine's figures (hardware_bench.h); with several workers those of their links.
nlohmann::json runHardwareRequest();

/// {"op": "bench_data", "file", "root", "out", "side", "limit", "repeats"} -> `switchyard bench data` (data_bench.h).
/// Throws: Error(kUsage | kBadData | kIo).
nlohmann::json runDataRequest(const nlohmann::json& request);

/// {"op": "bench_index", "vectors", "dim", "queries", "search", "dir"} -> a row of `switchyard bench index`
/// (index_bench.h). Throws: Error(kUsage | kIo | kInterrupted).
nlohmann::json runIndexRequest(const nlohmann::json& request,
                               const std::function<bool(std::int64_t, std::int64_t, const std::string&)>& progress);

}  // namespace switchyard::bench
