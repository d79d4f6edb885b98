// SPDX-License-Identifier: MIT
#include "core/base/serve/model_spec.h"

#include <algorithm>

namespace switchyard::serve {
namespace {

using nlohmann::json;

template <class Spec>
const Spec* find(const std::vector<Spec>& specs, const std::string& named) {
    const auto found = std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.name == named; });
    return found == specs.end() ? nullptr : &*found;
}

json toJson(const ModelSpec& model) {
    json inputs = json::array(), outputs = json::array(), parameters = json::array();
    for (const InputSpec& input : model.inputs)
        inputs.push_back({{"name", input.name}, {"picture", input.picture}, {"optional", input.optional}});
    for (const OutputSpec& output : model.outputs)
        outputs.push_back({{"name", output.name}, {"text", output.text}, {"width", output.width}});
    for (const ParameterSpec& parameter : model.parameters) {
        parameters.push_back({{"name", parameter.name},
                              {"least", parameter.least},
                              {"most", parameter.most},
                              {"choices", parameter.choices},
                              {"flag", parameter.flag}});
    }
    return {{"name", model.name}, {"inputs", inputs}, {"outputs", outputs}, {"parameters", parameters}};
}

ModelSpec modelFrom(const json& told) {
    ModelSpec model;
    model.name = told.at("name").get<std::string>();
    for (const json& input : told.at("inputs"))
        model.inputs.push_back(
            {input.at("name").get<std::string>(), input.at("picture").get<bool>(), input.at("optional").get<bool>()});
    for (const json& output : told.at("outputs")) {
        model.outputs.push_back({output.at("name").get<std::string>(), output.at("text").get<bool>(),
                                 output.at("width").get<std::int64_t>()});
    }
    for (const json& parameter : told.at("parameters")) {
        model.parameters.push_back({parameter.at("name").get<std::string>(), parameter.at("least").get<std::int64_t>(),
                                    parameter.at("most").get<std::int64_t>(),
                                    parameter.at("choices").get<std::vector<std::string>>(),
                                    parameter.at("flag").get<bool>()});
    }
    return model;
}

}  // namespace

const InputSpec* ModelSpec::input(const std::string& named) const {
    return find(inputs, named);
}
const OutputSpec* ModelSpec::output(const std::string& named) const {
    return find(outputs, named);
}
const ParameterSpec* ModelSpec::parameter(const std::string& named) const {
    return find(parameters, named);
}
const ModelSpec* ServedSpec::model(const std::string& named) const {
    return find(models, named);
}

json ServedSpec::toJson() const {
    json told = {{"models", json::array()},
                 {"checkpoint", checkpoint},
                 {"identity", identity},
                 {"step", step},
                 {"batched", batched}};
    for (const ModelSpec& model : models) told["models"].push_back(serve::toJson(model));
    return told;
}

ServedSpec ServedSpec::fromJson(const json& told) {
    ServedSpec spec;
    for (const json& model : told.at("models")) spec.models.push_back(modelFrom(model));
    spec.checkpoint = told.at("checkpoint").get<std::string>();
    spec.identity = told.at("identity").get<std::string>();
    spec.step = told.at("step").get<std::int64_t>();
    spec.batched = told.at("batched").get<bool>();
    return spec;
}

json metadataOf(const ModelSpec& model) {
    json inputs = json::array(), outputs = json::array();
    for (const InputSpec& input : model.inputs)
        inputs.push_back({{"name", input.name}, {"datatype", "BYTES"}, {"shape", {-1, 1}}});
    for (const OutputSpec& output : model.outputs)
        outputs.push_back(
            {{"name", output.name}, {"datatype", output.text ? "BYTES" : "FP32"}, {"shape", {-1, output.width}}});
    return {{"name", model.name},
            {"versions", {"1"}},
            {"platform", "switchyard"},
            {"inputs", inputs},
            {"outputs", outputs}};
}

json configOf(const ModelSpec& model, const ServedSpec& served, std::int64_t max_batch, double window_ms) {
    json inputs = json::array(), outputs = json::array(), parameters = json::object();
    for (const InputSpec& input : model.inputs) {
        inputs.push_back(
            {{"name", input.name}, {"data_type", "TYPE_STRING"}, {"dims", {1}}, {"optional", input.optional}});
    }
    for (const OutputSpec& output : model.outputs) {
        outputs.push_back({{"name", output.name},
                           {"data_type", output.text ? "TYPE_STRING" : "TYPE_FP32"},
                           {"dims", {output.width}}});
    }
    for (const ParameterSpec& parameter : model.parameters) {
        std::string takes = parameter.flag ? "true or false"
                                           : std::to_string(parameter.least) + " to " + std::to_string(parameter.most);
        if (!parameter.choices.empty()) {
            takes.clear();
            for (const std::string& choice : parameter.choices) takes += (takes.empty() ? "" : ", ") + choice;
        }
        parameters["request." + parameter.name] = {{"string_value", takes}};
    }
    parameters["checkpoint"] = {{"string_value", served.checkpoint}};
    parameters["checkpoint_sha256"] = {{"string_value", served.identity}};
    parameters["step"] = {{"string_value", std::to_string(served.step)}};
    parameters["rows_pass_together"] = {{"string_value", served.batched ? "true" : "false"}};
    return {{"name", model.name},
            {"platform", "switchyard"},
            {"backend", "switchyard"},
            {"max_batch_size", max_batch},
            {"input", inputs},
            {"output", outputs},
            {"dynamic_batching", {{"max_queue_delay_microseconds", static_cast<std::int64_t>(window_ms * 1000)}}},
            {"parameters", parameters}};
}

}  // namespace switchyard::serve
