// SPDX-License-Identifier: MIT
// Routes in the requests and answers of a worker (core/base/launch/compute_request.h), and from trace files.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/runs/layer_routes.h"

namespace switchyard::runs {

/// A layer as an object: "layer", "tokens", "text_tokens", "experts", "choices", "sigmoid", and the tables in base64,
/// little-endian: "chosen" (int32), "weights" (fp32), "dropped" (bytes), "logits", "entropy", "log_sum_exp", "bias"
/// (fp32). Partly known logits add "logit_experts" (int32) and "known". The numbers are kept to the last bit.
/// @param logits false: without them and what only they explain
nlohmann::json toJson(const LayerRoutes& routes, bool logits = true);
/// "load", "text_load", "image_load" ([E] each), "entropy", "max_violation", "dropped_share", "dead".
nlohmann::json summaryJson(const LayerRoutes& routes);
/// Throws: Error(kBadData) when sizes do not agree or an expert is not there.
LayerRoutes layerRoutes(const nlohmann::json& object);

/// Every MoE layer of one sample of a trace file, in the file's order. @param sample of a file with several
/// Throws: Error(kBadData) when there is no such sample or a tensor is missing or of another shape, as SafetensorsFile.
std::vector<LayerRoutes> traceRoutes(const std::filesystem::path& file, std::int64_t sample = 0);

/// What of model.moe a gate's choice depends on in an evaluation: "gate", "top_k", "score", "capacity_factor"
/// (model.moe. eval_capacity_factor), "min_capacity", "drop", "gumbel_eval".
nlohmann::json gateJson(const RunConfig::Moe& moe);
/// `moe` with the keys of `wanted` in their place. "temperature" and "bias" are not its own and left alone.
/// A gate with a fixed top_k (top2, switch) sets it. Throws: Error(kUsage) for an unknown key or a bad value.
RunConfig::Moe withGate(RunConfig::Moe moe, const nlohmann::json& wanted);
/// "KEY=VALUE" of a command line into such an object. Throws: Error(kUsage).
void addGateKey(nlohmann::json* gate, const std::string& key_value);

std::string toBase64(const void* data, std::size_t bytes);
/// Throws: Error(kBadData).
std::vector<std::uint8_t> fromBase64(const std::string& text);

}  // namespace switchyard::runs
