// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <map>
#include <set>

#include "core/base/config/config.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/safe_file.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/tensor_file.h"
#include "core/hub/hub.h"
#include "core/hub/layout.h"

namespace switchyard::hub {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMaxJsonBytes = 64U << 20;

json readJson(const fs::path& file) {
    try {
        return json::parse(io::readText(file, kMaxJsonBytes));
    } catch (const json::exception& error) {
        throw Error(ExitCode::kBadData, std::string("Not valid JSON: ") + error.what(), file.string());
    }
}

/// The model's weights, in one file or in several.
class Source {
public:
    explicit Source(const fs::path& folder) : folder_(folder) {
        std::set<std::string> names;
        if (fs::exists(folder / "model.safetensors")) {
            names = {"model.safetensors"};
        } else if (fs::exists(folder / "open_clip_model.safetensors")) {
            names = {"open_clip_model.safetensors"};
        } else if (fs::exists(folder / "model.safetensors.index.json")) {
            json files = json::object();
            if (const json index = readJson(folder / "model.safetensors.index.json"); index.contains("weight_map")) files = index.at("weight_map");
            for (const auto& [tensor, file] : files.items()) {
                const std::string name = file.is_string() ? file.get<std::string>() : std::string();
                if (name.empty() || name.find('/') != std::string::npos)
                    throw Error(ExitCode::kBadData, "The index names no file for " + tensor, folder.string());
                names.insert(name);
            }
        }
        if (names.empty()) {
            throw Error(ExitCode::kBadData, "There is no model.safetensors", folder.string(),
                        "Weights are read from safetensors only; convert a .bin or .pt file where it was made");
        }
        for (const std::string& name : names) files_.push_back(std::make_unique<io::SafetensorsFile>(folder / name));
        for (const auto& file : files_) {
            for (const io::TensorEntry& entry : file->entries()) at_[entry.name] = {file.get(), &entry};
        }
    }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& [name, place] : at_) all.push_back(name);
        return all;
    }
    /// Undefined when there is none of that name.
    at::Tensor find(const std::string& name) const {
        const auto found = at_.find(name);
        return found == at_.end() ? at::Tensor() : checkpoint::tensorOf(*found->second.first, *found->second.second).to(at::kFloat, false, true);
    }
    bool has(const std::string& name) const { return at_.contains(name); }
    const fs::path& folder() const { return folder_; }

private:
    fs::path folder_;
    std::vector<std::unique_ptr<io::SafetensorsFile>> files_;
    std::map<std::string, std::pair<const io::SafetensorsFile*, const io::TensorEntry*>> at_;
};

std::string prefixOf(const Layout& layout, const Source& source) {
    const std::string first = mappings(layout, 1).front().theirs.front();
    for (const char* prefix : layout.prefixes) {
        if (source.has(prefix + first)) return prefix;
    }
    throw Error(ExitCode::kBadData, "The file has no tensor " + first, source.folder().string(), "It is no " + std::string(layout.name) + " model");
}

at::Tensor formed(std::vector<at::Tensor> theirs, Form form) {
    switch (form) {
        case Form::kJoined: return at::cat(theirs, 0);
        case Form::kLeading:
            while (theirs[0].dim() > 1 && theirs[0].size(0) == 1) theirs[0] = theirs[0].squeeze(0);
            return theirs[0];
        case Form::kPatches: return theirs[0].flatten(1);
        case Form::kOffset: return theirs[0].narrow(0, 2, theirs[0].size(0) - 2).contiguous();
        case Form::kSame: break;
    }
    return theirs[0];
}

/// What a missing, optional tensor stands for.
at::Tensor zerosFor(const std::string& ours, const RunConfig::Vision& vision) {
    return at::zeros({ours.ends_with("qkv.bias") ? 3 * vision.dim : vision.dim}, at::kFloat);
}

/// The shape that a model of this configuration has.
void requireShape(const std::string& name, const at::Tensor& tensor, const RunConfig& config) {
    const bool text = name.starts_with("text.");
    const std::int64_t dim = text ? config.model.text.dim : config.model.vision.dim;
    const std::int64_t hidden = text ? config.model.text.ffn_dim : config.model.vision.ffn_dim;
    std::vector<std::int64_t> shape = {dim};
    if (name.ends_with("qkv.weight")) shape = {3 * dim, dim};
    else if (name.ends_with("qkv.bias")) shape = {3 * dim};
    else if (name.ends_with("out.weight")) shape = {dim, dim};
    else if (name.ends_with("fc1.weight")) shape = {hidden, dim};
    else if (name.ends_with("fc1.bias")) shape = {hidden};
    else if (name.ends_with("fc2.weight")) shape = {dim, hidden};
    else if (name == "text.embedding.weight") shape = {config.model.text.vocab_size, dim};
    else if (name == "text.type_embedding.weight") shape = {config.model.text.token_types, dim};
    else if (name == "text.position") shape = {config.model.text.max_tokens, dim};
    else if (name == "vision.position") {
        const std::int64_t grid = config.model.vision.image_size / config.model.vision.patch_size;
        shape = {grid * grid + 1, dim};
    } else if (name == "vision.stem.linear.weight") shape = {dim, 3 * config.model.vision.patch_size * config.model.vision.patch_size};
    if (tensor.sizes() == at::IntArrayRef(shape)) return;
    throw Error(ExitCode::kBadData, name + " is " + c10::str(tensor.sizes()) + ", and config.json says " + c10::str(at::IntArrayRef(shape)),
                "model.safetensors");
}

void setPictures(const fs::path& source, RunConfig* config) {
    const fs::path file = source / "preprocessor_config.json";
    if (!fs::exists(file)) return;
    const json options = readJson(file);
    for (const auto& [key, values] : {std::pair{"image_mean", &config->data.image.mean}, std::pair{"image_std", &config->data.image.std}}) {
        if (options.contains(key) && options.at(key).is_array() && options.at(key).size() == 3) *values = options.at(key).get<std::vector<double>>();
    }
}

/// The tokenizer in one file, whatever files it has there.
void copyTokenizer(const fs::path& source, const fs::path& out) {
    for (const char* name : {"tokenizer.json", "sentencepiece.bpe.model", "vocab.txt", "vocab.json"}) {
        if (!fs::exists(source / name)) continue;
        const std::string bytes = text::tokenizerInOneFile(source / name);
        io::writeAtomically(out / (bytes.starts_with("{") ? "tokenizer.json" : "tokenizer.model"), bytes);
        return;
    }
}

}  // namespace

json importModel(const fs::path& source_folder, const fs::path& out) {
    if (isModelFolder(source_folder)) return importFolder(source_folder, out);
    const at::NoGradGuard no_gradient;
    const Source source(source_folder);
    json described = json::object();
    for (const char* name : {"config.json", "open_clip_config.json"}) {
        if (fs::exists(source_folder / name)) described = readJson(source_folder / name);
    }
    const Layout& layout = layoutOf(described, source.names());
    RunConfig config = configFrom(layout, described);
    config.run.name = source_folder.filename().string();
    if (config.run.name.empty()) config.run.name = source_folder.parent_path().filename().string();
    const std::string prefix = prefixOf(layout, source);
    const bool text = std::string(layout.encoder) == "text.";
    const std::int64_t blocks = text ? config.model.text.layers : config.model.vision.layers;
    std::set<std::string> used;
    checkpoint::NamedTensors tensors;
    std::int64_t parameters = 0;
    for (const Mapping& mapping : mappings(layout, blocks)) {
        std::vector<at::Tensor> theirs;
        std::string missing;
        for (const std::string& name : mapping.theirs) {
            theirs.push_back(source.find(prefix + name));
            used.insert(prefix + name);
            if (!theirs.back().defined()) missing = prefix + name;
        }
        if (!missing.empty() && !mapping.optional)
            throw Error(ExitCode::kBadData, "The tensor " + missing + " is missing", source_folder.string(), "The file is not whole, or of another model than config.json says");
        at::Tensor ours = missing.empty() ? formed(std::move(theirs), mapping.form) : zerosFor(mapping.ours, config.model.vision);
        requireShape(mapping.ours, ours, config);
        parameters += ours.numel();
        tensors.emplace_back(mapping.ours, ours.contiguous());
    }
    json left_out = json::array();
    for (const std::string& name : source.names()) {
        if (used.contains(name)) continue;
        if (name.starts_with(prefix + "pooler.")) {
            tensors.emplace_back("hub." + name.substr(prefix.size()), source.find(name));
        } else {
            left_out.push_back(name);
        }
    }
    if (!text) setPictures(source_folder, &config);
    std::error_code failed;
    fs::create_directories(out, failed);
    if (failed) throw Error(ExitCode::kIo, "The folder can not be made: " + failed.message(), out.string());
    copyTokenizer(source_folder, out);
    io::writeAtomically(out / "config.yaml", config::toYaml(config));
    checkpoint::writeTensors(out / "model.safetensors.part", std::move(tensors));
    fs::rename(out / "model.safetensors.part", out / "model.safetensors", failed);
    if (failed) throw Error(ExitCode::kIo, "The weights can not be put in place: " + failed.message(), out.string());
    return {{"out", out.string()}, {"layout", layout.name}, {"encoder", text ? "text" : "vision"}, {"parameters", parameters}, {"left_out", left_out}};
}

}  // namespace switchyard::hub
