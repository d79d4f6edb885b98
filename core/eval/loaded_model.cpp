// SPDX-License-Identifier: MIT
#include "core/eval/loaded_model.h"

#include <ATen/ATen.h>

#include "core/base/config/config.h"
#include "core/base/io/safetensors.h"
#include "core/base/io/sha256.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/quantized.h"

namespace switchyard::eval {
namespace {

constexpr const char* kExportedWeights = "model.safetensors";

void loadExported(const fs::path& file, checkpoint::NamedTensors& weights) {
    const io::SafetensorsFile saved(file);
    for (auto& [name, tensor] : weights) {
        const io::TensorEntry* entry = saved.find(name);
        if (entry == nullptr) throw Error(ExitCode::kCorruptCheckpoint, "the tensor " + name + " is missing", file.string());
        if (at::IntArrayRef(entry->shape) != tensor.sizes()) {
            throw Error(ExitCode::kCorruptCheckpoint, "the tensor " + name + " has another shape than its configuration says", file.string());
        }
        tensor.copy_(checkpoint::weightOf(saved, *entry));
    }
}

}  // namespace

fs::path resolveModelFolder(const fs::path& source) {
    fs::path folder = fs::absolute(expandPath(source.string())).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    if (fs::exists(folder / "manifest.json") || fs::exists(folder / "COMMIT") || fs::exists(folder / kExportedWeights)) return folder;
    if (const fs::path newest = runs::newestCheckpoint(folder); !newest.empty()) return newest;
    throw Error(ExitCode::kIo, "there is no checkpoint here", folder.string(),
                "Give a checkpoint folder, a run folder with a checkpoint, or an exported model");
}

LoadedModel::LoadedModel(const fs::path& source) : folder_(resolveModelFolder(source)) {
    const bool exported = fs::exists(folder_ / kExportedWeights);
    const fs::path config_file = folder_ / (exported ? "config.yaml" : "config.resolved.yaml");
    config_ = config::loadOrThrow(config_file.string());
    gate_ = config_.model.moe;
    // A model without words (an imported image encoder) has no tokenizer.
    if (const fs::path file = text::tokenizerIn(folder_); !file.empty() || !exported)
        tokenizer_ = std::make_unique<text::Tokenizer>(file.empty() ? folder_ / "tokenizer.model" : file);
    if (fs::exists(folder_ / "labels.json")) labels_ = dataset::readLabels(folder_ / "labels.json");
    if (config_.task.kind == TaskKind::kVqa && (labels_.empty() || labels_.front().classes.empty())) {
        throw Error(ExitCode::kCorruptCheckpoint, "the list of the model's answers is not there", (folder_ / "labels.json").string(),
                    "Export the model again, or take a checkpoint of its run");
    }
    model_ = model::MultimodalModel(config_, model::ExpertShare{}, labels_);
    model_->eval();
    const at::NoGradGuard no_grad;
    checkpoint::NamedTensors weights = model_->savedTensors();
    if (exported) {
        loadExported(folder_ / kExportedWeights, weights);
        identity_ = io::sha256File((folder_ / kExportedWeights).string());
    } else {
        const nlohmann::json info = checkpoint::load(folder_, parallel::wholePieces(weights), nullptr);
        step_ = info.value("step", std::int64_t{0});
        identity_ = io::sha256File((folder_ / "manifest.json").string());
    }
}

void LoadedModel::setGate(const RunConfig::Moe& moe) {
    gate_ = moe;
    model_->setGate(moe);
}

std::size_t LoadedModel::taskNamed(const std::string& task) const {
    std::string has;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        if (labels_[i].task == task) return i;
        has += (has.empty() ? "" : ", ") + labels_[i].task;
    }
    throw Error(ExitCode::kUsage, "the model was not trained for the task \"" + task + "\"", "--task",
                "It can be measured on " + (has.empty() ? std::string("retrieval") : has));
}

const text::Tokenizer& LoadedModel::tokenizer() const {
    if (!tokenizer_) throw Error(ExitCode::kUsage, "the model has no tokenizer", folder_.string(), "Put its tokenizer.json there");
    return *tokenizer_;
}

model::ForwardContext LoadedModel::context() const {
    model::ForwardContext context;
    context.seed = static_cast<std::uint64_t>(config_.run.seed);
    context.mesh = &alone_;
    return context;
}

}  // namespace switchyard::eval
