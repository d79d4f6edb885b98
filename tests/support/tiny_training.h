// SPDX-License-Identifier: MIT
// A training small enough for a test: coloured shapes, experts in the text encoder and in the fusion.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/config/config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/util/error.h"
#include "core/data/batcher.h"
#include "core/train/assembly.h"
#include "core/train/step.h"

namespace switchyard::test {

inline constexpr const char* kTinyConfig = R"(
run: {name: tiny, seed: 5}
task: {matching: 0.5, matching_share: 0.5, matching_block: 4}
model:
  text: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 12, vocab_size: 120, moe_every: 2}
  vision: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, image_size: 16, patch_size: 8}
  fusion: {layers: 1, dim: 32, heads: 2, ffn_dim: 64, moe: true}
  moe: {experts: 4, top_k: 2, gate: top2, hidden_dim: 32, losses: {balance: 0.01, z: 0.001, global_balance: true}}
  embed_dim: 32
data:
  format: synthetic
  synthetic: {samples: 60, eval_samples: 8}
  image: {augment: {crop: 0.7, flip: true, contrast: 0.2, brightness: 10, token_drop: 0.1, patch_drop: 0.25}}
optim: {lr: 2.0e-3, warmup_steps: 5}
train: {steps: 50, global_batch: 16}
)";

/// The tiny configuration with --set overrides.
inline RunConfig tinyConfig(const std::vector<std::string>& overrides = {}) {
    std::vector<config::Override> parsed;
    for (const std::string& text : overrides) parsed.push_back(config::parseOverride(text));
    const config::LoadResult loaded = config::loadText(kTinyConfig, parsed);
    for (const config::Problem& problem : loaded.problems) {
        if (!problem.warning) throw Error(ExitCode::kBadConfig, problem.message, problem.path, problem.fix);
    }
    return loaded.config;
}

/// Its tokenizer, trained once into `folder`.
inline std::filesystem::path tinyTokenizer(const RunConfig& config, const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "tokenizer.model";
    if (!std::filesystem::exists(file)) {
        const auto data = dataset::openDataset(config, dataset::Split::kTrain);
        text::trainTokenizer(dataset::trainingTexts(*data), config.model.text.vocab_size, file);
    }
    return file;
}

/// Trains from `first` to `end` and gives the results of the steps.
inline std::vector<train::StepResult> trainSteps(train::Assembly& assembly, std::int64_t first, std::int64_t end) {
    data::StepMaker maker(assembly.config, *assembly.data, *assembly.tokenizer, assembly.mesh->rank(),
                          assembly.mesh->size());
    std::vector<train::StepResult> results;
    for (std::int64_t step = first; step < end; ++step) {
        results.push_back(train::trainStep(assembly, maker.make(step), step, {}, true));
    }
    return results;
}

}  // namespace switchyard::test
