// SPDX-License-Identifier: MIT
// Adapters among a model's weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

#include "core/base/config/run_config.h"

namespace switchyard::hub {

/// Adds every adapter to its matrix, which is copied for that, and takes it out. Throws: Error(kNonFinite) naming a
/// merged weight that is not finite.
void mergeInto(std::map<std::string, at::Tensor>* weights, const RunConfig& config);

}  // namespace switchyard::hub
