// SPDX-License-Identifier: MIT
// The dense model that a sparse one is measured against.
#pragma once

#include <vector>

#include "core/base/config/config.h"

namespace switchyard::compare {

/// What the dense twin shares with the sparse model: all parameters, or those that work on one token.
enum class TwinBy { kTotal, kActive };
const char* twinName(TwinBy by);  ///< "total", "active"

/// Keys that turn a sparse configuration into its dense twin: no experts, the same blocks, and feed-forwards widened
/// (or narrowed) in each part that had experts until the part has as many parameters (as many active ones), to the
/// nearest multiple of 8. Every block of such a part gets the same width. Empty when the configuration has no experts.
std::vector<config::Override> denseTwin(const RunConfig& sparse, TwinBy by);

}  // namespace switchyard::compare
