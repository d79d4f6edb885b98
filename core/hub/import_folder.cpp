// SPDX-License-Identifier: MIT
// A model folder of ours, as `ckpt export --format folder` writes it, into a checkpoint.
#include <ATen/ATen.h>

#include <set>

#include "core/base/io/safetensors.h"
#include "core/base/share/model_folder.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/eval/loaded_model.h"
#include "core/hub/hub.h"
#include "core/parallel/single_rank.h"

namespace switchyard::hub {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void requireFinite(const checkpoint::NamedTensors& weights, const fs::path& file) {
    for (const auto& [name, tensor] : weights) {
        if (at::isfinite(tensor).all().item<bool>()) continue;
        throw Error(ExitCode::kNonFinite, std::string("The tensor ") + name + " holds a value that is not finite",
                    file.string(), "Nothing was written");
    }
}

/// Names in the file that the configuration's model has no place for. Throws: Error(kCorruptCheckpoint), but for what
/// an import from elsewhere kept (hub.*).
json leftOut(const checkpoint::NamedTensors& weights, const fs::path& file) {
    std::set<std::string> known;
    for (const auto& [name, tensor] : weights) known.insert(name);
    json left = json::array();
    const io::SafetensorsFile saved(file);
    for (const io::TensorEntry& entry : saved.entries()) {
        if (known.contains(entry.name)) continue;
        if (!entry.name.starts_with("hub."))
            throw Error(
                ExitCode::kCorruptCheckpoint,
                std::string("The tensor ") + entry.name + " has no place in the model that config.yaml describes",
                file.string());
        left.push_back(entry.name);
    }
    return left;
}

/// Saved beside and renamed: whole or not there.
void saveTo(const fs::path& out, const checkpoint::Contents& contents) {
    const fs::path beside = out.string() + ".part";
    try {
        parallel::SingleRank alone;
        fs::remove_all(beside);
        fs::rename(checkpoint::save(beside, contents, alone), out);
        fs::remove_all(beside);
    } catch (const fs::filesystem_error& error) {
        throw Error(ExitCode::kIo, std::string("The checkpoint can not be put in place: ") + error.code().message(),
                    out.string());
    }
}

}  // namespace

bool isModelFolder(const fs::path& folder) {
    return fs::exists(folder / "config.yaml") && fs::exists(folder / "model.safetensors");
}

json importFolder(const fs::path& source, const fs::path& given) {
    const at::NoGradGuard no_gradient;
    const fs::path out = given.has_filename() ? given : given.parent_path(), file = source / "model.safetensors";
    if (fs::exists(out))
        throw Error(ExitCode::kUsage, "The folder is there already", out.string(), "Give another --out");
    checkpoint::Contents contents;
    contents.step = share::verifyModelFolder(source);
    eval::LoadedModel loaded(source);
    const checkpoint::NamedTensors weights = loaded.model()->savedTensors();
    const json left = leftOut(weights, file);
    requireFinite(weights, file);
    const fs::path tokenizer = text::tokenizerIn(source);
    if (tokenizer.empty())
        throw Error(ExitCode::kBadData, "The model has no tokenizer", source.string(),
                    "Use the folder as it is: --checkpoint and init_from take it");
    contents.model = parallel::wholePieces(weights);
    contents.info = {{"imported_from", source.filename().string()}, {"sha256", loaded.identity()}};
    contents.extra_files = {{"config.resolved.yaml", source / "config.yaml"}, {"tokenizer.model", tokenizer}};
    if (fs::exists(source / "labels.json")) contents.extra_files["labels.json"] = source / "labels.json";
    saveTo(out, contents);
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : weights) parameters += tensor.numel();
    return {{"out", out.string()},
            {"layout", "switchyard"},
            {"step", contents.step},
            {"parameters", parameters},
            {"left_out", left}};
}

}  // namespace switchyard::hub
