// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <cmath>
#include <map>

#include "core/base/config/config.h"
#include "core/base/io/safe_file.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/tensor_file.h"
#include "core/eval/loaded_model.h"
#include "core/hub/adapters.h"
#include "core/hub/hub.h"
#include "core/hub/layout.h"

namespace switchyard::hub {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Tensors = std::map<std::string, at::Tensor>;

constexpr std::uint64_t kMaxTokenizerBytes = 64U << 20;

/// A checkpoint or model folder: its configuration and weights.
struct Opened {
    fs::path folder;
    RunConfig config;
    Tensors weights;
};

Opened openSource(const fs::path& source, const std::string& prefix) {
    Opened opened;
    opened.folder = eval::resolveModelFolder(source);
    const bool exported = fs::exists(opened.folder / "model.safetensors");
    opened.config = config::loadOrThrow((opened.folder / (exported ? "config.yaml" : "config.resolved.yaml")).string());
    for (auto& [name, tensor] : checkpoint::readWeights(opened.folder, prefix)) opened.weights[name] = tensor;
    return opened;
}

void makeFolder(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) throw Error(ExitCode::kIo, "The folder can not be made: " + failed.message(), folder.string());
}

void putWeights(const fs::path& file, const Tensors& weights) {
    const fs::path part = file.string() + ".part";
    checkpoint::writeTensors(part, {weights.begin(), weights.end()});
    std::error_code failed;
    fs::rename(part, file, failed);
    if (failed) throw Error(ExitCode::kIo, "The weights can not be put in place: " + failed.message(), file.string());
}

void copyFile(const fs::path& from, const fs::path& to) { io::writeAtomically(to, io::readText(from, kMaxTokenizerBytes)); }

const RunConfig::Lora& adaptersOf(const RunConfig& config, const std::string& part) {
    return part == "text" ? config.model.text.lora : config.model.vision.lora;
}

double scaleOf(const RunConfig::Lora& lora) {
    const auto rank = static_cast<double>(lora.rank);
    return lora.alpha / (lora.rank_stabilized ? std::sqrt(rank) : rank);
}

struct AdapterName {
    std::string module;  ///< "text.blocks.0.attention.qkv"
    std::string target;  ///< "q"
};

/// Of "text.blocks.0.attention.qkv.lora_q_a".
std::pair<AdapterName, char> parseAdapter(const std::string& name) {
    const auto at = name.rfind(".lora_");
    const std::string rest = name.substr(at + 6);
    return {{name.substr(0, at), rest.substr(0, rest.size() - 2)}, rest.back()};
}

bool isAdapter(const std::string& name) { return name.find(".lora_") != std::string::npos; }

/// First output row of a target in its module's matrix.
std::int64_t firstRow(const std::string& target, std::int64_t width) { return target == "k" ? width : target == "v" ? 2 * width : 0; }

void requirePart(const std::string& part, const Tensors& weights, const fs::path& source) {
    if (part != "text" && part != "vision") throw Error(ExitCode::kUsage, "Unknown part \"" + part + "\"", "--part", "Use text or vision");
    if (weights.empty()) throw Error(ExitCode::kUsage, "The model has no " + part + " encoder", source.string(), "Use the other --part");
}

at::Tensor pieceFor(const Mapping& mapping, std::size_t which, const at::Tensor& ours, const RunConfig& config) {
    switch (mapping.form) {
        case Form::kJoined: return ours.narrow(0, static_cast<std::int64_t>(which) * (ours.size(0) / 3), ours.size(0) / 3).contiguous();
        case Form::kLeading: return ours.dim() == 1 ? ours.view({1, 1, -1}) : ours.unsqueeze(0);
        case Form::kPatches: {
            const std::int64_t side = config.model.vision.patch_size;
            return ours.view({ours.size(0), 3, side, side});
        }
        default: return ours;
    }
}

}  // namespace

void mergeInto(std::map<std::string, at::Tensor>* weights, const RunConfig& config) {
    for (auto it = weights->begin(); it != weights->end();) {
        if (!isAdapter(it->first)) {
            ++it;
            continue;
        }
        const auto [adapter, matrix] = parseAdapter(it->first);
        if (matrix == 'a') {
            const at::Tensor a = it->second, b = weights->at(adapter.module + ".lora_" + adapter.target + "_b");
            const std::string part = adapter.module.starts_with("text.") ? "text" : "vision";
            at::Tensor& weight = weights->at(adapter.module + ".weight");
            weight = weight.clone();
            weight.narrow(0, firstRow(adapter.target, b.size(0)), b.size(0)).add_(at::mm(b, a), scaleOf(adaptersOf(config, part)));
            if (!at::isfinite(weight).all().item<bool>())
                throw Error(ExitCode::kNonFinite, "The merged weight holds a value that is not finite", adapter.module + ".weight",
                            "Look for a diverged adapter; nothing was written");
        }
        it = weights->erase(it);
    }
}

json exportToTransformers(const fs::path& source, const fs::path& out, const std::string& part) {
    const at::NoGradGuard no_gradient;
    Opened opened = openSource(source, part + ".");
    requirePart(part, opened.weights, source);
    const Layout& layout = layoutNamed(part == "text" ? "bert" : "vit");
    const json described = configTo(layout, opened.config);
    mergeInto(&opened.weights, opened.config);
    Tensors theirs;
    const std::int64_t blocks = part == "text" ? opened.config.model.text.layers : opened.config.model.vision.layers;
    for (const Mapping& mapping : mappings(layout, blocks)) {
        const auto found = opened.weights.find(mapping.ours);
        if (found == opened.weights.end())
            throw Error(ExitCode::kCorruptCheckpoint, "The tensor " + mapping.ours + " is missing", opened.folder.string());
        for (std::size_t i = 0; i < mapping.theirs.size(); ++i)
            theirs[mapping.theirs[i]] = pieceFor(mapping, i, found->second, opened.config);
    }
    for (auto& [name, tensor] : checkpoint::readWeights(opened.folder, "hub.")) theirs[name.substr(4)] = tensor;
    makeFolder(out);
    if (const fs::path tokenizer = part == "text" ? text::tokenizerIn(opened.folder) : fs::path(); !tokenizer.empty()) {
        const std::string bytes = io::readText(tokenizer, kMaxTokenizerBytes);
        io::writeAtomically(out / (bytes.starts_with("{") ? "tokenizer.json" : tokenizer.filename().string()), bytes);
    }
    io::writeAtomically(out / "config.json", described.dump(2) + "\n");
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : theirs) parameters += tensor.numel();
    putWeights(out / "model.safetensors", theirs);
    return {{"out", out.string()}, {"format", "hf"}, {"layout", layout.name}, {"parameters", parameters}};
}

json exportAdapters(const fs::path& source, const fs::path& out, const std::string& part, const std::string& base) {
    const at::NoGradGuard no_gradient;
    Opened opened = openSource(source, part + ".");
    requirePart(part, opened.weights, source);
    const Layout& layout = layoutNamed(part == "text" ? "bert" : "vit");
    const std::map<std::string, std::string> modules(layout.modules.begin(), layout.modules.end());
    const RunConfig::Lora& lora = adaptersOf(opened.config, part);
    Tensors theirs;
    std::vector<std::string> targets;
    for (const auto& [name, tensor] : opened.weights) {
        if (!isAdapter(name)) continue;
        const auto [adapter, matrix] = parseAdapter(name);
        const std::string block = adapter.module.substr(part.size() + 8);  // behind "text.blocks."
        std::string module = layout.block_module;
        module.replace(module.find('#'), 1, block.substr(0, block.find('.')));
        module += modules.at(adapter.target);
        theirs["base_model.model." + module + (matrix == 'a' ? ".lora_A.weight" : ".lora_B.weight")] = tensor;
        if (matrix == 'a') targets.push_back(module);
    }
    if (theirs.empty())
        throw Error(ExitCode::kUsage, "The " + part + " encoder has no adapters", source.string(), "Train with model." + part + ".lora.rank above 0");
    makeFolder(out);
    const json described = {{"peft_type", "LORA"}, {"task_type", nullptr}, {"base_model_name_or_path", base}, {"inference_mode", true},
                            {"r", lora.rank}, {"lora_alpha", lora.alpha}, {"lora_dropout", lora.dropout},
                            {"use_rslora", lora.rank_stabilized}, {"target_modules", targets}, {"bias", "none"},
                            {"fan_in_fan_out", false}, {"init_lora_weights", true}, {"modules_to_save", nullptr}};
    io::writeAtomically(out / "adapter_config.json", described.dump(2) + "\n");
    putWeights(out / "adapter_model.safetensors", theirs);
    return {{"out", out.string()}, {"format", "peft"}, {"adapters", targets.size()}, {"rank", lora.rank}};
}

json mergeAdapters(const fs::path& source, const fs::path& out) {
    const at::NoGradGuard no_gradient;
    Opened opened = openSource(source, "");
    const std::size_t before = opened.weights.size();
    mergeInto(&opened.weights, opened.config);
    if (opened.weights.size() == before) throw Error(ExitCode::kUsage, "The model has no adapters to merge", source.string());
    for (RunConfig::Lora* lora : {&opened.config.model.text.lora, &opened.config.model.vision.lora}) lora->rank = 0;
    makeFolder(out);
    if (const fs::path tokenizer = text::tokenizerIn(opened.folder); !tokenizer.empty()) copyFile(tokenizer, out / tokenizer.filename());
    if (fs::exists(opened.folder / "labels.json")) copyFile(opened.folder / "labels.json", out / "labels.json");
    io::writeAtomically(out / "config.yaml", config::toYaml(opened.config));
    putWeights(out / "model.safetensors", opened.weights);
    return {{"out", out.string()}, {"adapters", (before - opened.weights.size()) / 2}};
}

}  // namespace switchyard::hub
