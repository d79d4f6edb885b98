// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <map>
#include <memory>

#include "core/base/io/manifest.h"
#include "core/base/util/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/tensor_file.h"

namespace switchyard::checkpoint {
namespace {

namespace fs = std::filesystem;

/// The manifest's slices of one kind, by tensor name.
using Slices = std::map<std::string, std::vector<const io::ManifestTensor*>>;

Slices slicesOf(const io::Manifest& manifest, const std::string& kind) {
    Slices slices;
    for (const io::ManifestTensor& tensor : manifest.tensors) {
        if (tensor.kind == kind) slices[tensor.name].push_back(&tensor);
    }
    return slices;
}

std::string shapeText(at::IntArrayRef shape) {
    std::string text = "[";
    for (const std::int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + "]";
}

/// Every difference between what is saved and what is wanted.
void compare(const Slices& saved, const NamedTensors& wanted, std::string* differences) {
    const auto add = [&](const std::string& text) { *differences += (differences->empty() ? "" : "; ") + text; };
    std::map<std::string, bool> known;
    for (const auto& [name, tensor] : wanted) {
        known[name] = true;
        const auto found = saved.find(name);
        if (found == saved.end()) {
            add(name + " is not in the checkpoint");
        } else if (at::IntArrayRef(found->second.front()->global_shape) != tensor.sizes()) {
            add(name + " is " + shapeText(found->second.front()->global_shape) + " in the checkpoint and " +
                shapeText(tensor.sizes()) + " in the model");
        }
    }
    for (const auto& [name, parts] : saved) {
        if (!known.contains(name)) add(name + " is not in the model");
    }
}

/// Files of a checkpoint, opened once.
class OpenFiles {
public:
    explicit OpenFiles(fs::path folder) : folder_(std::move(folder)) {}
    at::Tensor read(const io::ManifestTensor& part) {
        auto& file = files_[part.file];
        if (!file) file = std::make_unique<io::SafetensorsFile>(folder_ / part.file);
        const io::TensorEntry* entry = file->find(part.name);
        if (entry == nullptr || entry->shape != part.shape || io::dtypeName(entry->dtype) != part.dtype) {
            throw Error(ExitCode::kCorruptCheckpoint, "The tensor " + part.name + " is not as the manifest says",
                        (folder_ / part.file).string(), "The checkpoint is damaged; use another one");
        }
        return tensorOf(*file, *entry);
    }

private:
    fs::path folder_;
    std::map<std::string, std::unique_ptr<io::SafetensorsFile>> files_;
};

at::Tensor sliceOf(at::Tensor whole, const io::ManifestTensor& part) {
    for (std::size_t d = 0; d < part.shape.size(); ++d) {
        whole = whole.narrow(static_cast<std::int64_t>(d), part.offset[d], part.shape[d]);
    }
    return whole;
}

/// Every part's file is opened and checked before the first value is copied.
void fetch(const Slices& saved, OpenFiles& files, NamedTensors& into) {
    for (const auto& [name, tensor] : into) {
        for (const io::ManifestTensor* part : saved.at(name)) files.read(*part);
    }
    for (auto& [name, tensor] : into) {
        for (const io::ManifestTensor* part : saved.at(name)) sliceOf(tensor, *part).copy_(files.read(*part));
    }
}

}  // namespace

nlohmann::json load(const std::filesystem::path& folder, NamedTensors& model, NamedTensors* optim, bool verify_hashes) {
    const at::NoGradGuard no_gradient;
    const io::Manifest manifest = io::readCheckpoint(folder, verify_hashes);
    const Slices weights = slicesOf(manifest, "model"), moments = slicesOf(manifest, "optim");
    std::string differences;
    compare(weights, model, &differences);
    if (optim != nullptr) compare(moments, *optim, &differences);
    if (!differences.empty()) {
        throw Error(ExitCode::kBadConfig, "The checkpoint does not fit the model: " + differences, folder.string(),
                    "Use the configuration that the checkpoint was trained with");
    }
    OpenFiles files(folder);
    fetch(weights, files, model);
    if (optim != nullptr) fetch(moments, files, *optim);
    nlohmann::json info = manifest.info;
    info["step"] = manifest.step;
    return info;
}

void exportModel(const std::filesystem::path& checkpoint, const std::filesystem::path& out_dir,
                 const std::string& dtype) {
    if (dtype != "fp32" && dtype != "bf16") {
        throw Error(ExitCode::kUsage, "Unknown dtype \"" + dtype + "\"", {}, "Use fp32 or bf16");
    }
    const at::ScalarType type = dtype == "bf16" ? at::kBFloat16 : at::kFloat;
    const io::Manifest manifest = io::readCheckpoint(checkpoint, /*deep=*/true);
    OpenFiles files(checkpoint);
    NamedTensors weights;
    for (const auto& [name, parts] : slicesOf(manifest, "model")) {
        at::Tensor whole = at::empty(parts.front()->global_shape, at::TensorOptions().dtype(type));
        for (const io::ManifestTensor* part : parts) sliceOf(whole, *part).copy_(files.read(*part));
        weights.emplace_back(name, whole);
    }
    std::error_code failed;
    fs::create_directories(out_dir, failed);
    if (failed) throw Error(ExitCode::kIo, "The folder can not be made: " + failed.message(), out_dir.string());
    // Written beside their names and renamed, so that an older export stays whole when this one fails.
    const fs::path partial = out_dir / "model.safetensors.part";
    writeTensors(partial, weights);
    for (const auto& [from, to] :
         {std::pair{"config.resolved.yaml", "config.yaml"}, std::pair{"tokenizer.model", "tokenizer.model"}}) {
        fs::copy_file(checkpoint / from, out_dir / to, fs::copy_options::overwrite_existing, failed);
        if (failed) {
            const std::string reason = failed.message();
            fs::remove(partial, failed);
            throw Error(ExitCode::kIo, std::string(from) + " can not be copied: " + reason, checkpoint.string());
        }
    }
    fs::rename(partial, out_dir / "model.safetensors", failed);
    if (failed)
        throw Error(ExitCode::kIo, "The weights can not be put in place: " + failed.message(), out_dir.string());
}

}  // namespace switchyard::checkpoint
