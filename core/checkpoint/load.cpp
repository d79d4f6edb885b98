// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/base/io/checkpoint_files.h"
#include "core/base/io/manifest.h"
#include "core/base/util/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/quantized.h"
#include "core/checkpoint/tensor_file.h"

namespace switchyard::checkpoint {
namespace {

namespace fs = std::filesystem;

using Pieces = std::vector<parallel::Piece>;

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

/// Every difference between what is saved and what is wanted. Names beyond the wanted ones count only if this rank has
/// something of all: of another rank's optimizer state it knows nothing.
void compare(const Slices& saved, const Pieces& wanted, bool all_names, std::string* differences) {
    const auto add = [&](const std::string& text) { *differences += (differences->empty() ? "" : "; ") + text; };
    std::set<std::string> known;
    for (const parallel::Piece& piece : wanted) {
        known.insert(piece.name);
        const auto found = saved.find(piece.name);
        if (found == saved.end()) {
            add(piece.name + " is not in the checkpoint");
        } else if (found->second.front()->global_shape != piece.global_shape) {
            add(piece.name + " is " + shapeText(found->second.front()->global_shape) + " in the checkpoint and " +
                shapeText(piece.global_shape) + " in the model");
        }
    }
    for (const auto& [name, parts] : saved) {
        if (all_names && !known.contains(name)) add(name + " is not in the model");
    }
}

/// Numbers [first, first + count) of a saved part, in its own type.
at::Tensor read(io::CheckpointFiles& files, const io::ManifestTensor& part, std::int64_t first, std::int64_t count) {
    at::Tensor values = at::empty({count}, at::TensorOptions().dtype(scalarTypeOf(files.dtypeOf(part))));
    files.read(part, first, count, values.mutable_data_ptr());
    return values;
}

at::Tensor sliceOf(at::Tensor whole, const io::ManifestTensor& part) {
    for (std::size_t d = 0; d < part.shape.size(); ++d) {
        whole = whole.narrow(static_cast<std::int64_t>(d), part.offset[d], part.shape[d]);
    }
    return whole;
}

/// Numbers that go from a saved part into a piece.
struct Copy {
    const io::ManifestTensor* part = nullptr;
    std::int64_t first = 0;  ///< of the part
    at::Tensor to;
};

/// All copies of one kind. Every needed part's file is opened and its header checked before any value is copied.
void collect(const Slices& saved, io::CheckpointFiles& files, const Pieces& into, std::vector<Copy>* copies) {
    for (const parallel::Piece& piece : into) {
        for (const io::ManifestTensor* part : saved.at(piece.name)) {
            const auto run = part->run();
            if (!run) {  // a block of columns: only whole tensors take it
                files.check(*part);
                copies->push_back({part, 0, sliceOf(piece.tensor, *part)});
                continue;
            }
            const io::CommonRun common = io::commonRun(*run, {piece.first, piece.tensor.numel()});
            if (common.count == 0) continue;
            files.check(*part);
            copies->push_back({part, common.in_a, piece.tensor.view({-1}).narrow(0, common.in_b, common.count)});
        }
    }
}

void fetch(io::CheckpointFiles& files, const std::vector<Copy>& copies) {
    for (const Copy& copy : copies) {
        const at::Tensor& to = copy.to;
        if (to.device().is_cpu() && to.is_contiguous() && dtypeOf(to) == files.dtypeOf(*copy.part)) {
            files.read(*copy.part, copy.first, to.numel(), to.mutable_data_ptr());
        } else {
            to.copy_(read(files, *copy.part, copy.first, to.numel()).view(to.sizes()));
        }
    }
}

bool hasAll(const Pieces& pieces) {
    return std::all_of(pieces.begin(), pieces.end(), [](const parallel::Piece& piece) { return piece.everywhere; });
}

}  // namespace

nlohmann::json load(const std::filesystem::path& folder, const Pieces& model, const Pieces* optim) {
    const at::NoGradGuard no_gradient;
    const io::Manifest manifest = io::openCheckpoint(folder);
    const Slices weights = slicesOf(manifest, "model"), moments = slicesOf(manifest, "optim");
    std::string differences;
    compare(weights, model, /*all_names=*/true, &differences);
    if (optim != nullptr) compare(moments, *optim, hasAll(*optim), &differences);
    if (!differences.empty()) {
        throw Error(ExitCode::kBadConfig, "The checkpoint does not fit the model: " + differences, folder.string(),
                    "Use the configuration that the checkpoint was trained with");
    }
    io::CheckpointFiles files(folder, manifest);
    std::vector<Copy> copies;
    collect(weights, files, model, &copies);
    if (optim != nullptr) collect(moments, files, *optim, &copies);
    fetch(files, copies);
    nlohmann::json info = manifest.info;
    info["step"] = manifest.step;
    return info;
}

NamedTensors readWeights(const std::filesystem::path& folder, const std::string& prefix) {
    const at::NoGradGuard no_gradient;
    NamedTensors weights;
    if (const fs::path exported = folder / "model.safetensors"; fs::exists(exported)) {
        const io::SafetensorsFile file(exported);
        for (const io::TensorEntry& entry : file.entries()) {
            if (!entry.name.starts_with(prefix) || isScale(file, entry)) continue;
            weights.emplace_back(entry.name, weightOf(file, entry).to(at::kFloat, false, /*copy=*/true));
        }
        return weights;
    }
    const io::Manifest manifest = io::openCheckpoint(folder);
    io::CheckpointFiles files(folder, manifest);
    Slices saved = slicesOf(manifest, "model");
    std::erase_if(saved, [&](const auto& item) { return !item.first.starts_with(prefix); });
    for (const auto& [name, parts] : saved) weights.emplace_back(name, at::empty(parts.front()->global_shape, at::kFloat));
    std::vector<Copy> copies;
    collect(saved, files, parallel::wholePieces(weights), &copies);
    fetch(files, copies);
    return weights;
}

void exportModel(const std::filesystem::path& checkpoint, const std::filesystem::path& out_dir,
                 const std::string& dtype) {
    if (dtype != "fp32" && dtype != "bf16" && dtype != "int8" && dtype != "stored") {
        throw Error(ExitCode::kUsage, "Unknown dtype \"" + dtype + "\"", {}, "Use fp32, bf16, int8 or stored");
    }
    const io::Manifest manifest = io::openCheckpoint(checkpoint);
    io::CheckpointFiles files(checkpoint, manifest);
    const Slices saved = slicesOf(manifest, "model");
    NamedTensors weights;
    for (const auto& [name, parts] : saved) {
        const at::ScalarType type = dtype == "bf16"     ? at::kBFloat16
                                    : dtype == "stored" ? scalarTypeOf(files.dtypeOf(*parts.front()))
                                                        : at::kFloat;
        weights.emplace_back(name, at::empty(parts.front()->global_shape, at::TensorOptions().dtype(type)));
    }
    std::vector<Copy> copies;
    collect(saved, files, parallel::wholePieces(weights), &copies);
    fetch(files, copies);
    std::error_code failed;
    fs::create_directories(out_dir, failed);
    if (failed) throw Error(ExitCode::kIo, "The folder can not be made: " + failed.message(), out_dir.string());
    fs::remove(out_dir / "model.json", failed);  // what a model folder had: it tells of other weights (core/base/share)
    // Written beside their names and renamed, so that an older export stays whole when this one fails.
    const fs::path partial = out_dir / "model.safetensors.part";
    writeTensors(partial, dtype == "int8" ? quantized(weights) : weights);
    for (const auto& [from, to] :
         {std::pair{"config.resolved.yaml", "config.yaml"}, std::pair{"tokenizer.model", "tokenizer.model"}}) {
        fs::copy_file(checkpoint / from, out_dir / to, fs::copy_options::overwrite_existing, failed);
        if (failed) {
            const std::string reason = failed.message();
            fs::remove(partial, failed);
            throw Error(ExitCode::kIo, std::string(from) + " can not be copied: " + reason, checkpoint.string());
        }
    }
    if (fs::exists(checkpoint / "labels.json")) {
        fs::copy_file(checkpoint / "labels.json", out_dir / "labels.json", fs::copy_options::overwrite_existing, failed);
        if (failed) throw Error(ExitCode::kIo, "labels.json can not be copied: " + failed.message(), checkpoint.string());
    }
    fs::rename(partial, out_dir / "model.safetensors", failed);
    if (failed)
        throw Error(ExitCode::kIo, "The weights can not be put in place: " + failed.message(), out_dir.string());
}

}  // namespace switchyard::checkpoint
