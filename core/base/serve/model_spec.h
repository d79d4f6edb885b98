// SPDX-License-Identifier: MIT
// What a worker serves, as it tells when it has loaded its model: names, inputs, outputs and parameters. The server
// knows nothing else of models, so it checks requests and tells metadata by this alone.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace switchyard::serve {

/// A column of BYTES, one value a row.
struct InputSpec {
    std::string name;
    bool picture = false;   ///< else a text
    bool optional = false;  ///< whether it has to be there depends on the task or on other inputs
};

struct OutputSpec {
    std::string name;
    bool text = false;        ///< BYTES, else FP32
    std::int64_t width = -1;  ///< values a row; -1 = by the request's parameters
};

struct ParameterSpec {
    std::string name;
    std::int64_t least = 0, most = 0;  ///< of a number
    std::vector<std::string> choices;  ///< of a word
    bool flag = false;                 ///< true or false
};

struct ModelSpec {
    std::string name;
    std::vector<InputSpec> inputs;
    std::vector<OutputSpec> outputs;
    std::vector<ParameterSpec> parameters;

    const InputSpec* input(const std::string& named) const;
    const OutputSpec* output(const std::string& named) const;
    const ParameterSpec* parameter(const std::string& named) const;
};

struct ServedSpec {
    std::vector<ModelSpec> models;
    std::string checkpoint;  ///< folder
    std::string identity;    ///< SHA-256
    std::int64_t step = 0;
    bool batched = true;  ///< false: a row's answer would depend on the other rows, so each passes alone

    const ModelSpec* model(const std::string& named) const;
    nlohmann::json toJson() const;
    /// Throws: nlohmann::json::exception for another shape.
    static ServedSpec fromJson(const nlohmann::json& told);
};

/// What Open Inference Protocol v2 calls a model's metadata.
nlohmann::json metadataOf(const ModelSpec& model);
/// The model configuration extension. @param max_batch rows of a request and of a batch
nlohmann::json configOf(const ModelSpec& model, const ServedSpec& served, std::int64_t max_batch, double window_ms);

}  // namespace switchyard::serve
