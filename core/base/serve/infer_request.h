// SPDX-License-Identifier: MIT
// The body of POST /v2/models/NAME/infer, as JSON or with the binary tensor data extension.
// Source: Open Inference Protocol v2 (github.com/kserve/open-inference-protocol), binary data extension
// (github.com/triton-inference-server/server, docs/protocol/extension_binary_data.md).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/serve/http_error.h"
#include "core/base/serve/model_spec.h"

namespace switchyard::serve {

struct RequestLimits {
    std::int64_t rows = 32;
    std::size_t text_bytes = 64 << 10;
    std::size_t picture_bytes = 16 << 20;
    std::int64_t picture_pixels = 32'000'000;
};

struct WantedOutput {
    std::string name;
    bool binary = false;
};

struct InferRequest {
    std::string id;
    nlohmann::json parameters = nlohmann::json::object();  ///< those that the model knows, checked
    std::int64_t rows = 0;
    std::vector<std::string> columns;              ///< inputs that are there, in the model's order
    std::vector<std::vector<std::string>> values;  ///< [columns][rows]
    std::vector<WantedOutput> outputs;             ///< empty = all, binary or not as `binary_outputs` says
    bool binary_outputs = false;
};

/// A pure function of its arguments.
/// @param json_bytes Inference-Header-Content-Length: the JSON's part of `body`; nothing = all of it is JSON
/// Pictures in JSON are base64. Shapes [rows] and [rows, 1] are both taken.
/// Throws: HttpError(400), HttpError(413) for what is larger than `limits`.
InferRequest parseInfer(std::string_view body, std::optional<std::size_t> json_bytes, const ModelSpec& model,
                        const RequestLimits& limits);

/// One of the answer's tensors: `rows` times `width` values as the binary extension has them (fp32, or texts with their
/// lengths before them).
struct OutputTensor {
    std::string name;
    bool text = false;
    std::int64_t width = 1;
    std::string data;
};

struct InferResponse {
    std::string body;
    std::size_t json_bytes = 0;  ///< less than the body: the rest is binary data
};
/// Throws: HttpError(400) for an output that this answer does not have.
InferResponse writeInfer(const InferRequest& request, const std::string& model,
                         const std::vector<OutputTensor>& tensors);

}  // namespace switchyard::serve
