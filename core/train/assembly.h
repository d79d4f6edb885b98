// SPDX-License-Identifier: MIT
// Everything a rank works with, made in one place.
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <map>
#include <memory>

#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/launch/worker_protocol.h"
#include "core/base/runs/run_folder.h"
#include "core/base/text/tokenizer.h"
#include "core/checkpoint/checkpoint.h"
#include "core/model/multimodal_model.h"
#include "core/parallel/mesh.h"
#include "core/parallel/sharding.h"
#include "core/train/adamw.h"
#include "core/train/grad_scaler.h"

namespace switchyard::train {

/// Members that others refer to come first, so that they go last.
struct Assembly {
    RunConfig config;
    c10::Device device = c10::Device(c10::DeviceType::CPU);
    std::unique_ptr<dataset::Dataset> data;
    std::unique_ptr<text::Tokenizer> tokenizer;
    std::unique_ptr<parallel::Mesh> mesh = std::make_unique<parallel::Mesh>();  ///< others point at it
    model::MultimodalModel model{nullptr};
    std::unique_ptr<parallel::Sharding> sharding;
    std::unique_ptr<AdamW> optimizer;
    GradScaler scaler;
    std::int64_t steps = 0;        ///< of the whole training
    bool fresh = true;             ///< weights start from init_from where the config names it
    /// Called, once or more, in each step before a weight, moment or buffer changes; may be empty.
    std::function<void()> before_update;
    double last_norm = 0;          ///< gradient norm of the step before; 0 at the start
    std::int64_t rewind = 0;       ///< which order of the samples; 0 = the seed's own
    std::int64_t left_out = 0;     ///< updates in a row that were left out (train.non_finite: skip)
    /// Metrics of the last evaluation, on rank 0.
    struct Evaluated {
        std::int64_t step = -1;
        std::map<std::string, double> metrics;
    } evaluated;
    std::int64_t tokens_seen = 0;  ///< text tokens and patches that all ranks trained on so far
};

/// The parts of a training from a validated config: the only factory. `environment.world_size` takes the place of
/// config.parallel.ranks. Throws: Error.
/// @param connect joins the ranks; tests put faults in
/// @param fresh false: weights will be loaded, so init_from is not read
Assembly assemble(const RunConfig& config, const std::filesystem::path& tokenizer_file,
                  const launch::RankEnvironment& environment,
                  const std::function<parallel::Mesh(const RunConfig::Parallel&, const launch::RankEnvironment&)>&
                      connect = parallel::makeMesh,
                  bool fresh = true);

/// The parts of assemble() that need no data. The model from the assembly's config, on its device, with the experts of
/// one rank of the world; then its sharding over the assembly's mesh, and the optimizer.
void makeModel(Assembly& assembly, int rank);
void makeOptimizer(Assembly& assembly);

/// Loads weights, moments and counters; of a checkpoint of weights alone (core/checkpoint/weights_only.h) the weights.
/// Throws: Error(kBadData) when the training data is not the checkpoint's (weights alone: has other heads), else as
/// checkpoint::load. @return steps done; 0 with weights alone
std::int64_t resume(Assembly& assembly, const std::filesystem::path& checkpoint_folder);

/// What a checkpoint holds of the model: this rank's weights, then buffers (a router's bias).
std::vector<parallel::Piece> savedWeights(const Assembly& assembly);

/// What manifest.info holds: step, samples, tokens, epoch, dataset_hash, seed, rewind.
nlohmann::json checkpointInfo(const Assembly& assembly, std::int64_t step);

/// Intra-operator threads of a rank: parallel.threads, or the cores shared out among the ranks.
int threadsFor(const RunConfig& config, int world_size);

}  // namespace switchyard::train
