// SPDX-License-Identifier: MIT
// What a model of a configuration can be asked, as TorchScript methods with their inputs and outputs: the one list
// behind the exported module, its description and a Triton repository.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"

namespace switchyard::script {

struct Port {
    std::string name;
    bool integers = false;           ///< int64, else fp32
    std::vector<std::int64_t> dims;  ///< without the batch; -1 = any
};

struct Function {
    std::string name;       ///< of the method: "encode_text"
    std::string served_as;  ///< of a Triton model: "embed_text"
    std::vector<Port> inputs;
    Port output;
    std::string body;                  ///< lines that end with `return`
    std::vector<std::string> modules;  ///< names before the first dot of the weights that it needs
    std::vector<std::string> classes;  ///< of the output's last dimension, where they have names
};

/// In a fixed order. Throws: Error(kBadConfig) for a model that no TorchScript computes.
std::vector<Function> functionsOf(const RunConfig& config, const std::vector<dataset::TaskLabels>& labels);

/// "def NAME(self, ...) -> Tensor:" with inputs brought into form. @param column [B] becomes [B, 1]
std::string methodSource(const Function& function, const std::string& name, bool column);

/// Further methods of the root that bodies call, and `forward` of the whole model.
std::string helperSource(const std::string& module, const RunConfig& config);
std::string wholeForward(const RunConfig& config, const std::vector<Function>& functions);

/// signature.json: methods with inputs and outputs, how pictures and texts are made ready, classes.
nlohmann::json describe(const RunConfig& config, const std::vector<Function>& functions);

}  // namespace switchyard::script
