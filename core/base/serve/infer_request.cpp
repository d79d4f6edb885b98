// SPDX-License-Identifier: MIT
#include "core/base/serve/infer_request.h"

#include <algorithm>
#include <cstring>

#include "core/base/io/image_header.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/strict_json.h"
#include "core/base/runs/routes_json.h"
#include "core/base/serve/byte_tensor.h"
#include "core/base/util/error.h"

namespace switchyard::serve {
namespace {

using nlohmann::json;

constexpr int kDeepest = 8;
constexpr std::size_t kMostValues = 20'000;
constexpr std::size_t kLongestId = 256;

[[noreturn]] void refuse(const std::string& what) {
    throw HttpError(400, what);
}

std::string shown(const std::string& text) {
    return "\"" + io::escapeForDisplay(text.substr(0, 100)) + "\"";
}

std::string wordAt(const json& object, const char* key, const std::string& of) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) refuse(of + " has no \"" + key + "\", which is a text");
    return found->get<std::string>();
}

const json& arrayAt(const json& object, const char* key, const std::string& of) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_array()) refuse(of + " has no \"" + key + "\", which is a list");
    return *found;
}

/// The object at `key`, empty where there is none.
json objectAt(const json& object, const char* key, const std::string& of) {
    const auto found = object.find(key);
    if (found == object.end()) return json::object();
    if (!found->is_object()) refuse("the \"" + std::string(key) + "\" of " + of + " is no object");
    return *found;
}

bool flagAt(const json& parameters, const char* key) {
    const auto found = parameters.find(key);
    if (found == parameters.end()) return false;
    if (!found->is_boolean()) refuse("the parameter \"" + std::string(key) + "\" is true or false");
    return found->get<bool>();
}

class Reader {
public:
    Reader(std::string_view binary, const ModelSpec& model, const RequestLimits& limits)
        : binary_(binary), model_(model), limits_(limits) {}

    InferRequest read(const json& root) {
        if (root.contains("id")) {
            request_.id = wordAt(root, "id", "the request");
            if (request_.id.size() > kLongestId) refuse("the request's \"id\" is longer than 256 bytes");
        }
        readParameters(objectAt(root, "parameters", "the request"));
        const json& inputs = arrayAt(root, "inputs", "the request");
        if (inputs.size() > model_.inputs.size()) refuse("there are more inputs than the model has");
        std::vector<std::pair<std::string, std::vector<std::string>>> found;
        for (const json& input : inputs) {
            if (!input.is_object()) refuse("an input is no object");
            std::string name = wordAt(input, "name", "an input");
            const bool twice =
                std::any_of(found.begin(), found.end(), [&](const auto& other) { return other.first == name; });
            if (twice) refuse("the input " + shown(name) + " stands twice");
            std::vector<std::string> values = readInput(input, name);
            found.emplace_back(std::move(name), std::move(values));
        }
        if (!binary_.empty()) refuse(std::to_string(binary_.size()) + " bytes of binary data belong to no input");
        for (const InputSpec& spec : model_.inputs) {
            const auto own =
                std::find_if(found.begin(), found.end(), [&](const auto& input) { return input.first == spec.name; });
            if (own == found.end()) {
                if (!spec.optional) refuse("the input \"" + spec.name + "\" is missing");
                continue;
            }
            request_.columns.push_back(spec.name);
            request_.values.push_back(std::move(own->second));
        }
        if (request_.columns.empty()) refuse("there is no input");
        if (root.contains("outputs")) readOutputs(arrayAt(root, "outputs", "the request"));
        return std::move(request_);
    }

private:
    void readParameters(const json& parameters) {
        for (const auto& [name, value] : parameters.items()) {
            if (name == "binary_data_output") {
                request_.binary_outputs = flagAt(parameters, "binary_data_output");
                continue;
            }
            const ParameterSpec* spec = model_.parameter(name);
            if (spec == nullptr) refuse("the model " + model_.name + " has no parameter " + shown(name));
            checkParameter(*spec, value);
            request_.parameters[name] = value;
        }
    }

    static void checkParameter(const ParameterSpec& spec, const json& value) {
        if (spec.flag) {
            if (!value.is_boolean()) refuse("the parameter \"" + spec.name + "\" is true or false");
        } else if (spec.choices.empty()) {
            const bool number =
                value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX);
            if (!number || value.get<std::int64_t>() < spec.least || value.get<std::int64_t>() > spec.most) {
                refuse("the parameter \"" + spec.name + "\" is a whole number from " + std::to_string(spec.least) +
                       " to " + std::to_string(spec.most));
            }
        } else {
            const bool one = value.is_string() && std::find(spec.choices.begin(), spec.choices.end(),
                                                            value.get<std::string>()) != spec.choices.end();
            if (one) return;
            std::string all;
            for (const std::string& choice : spec.choices) all += (all.empty() ? "" : ", ") + choice;
            refuse("the parameter \"" + spec.name + "\" is one of: " + all);
        }
    }

    std::vector<std::string> readInput(const json& input, const std::string& name) {
        const InputSpec* spec = model_.input(name);
        if (spec == nullptr) refuse("the model " + model_.name + " has no input " + shown(name));
        if (wordAt(input, "datatype", "an input") != "BYTES")
            refuse("the input \"" + name + "\" has the datatype BYTES");
        const std::int64_t rows = rowsOf(arrayAt(input, "shape", "the input " + name), name);
        if (request_.rows == 0) request_.rows = rows;
        if (rows != request_.rows) refuse("the inputs have different numbers of rows");
        const json parameters = objectAt(input, "parameters", "the input " + name);
        std::vector<std::string> values;
        if (parameters.contains("shared_memory_region")) refuse("shared memory is not offered");
        if (parameters.contains("binary_data_size")) {
            if (input.contains("data")) refuse("the input \"" + name + "\" has data and binary data");
            values = readBinary(parameters.at("binary_data_size"), name);
        } else {
            readData(arrayAt(input, "data", "the input " + name), *spec, &values);
        }
        if (static_cast<std::int64_t>(values.size()) != rows) {
            refuse("the input \"" + name + "\" has " + std::to_string(values.size()) + " values where its shape says " +
                   std::to_string(rows));
        }
        for (const std::string& value : values) spec->picture ? checkPicture(value, name) : checkText(value, name);
        return values;
    }

    std::int64_t rowsOf(const json& shape, const std::string& name) const {
        const auto whole = [](const json& number) {
            return number.is_number_unsigned() && number.get<std::uint64_t>() <= INT32_MAX;
        };
        if (shape.empty() || shape.size() > 2 || !std::all_of(shape.begin(), shape.end(), whole) ||
            (shape.size() == 2 && shape[1] != 1) || shape[0] == 0) {
            refuse("the shape of \"" + name + "\" is [rows] or [rows, 1], with at least one row");
        }
        const auto rows = shape[0].get<std::int64_t>();
        if (rows > limits_.rows) {
            throw HttpError(413, "a request has at most " + std::to_string(limits_.rows) + " rows, and this one " +
                                     std::to_string(rows));
        }
        return rows;
    }

    std::vector<std::string> readBinary(const json& size, const std::string& name) {
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > binary_.size()) {
            refuse("the \"binary_data_size\" of \"" + name + "\" is more than the data that there is");
        }
        const auto bytes = static_cast<std::size_t>(size.get<std::uint64_t>());
        std::vector<std::string> values;
        if (!unpackTexts(binary_.substr(0, bytes), static_cast<std::size_t>(request_.rows), &values))
            refuse("the binary data of \"" + name + "\" are not texts with their lengths before them, one a row");
        binary_.remove_prefix(bytes);
        return values;
    }

    static void readData(const json& data, const InputSpec& spec, std::vector<std::string>* values) {
        for (const json& value : data) {
            if (value.is_array()) {
                readData(value, spec, values);
                continue;
            }
            if (!value.is_string()) refuse("the data of \"" + spec.name + "\" are texts");
            if (!spec.picture) {
                values->push_back(value.get<std::string>());
                continue;
            }
            try {
                const std::vector<std::uint8_t> bytes = runs::fromBase64(value.get_ref<const std::string&>());
                values->emplace_back(bytes.begin(), bytes.end());
            } catch (const Error&) {
                refuse("a picture in JSON is base64; or send it as binary data");
            }
        }
    }

    void checkText(const std::string& text, const std::string& name) const {
        if (text.empty()) refuse("a text of \"" + name + "\" is empty");
        if (text.size() > limits_.text_bytes)
            throw HttpError(413, "a text has at most " + std::to_string(limits_.text_bytes) + " bytes");
        if (!io::isUtf8(text) || text.find('\0') != std::string::npos)
            refuse("a text of \"" + name + "\" is not UTF-8");
    }

    void checkPicture(const std::string& picture, const std::string& name) const {
        if (picture.size() > limits_.picture_bytes)
            throw HttpError(413, "a picture has at most " + std::to_string(limits_.picture_bytes) + " bytes");
        io::ImageHeader header;
        try {
            header = io::checkedHeader({picture.begin(), picture.end()}, name);
        } catch (const Error& error) {
            refuse(error.what());
        }
        if (header.width > limits_.picture_pixels / header.height) {
            throw HttpError(413, "a picture has at most " + std::to_string(limits_.picture_pixels) + " pixels");
        }
    }

    void readOutputs(const json& outputs) {
        for (const json& output : outputs) {
            if (!output.is_object()) refuse("an output is no object");
            WantedOutput wanted{wordAt(output, "name", "an output"), request_.binary_outputs};
            if (model_.output(wanted.name) == nullptr)
                refuse("the model " + model_.name + " has no output " + shown(wanted.name));
            for (const WantedOutput& other : request_.outputs)
                if (other.name == wanted.name) refuse("the output \"" + wanted.name + "\" stands twice");
            const json parameters = objectAt(output, "parameters", "an output");
            if (parameters.contains("binary_data")) wanted.binary = flagAt(parameters, "binary_data");
            if (parameters.contains("classification") || parameters.contains("shared_memory_region"))
                refuse("classification and shared memory of outputs are not offered");
            request_.outputs.push_back(wanted);
        }
    }

    std::string_view binary_;
    const ModelSpec& model_;
    const RequestLimits& limits_;
    InferRequest request_;
};

json dataOf(const OutputTensor& tensor) {
    json data = json::array();
    if (tensor.text) {
        std::vector<std::string> texts;
        unpackTexts(tensor.data, SIZE_MAX, &texts);
        for (std::string& text : texts) data.push_back(std::move(text));
        return data;
    }
    for (std::size_t at = 0; at + sizeof(float) <= tensor.data.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, tensor.data.data() + at, sizeof value);
        data.push_back(value);
    }
    return data;
}

}  // namespace

InferRequest parseInfer(std::string_view body, std::optional<std::size_t> json_bytes, const ModelSpec& model,
                        const RequestLimits& limits) {
    const std::size_t length = json_bytes.value_or(body.size());
    if (length > body.size()) refuse("Inference-Header-Content-Length is more than the body has");
    json root;
    std::string problem;
    if (!io::parseStrictJson(body.substr(0, length), kDeepest, &root, &problem, kMostValues))
        refuse("the request's JSON: " + problem);
    if (!root.is_object()) refuse("the request is no JSON object");
    return Reader(body.substr(length), model, limits).read(root);
}

InferResponse writeInfer(const InferRequest& request, const std::string& model,
                         const std::vector<OutputTensor>& tensors) {
    std::vector<WantedOutput> wanted = request.outputs;
    if (wanted.empty())
        for (const OutputTensor& tensor : tensors) wanted.push_back({tensor.name, request.binary_outputs});
    json outputs = json::array();
    std::string binary;
    for (const WantedOutput& output : wanted) {
        const auto tensor = std::find_if(tensors.begin(), tensors.end(),
                                         [&](const OutputTensor& other) { return other.name == output.name; });
        if (tensor == tensors.end())
            refuse("with these inputs and parameters there is no output \"" + output.name + "\"");
        json told = {{"name", tensor->name},
                     {"datatype", tensor->text ? "BYTES" : "FP32"},
                     {"shape", {request.rows, tensor->width}}};
        if (output.binary) {
            told["parameters"] = {{"binary_data_size", tensor->data.size()}};
            binary += tensor->data;
        } else {
            told["data"] = dataOf(*tensor);
        }
        outputs.push_back(std::move(told));
    }
    json root = {{"model_name", model}, {"model_version", "1"}, {"outputs", std::move(outputs)}};
    if (!request.id.empty()) root["id"] = request.id;
    InferResponse response;
    response.body = root.dump(-1, ' ', false, json::error_handler_t::replace);
    response.json_bytes = response.body.size();
    response.body += binary;
    return response;
}

}  // namespace switchyard::serve
