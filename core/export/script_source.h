// SPDX-License-Identifier: MIT
// TorchScript source of a configuration's forward, part by part: what core/model computes in evaluation, in the words
// of docs/model.md. Texts come padded, [B, L] with their lengths [B]; padding is never routed.
//
// A sample's outputs do not depend on the others of its batch: where a gate looks at more than one token (a capacity,
// expert_choice) every sample is routed alone, as `switchyard trace` does.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::script {

/// Path of a module and the methods to compile into it, submodules first.
using Source = std::pair<std::string, std::string>;

/// forward(token_ids [B, L], lengths [B], token_types [B, L]) -> [B, L, D] after the last norm; pool(hidden, lengths)
/// -> [B, D]; means(hidden, lengths, token_types) -> the means over the first and the second text. Needs the buffer
/// text.alibi_slopes with ALiBi.
std::vector<Source> textSources(const RunConfig& config);
/// forward(images [B, 3, S, S]) -> [B, N, D]; pool(patches) -> [B, D].
std::vector<Source> visionSources(const RunConfig& config);
/// forward(text [B, L, D], lengths, patches [B, N, D']) -> pooled [B, 2 D''].
std::vector<Source> fusionSources(const RunConfig& config);

/// Shared by them.
/// forward(x [B, L, D], rows: places of the R tokens that are there, sizes: how many of each sample) -> [B, L, D], 0
/// elsewhere.
std::string moeSource(const RunConfig::Moe& moe, std::int64_t dim);
/// "torch.layer_norm(X, ...)" with the weights of `module`.
std::string normOf(const std::string& x, const std::string& module, std::int64_t dim, double eps);
std::string linearOf(const std::string& x, const std::string& module);
/// A float as a literal that reads back to the same bits.
std::string literal(double value);

}  // namespace switchyard::script
