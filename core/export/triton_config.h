// SPDX-License-Identifier: MIT
// config.pbtxt of a function, for Triton's PyTorch back end.
// Source: github.com/triton-inference-server, docs "Model Configuration", pytorch_backend README.
#pragma once

#include <string>
#include <vector>

#include "core/export/functions.h"

namespace switchyard::script {

inline constexpr const char* kLabelsFile = "labels.txt";

/// Inputs and outputs by their order (INPUT__0, ...), batches of up to 64 made by the server.
std::string tritonConfig(const Function& function);
/// One class a line.
std::string labelLines(const std::vector<std::string>& classes);

}  // namespace switchyard::script
