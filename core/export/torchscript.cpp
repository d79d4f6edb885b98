// SPDX-License-Identifier: MIT
#include "core/export/torchscript.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "core/base/io/safe_file.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/eval/loaded_model.h"
#include "core/export/functions.h"
#include "core/export/script_source.h"
#include "core/export/script_tree.h"
#include "core/export/triton_config.h"
#include "core/hub/adapters.h"
#include "core/model/layers/attention.h"

namespace switchyard::script {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMaxTokenizerBytes = 64U << 20;

/// A model ready to be written: weights with adapters merged in, and what it can be asked.
struct Exported {
    eval::LoadedModel loaded;
    std::map<std::string, at::Tensor> weights;
    std::vector<Function> functions;

    explicit Exported(const fs::path& source) : loaded(source) {
        functions = functionsOf(loaded.config(), loaded.labels());
        for (auto& [name, tensor] : loaded.model()->savedTensors()) weights[name] = tensor.detach();
        hub::mergeInto(&weights, loaded.config());
        // For training only.
        std::erase_if(weights, [](const auto& item) { return item.first.ends_with(".router.noise_weight"); });
        for (auto& [name, tensor] : weights) tensor = tensor.to(at::kFloat);
    }
    const RunConfig& config() const { return loaded.config(); }
};

std::string firstPart(const std::string& name) {
    return name.substr(0, name.find('.'));
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The weights and the code of the modules named.
void addModules(const Exported& model, const std::vector<std::string>& modules, ScriptTree& tree) {
    for (const auto& [name, tensor] : model.weights) {
        const bool buffer = name.ends_with(".router.bias");
        if (contains(modules, firstPart(name)))
            tree.add(name, tensor, buffer ? ScriptTree::Kind::kBuffer : ScriptTree::Kind::kParameter);
    }
    const RunConfig::Text& text = model.config().model.text;
    if (contains(modules, "text") && text.position == Position::kAlibi)
        tree.add("text.alibi_slopes", at::tensor(model::alibiSlopes(text.heads), at::kDouble),
                 ScriptTree::Kind::kBuffer);
    const auto define = [&](const char* module, std::vector<Source> (*sources)(const RunConfig&)) {
        if (!contains(modules, module)) return;
        for (const auto& [path, code] : sources(model.config())) tree.define(path, code);
    };
    define("text", textSources);
    define("vision", visionSources);
    define("fusion", fusionSources);
    tree.define("", helperSource("unit", model.config()));
    for (const std::string& module : modules) {
        if (const std::string code = helperSource(module, model.config()); !code.empty()) tree.define("", code);
    }
}

std::int64_t parametersOf(const Exported& model) {
    std::int64_t count = 0;
    for (const auto& [name, tensor] : model.weights) count += tensor.numel();
    return count;
}

void makeFolder(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        throw Error(ExitCode::kIo, std::string("The folder can not be made: ") + failed.message(), folder.string());
}

/// What a client needs to make inputs and read outputs.
void writeBeside(const Exported& model, const json& described, const fs::path& out) {
    io::writeAtomically(out / "signature.json", described.dump(2) + "\n");
    for (const fs::path& file : {text::tokenizerIn(model.loaded.folder()), model.loaded.folder() / "labels.json"}) {
        if (!file.empty() && fs::exists(file))
            io::writeAtomically(out / file.filename(), io::readText(file, kMaxTokenizerBytes));
    }
}

}  // namespace

json exportTorchScript(const fs::path& source, const fs::path& out) {
    const at::NoGradGuard no_gradient;
    const Exported model(source);
    std::vector<std::string> modules = {"logit_scale"}, names;
    for (const Function& function : model.functions) {
        for (const std::string& module : function.modules) {
            if (!contains(modules, module)) modules.push_back(module);
        }
        names.push_back(function.name);
    }
    ScriptTree tree;
    addModules(model, modules, tree);
    for (const Function& function : model.functions)
        tree.define("", methodSource(function, function.name, /*column=*/false));
    tree.define("", wholeForward(model.config(), model.functions));
    json described = describe(model.config(), model.functions);
    described["step"] = model.loaded.step();
    makeFolder(out);
    tree.save(out / "model.pt", {{"signature.json", described.dump(2)}});
    writeBeside(model, described, out);
    return {{"out", out.string()}, {"format", "torchscript"}, {"methods", names}, {"parameters", parametersOf(model)}};
}

json exportTriton(const fs::path& source, const fs::path& out) {
    const at::NoGradGuard no_gradient;
    const Exported model(source);
    json names = json::array();
    for (const Function& function : model.functions) {
        ScriptTree tree;
        addModules(model, function.modules, tree);
        tree.define("", methodSource(function, "forward", /*column=*/true));
        const fs::path folder = out / function.served_as;
        makeFolder(folder / "1");
        tree.save(folder / "1" / "model.pt", {});
        if (!function.classes.empty()) io::writeAtomically(folder / kLabelsFile, labelLines(function.classes));
        // Last: a server that watches the repository takes a folder up when it has a configuration.
        io::writeAtomically(folder / "config.pbtxt", tritonConfig(function));
        names.push_back(function.served_as);
    }
    json described = describe(model.config(), model.functions);
    described["step"] = model.loaded.step();
    for (const Function& function : model.functions) described["methods"][function.name]["model"] = function.served_as;
    writeBeside(model, described, out);
    return {{"out", out.string()}, {"format", "triton"}, {"models", names}, {"parameters", parametersOf(model)}};
}

}  // namespace switchyard::script
