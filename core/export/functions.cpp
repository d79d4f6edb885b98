// SPDX-License-Identifier: MIT
#include "core/export/functions.h"

#include "core/base/config/schema.h"
#include "core/base/dataset/text_task.h"
#include "core/base/util/error.h"
#include "core/export/script_source.h"

namespace switchyard::script {
namespace {

using nlohmann::json;

const Port kTokens{"token_ids", true, {-1}}, kLengths{"lengths", true, {1}}, kTypes{"token_types", true, {-1}};

Port pictures(const RunConfig& config) {
    return {"images", false, {3, config.model.vision.image_size, config.model.vision.image_size}};
}

constexpr const char* kHidden = "    hidden = self.text.forward(token_ids, lengths, torch.zeros_like(token_ids))\n";

std::vector<Function> multimodal(const RunConfig& config) {
    const Port embedding{"embedding", false, {config.model.embed_dim}};
    return {{"encode_text",
             "embed_text",
             {kTokens, kLengths},
             embedding,
             std::string(kHidden) + "    return self.embedded_text(hidden, lengths)\n",
             {"text", "text_projection"},
             {}},
            {"encode_image",
             "embed_image",
             {pictures(config)},
             embedding,
             "    return self.embedded_image(self.vision.forward(images))\n",
             {"vision", "image_projection"},
             {}},
            {"match",
             "match",
             {kTokens, kLengths, pictures(config)},
             {"match_logit", false, {}},
             std::string(kHidden) +
                 "    return self.matched(self.fusion.forward(hidden, lengths, self.vision.forward(images)))\n",
             {"text", "vision", "fusion", "match_head"},
             {}}};
}

std::vector<Function> vqa(const RunConfig& config, const std::vector<dataset::TaskLabels>& labels) {
    Function answer;
    answer.name = answer.served_as = "answer";
    answer.inputs = {kTokens, kLengths, pictures(config)};
    answer.output = {"logits", false, {labels.at(0).outputs()}};
    answer.body = kHidden;
    answer.body += "    return self.answered(self.fusion.forward(hidden, lengths, self.vision.forward(images)))\n";
    answer.modules = {"text", "vision", "fusion", "heads"};
    answer.classes = labels.at(0).classes;
    std::vector<Function> all;
    all.push_back(std::move(answer));
    return all;
}

std::vector<Function> textTasks(const RunConfig& config, const std::vector<dataset::TaskLabels>& labels) {
    const std::string hidden = "    hidden = self.text.forward(token_ids, lengths, token_types)\n";
    std::vector<Function> all = {{"encode_text",
                                  "embed_text",
                                  {kTokens, kLengths, kTypes},
                                  {"embedding", false, {config.model.text.dim}},
                                  hidden + "    return self.unit(self.text.pool(hidden, lengths))\n",
                                  {"text"},
                                  {}}};
    for (const dataset::TaskLabels& of : labels) {
        const bool pair = !dataset::textTask(of.task, config.task).pair.empty();
        std::string body = hidden + "    u, v = self.text.means(hidden, lengths, token_types)\n";
        if (pair) body += "    u = torch.cat([u, v, torch.abs(torch.sub(u, v)), torch.mul(u, v)], -1)\n";
        body += std::string("    return ") + linearOf("u", std::string("self.heads.") + of.task) + "\n";
        all.push_back({std::string("classify_") + of.task,
                       labels.size() == 1 ? std::string("classify") : std::string("classify_") + of.task,
                       {kTokens, kLengths, kTypes},
                       {"logits", false, {of.outputs()}},
                       body,
                       {"text", "heads"},
                       of.classes});
    }
    return all;
}

std::string spelled(const RunConfig& config, const char* path) {
    const KeySpec* key = findKey(path);
    return formatValue(*key, key->get(config));
}

json shapeOf(const Port& port) {
    json shape = {"B"};
    for (const std::int64_t side : port.dims) shape.push_back(side < 0 ? json("L") : json(side));
    if (port.name == kLengths.name) shape = {"B"};
    return {{"name", port.name}, {"type", port.integers ? "int64" : "float32"}, {"shape", shape}};
}

}  // namespace

std::vector<Function> functionsOf(const RunConfig& config, const std::vector<dataset::TaskLabels>& labels) {
    if (config.model.moe.experts > 0 && config.model.moe.gate == GateKind::kTop2 && config.model.moe.gumbel_eval) {
        throw Error(ExitCode::kBadConfig, "A TorchScript can not draw the gate's noise as the model does",
                    "model.moe.gumbel_eval", "Export a model folder whose config.yaml has gumbel_eval: false");
    }
    switch (config.task.kind) {
        case TaskKind::kText:
            return textTasks(config, labels);
        case TaskKind::kVqa:
            return vqa(config, labels);
        default:
            return multimodal(config);
    }
}

std::string methodSource(const Function& function, const std::string& name, bool column) {
    std::string code = std::string("\ndef ") + name + "(self";
    for (const Port& port : function.inputs) code += std::string(", ") + port.name + ": Tensor";
    code += ") -> Tensor:\n";
    for (const Port& port : function.inputs) {
        if (port.integers)
            code += std::string("    ") + port.name + " = " +
                    (port.name == kLengths.name ? "torch.reshape(lengths, [-1])" : port.name) + ".to(4)\n";
    }
    if (!column || !function.output.dims.empty()) return code + function.body;
    const std::size_t at = function.body.rfind("return ");
    return code + function.body.substr(0, at) + "return torch.unsqueeze(" +
           function.body.substr(at + 7, function.body.size() - at - 8) + ", 1)\n";
}

std::string helperSource(const std::string& module, const RunConfig& config) {
    const auto mlp = [](const std::string& of) {
        return linearOf(std::string("torch.gelu(") + linearOf("x", of + ".fc1") + ")", of + ".fc2");
    };
    if (module == "text" && config.task.kind == TaskKind::kVqa) return "";
    // Every embedding is of length 1.
    if (module == "unit")
        return "\ndef unit(self, x: Tensor) -> Tensor:\n    return torch.div(x, torch.clamp_min(torch.norm(x, 2, [-1], "
               "True), 1e-12))\n";
    if (module == "text_projection")
        return std::string(
                   "\ndef embedded_text(self, hidden: Tensor, lengths: Tensor) -> Tensor:\n    return self.unit(") +
               linearOf("self.text.pool(hidden, lengths)", "self.text_projection") + ")\n";
    if (module == "image_projection")
        return std::string("\ndef embedded_image(self, patches: Tensor) -> Tensor:\n    return self.unit(") +
               linearOf("self.vision.pool(patches)", "self.image_projection") + ")\n";
    if (module == "match_head")
        return std::string("\ndef matched(self, x: Tensor) -> Tensor:\n    return torch.squeeze(") +
               mlp("self.match_head") + ", -1)\n";
    if (module == "heads" && config.task.kind == TaskKind::kVqa)
        return std::string("\ndef answered(self, x: Tensor) -> Tensor:\n    return ") + mlp("self.heads.vqa") + "\n";
    return "";
}

std::string wholeForward(const RunConfig& config, const std::vector<Function>& functions) {
    if (config.task.kind == TaskKind::kVqa)
        return "\ndef forward(self, token_ids: Tensor, lengths: Tensor, images: Tensor) -> Tensor:\n    return "
               "self.answer(token_ids, lengths, images)\n";
    if (config.task.kind == TaskKind::kMultimodal) {
        return R"(
def forward(self, token_ids: Tensor, lengths: Tensor, images: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    token_ids = token_ids.to(4)
    lengths = torch.reshape(lengths, [-1]).to(4)
    hidden = self.text.forward(token_ids, lengths, torch.zeros_like(token_ids))
    patches = self.vision.forward(images)
    return (self.embedded_text(hidden, lengths), self.embedded_image(patches), self.matched(self.fusion.forward(hidden, lengths, patches)))
)";
    }
    std::string code =
        "\ndef forward(self, token_ids: Tensor, lengths: Tensor, token_types: Tensor) -> Dict[str, Tensor]:\n    "
        "return {";
    const char* between = "";
    for (const Function& function : functions) {
        const std::string key =
            function.name == "encode_text" ? "embedding" : function.name.substr(function.name.find('_') + 1);
        code.append(between).append("\"").append(key).append("\": self.").append(function.name);
        code.append("(token_ids, lengths, token_types)");
        between = ", ";
    }
    return code + "}\n";
}

json describe(const RunConfig& config, const std::vector<Function>& functions) {
    json methods = json::object();
    for (const Function& function : functions) {
        json inputs = json::array();
        for (const Port& port : function.inputs) inputs.push_back(shapeOf(port));
        methods[function.name] = {{"inputs", inputs}, {"output", shapeOf(function.output)}};
        if (!function.classes.empty()) methods[function.name]["classes"] = function.classes;
    }
    json described = {
        {"format", 1},
        {"created_by", "switchyard " SWITCHYARD_VERSION},
        {"name", config.run.name},
        {"task", spelled(config, "task.kind")},
        {"methods", methods},
        {"text", {{"max_tokens", config.model.text.max_tokens}, {"vocab_size", config.model.text.vocab_size}}}};
    if (config.task.kind != TaskKind::kText) {
        described["image"] = {{"size", config.model.vision.image_size},
                              {"mean", config.data.image.mean},
                              {"std", config.data.image.std},
                              {"fit", spelled(config, "data.image.fit")}};
    }
    return described;
}

}  // namespace switchyard::script
