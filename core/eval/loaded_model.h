// SPDX-License-Identifier: MIT
// A trained model ready to answer: from a checkpoint, an exported model folder, or a run (its newest checkpoint).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/config/run_config.h"
#include "core/base/text/tokenizer.h"
#include "core/model/multimodal_model.h"
#include "core/parallel/mesh.h"

namespace switchyard::eval {

/// Thread: one thread.
class LoadedModel {
public:
    /// Verified (sizes and hashes) before any weight is read; never in training mode.
    /// Throws: Error(kCorruptCheckpoint | kIo | kBadConfig).
    explicit LoadedModel(const std::filesystem::path& source);

    const std::filesystem::path& folder() const { return folder_; }
    /// SHA-256 of what identifies the weights: the manifest's COMMIT, or the exported file.
    const std::string& identity() const { return identity_; }
    std::int64_t step() const { return step_; }
    const RunConfig& config() const { return config_; }
    /// Throws: Error(kUsage) when the model has none.
    const text::Tokenizer& tokenizer() const;
    /// What the heads of text tasks and vqa stand for.
    const std::vector<dataset::TaskLabels>& labels() const { return labels_; }
    /// Index in labels(). Throws: Error(kUsage) naming the tasks that there are.
    std::size_t taskNamed(const std::string& task) const;
    model::MultimodalModel& model() { return model_; }
    /// The gate that routes now: the trained one, until another is set.
    const RunConfig::Moe& gate() const { return gate_; }
    void setGate(const RunConfig::Moe& moe);
    /// Evaluation, a single rank.
    model::ForwardContext context() const;

private:
    std::filesystem::path folder_;
    std::string identity_;
    std::int64_t step_ = 0;
    RunConfig config_;
    RunConfig::Moe gate_;
    std::vector<dataset::TaskLabels> labels_;
    std::unique_ptr<text::Tokenizer> tokenizer_;
    parallel::Mesh alone_;
    model::MultimodalModel model_{nullptr};
};

/// The folder that `source` means: itself, or the newest checkpoint of a run. Throws: Error(kIo).
std::filesystem::path resolveModelFolder(const std::filesystem::path& source);

}  // namespace switchyard::eval
