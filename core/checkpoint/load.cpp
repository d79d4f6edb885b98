// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "core/base/io/manifest.h"
#include "core/base/util/error.h"
#include "core/checkpoint/checkpoint.h"
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

/// What a saved part and a wanted piece have in common, as runs in each of them.
struct Common {
    std::int64_t count = 0, in_part = 0, in_piece = 0;
};
Common commonOf(const io::ManifestTensor::Run& part, const parallel::Piece& piece) {
    const std::int64_t begin = std::max(part.first, piece.first);
    const std::int64_t end = std::min(part.first + part.count, piece.first + piece.tensor.numel());
    return {std::max<std::int64_t>(0, end - begin), begin - part.first, begin - piece.first};
}

/// Every needed part's file is opened and checked before the first value is copied.
void fetch(const Slices& saved, OpenFiles& files, const Pieces& into) {
    for (const bool copies : {false, true}) {
        for (const parallel::Piece& piece : into) {
            for (const io::ManifestTensor* part : saved.at(piece.name)) {
                const auto run = part->run();
                const Common common = run ? commonOf(*run, piece) : Common{};
                if (run && common.count == 0) continue;
                const at::Tensor values = files.read(*part);
                if (!copies) continue;
                if (!run) {
                    sliceOf(piece.tensor, *part).copy_(values);  // a block of columns: only whole tensors take it
                } else {
                    piece.tensor.view({-1})
                        .narrow(0, common.in_piece, common.count)
                        .copy_(values.view({-1}).narrow(0, common.in_part, common.count));
                }
            }
        }
    }
}

bool hasAll(const Pieces& pieces) {
    return std::all_of(pieces.begin(), pieces.end(), [](const parallel::Piece& piece) { return piece.everywhere; });
}

}  // namespace

nlohmann::json load(const std::filesystem::path& folder, const Pieces& model, const Pieces* optim, bool verify_hashes) {
    const at::NoGradGuard no_gradient;
    const io::Manifest manifest = io::readCheckpoint(folder, verify_hashes);
    const Slices weights = slicesOf(manifest, "model"), moments = slicesOf(manifest, "optim");
    std::string differences;
    compare(weights, model, /*all_names=*/true, &differences);
    if (optim != nullptr) compare(moments, *optim, hasAll(*optim), &differences);
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
        weights.emplace_back(name, at::empty(parts.front()->global_shape, at::TensorOptions().dtype(type)));
    }
    fetch(slicesOf(manifest, "model"), files, parallel::wholePieces(weights));
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
