// SPDX-License-Identifier: MIT
// Everything a rank works with, made in one place.
#pragma once

#include <c10/core/Device.h>

#include <memory>

#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/launch/worker_protocol.h"
#include "core/base/runs/run_folder.h"
#include "core/base/text/tokenizer.h"
#include "core/checkpoint/checkpoint.h"
#include "core/model/multimodal_model.h"
#include "core/parallel/collectives.h"
#include "core/train/adamw.h"

namespace switchyard::train {

/// Members that others refer to come first, so that they go last.
struct Assembly {
    RunConfig config;
    c10::Device device = c10::Device(c10::DeviceType::CPU);
    std::unique_ptr<dataset::Dataset> data;
    std::unique_ptr<text::Tokenizer> tokenizer;
    std::unique_ptr<parallel::Collectives> collectives;
    model::MultimodalModel model{nullptr};
    std::unique_ptr<AdamW> optimizer;
    std::int64_t steps = 0;        ///< of the whole training
    std::int64_t tokens_seen = 0;  ///< text tokens and patches that all ranks trained on so far
};

/// The parts of a training from a validated config: the only factory. `environment.world_size` takes the place of
/// config.parallel.ranks. Throws: Error.
Assembly assemble(const RunConfig& config, const std::filesystem::path& tokenizer_file,
                  const launch::RankEnvironment& environment);

/// The part of assemble() that needs no data: model and optimizer from the assembly's config, on its device.
void makeModel(Assembly& assembly);

/// Loads weights, moments and counters. Throws: Error(kBadData) when the training data is not the checkpoint's,
/// else as checkpoint::load. @return steps done
std::int64_t resume(Assembly& assembly, const std::filesystem::path& checkpoint_folder);

/// What manifest.info holds: step, samples, tokens, epoch, dataset_hash, seed.
nlohmann::json checkpointInfo(const Assembly& assembly, std::int64_t step);

/// Intra-operator threads of a rank: parallel.threads, or the cores shared out among the ranks.
int threadsFor(const RunConfig& config, int world_size);

}  // namespace switchyard::train
