// SPDX-License-Identifier: MIT
#include "core/train/assembly.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>

#include "core/base/io/manifest.h"
#include "core/base/util/cores.h"
#include "core/base/util/error.h"
#include "core/checkpoint/weights_only.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/device.h"
#include "core/train/schedule.h"
#include "core/train/start_weights.h"

namespace switchyard::train {

void makeModel(Assembly& assembly, int rank) {
    const std::int64_t expert_ranks = assembly.config.parallel.expert;
    const model::ExpertShare share{expert_ranks, rank % expert_ranks, assembly.config.parallel.exchange_chunks};
    assembly.model = model::MultimodalModel(
        assembly.config, share, assembly.data ? assembly.data->labels() : std::vector<dataset::TaskLabels>());
    if (assembly.fresh) startFrom(assembly.config, share, assembly.model);
    assembly.model->to(assembly.device);
}

void makeOptimizer(Assembly& assembly) {
    std::vector<parallel::Parameter> parameters;
    for (const auto& item : assembly.model->named_parameters()) {
        parameters.push_back({item.key(), item.value(), model::isExpertParameter(item.key())});
    }
    assembly.sharding = parallel::makeSharding(assembly.config.parallel, std::move(parameters), *assembly.mesh);
    assembly.optimizer = std::make_unique<AdamW>(assembly.sharding->updated(), assembly.config.optim);
    assembly.scaler = GradScaler(assembly.config.train.precision == Precision::kFp16);
}

Assembly assemble(
    const RunConfig& config, const std::filesystem::path& tokenizer_file, const launch::RankEnvironment& environment,
    const std::function<parallel::Mesh(const RunConfig::Parallel&, const launch::RankEnvironment&)>& connect, bool fresh) {
    Assembly assembly;
    assembly.fresh = fresh;
    assembly.config = config;
    assembly.config.parallel.ranks = environment.world_size;
    assembly.rewind = environment.rewind;
    assembly.device = parallel::resolveDevice(config.parallel, environment);
    assembly.data = dataset::openDataset(config, dataset::Split::kTrain);
    assembly.tokenizer = std::make_unique<text::Tokenizer>(tokenizer_file);
    if (assembly.tokenizer->vocabSize() > config.model.text.vocab_size) {
        throw Error(ExitCode::kBadData,
                    "The tokenizer has " + std::to_string(assembly.tokenizer->vocabSize()) +
                        " pieces, more than model.text.vocab_size (" + std::to_string(config.model.text.vocab_size) +
                        ")",
                    tokenizer_file.string(), "Raise model.text.vocab_size, or train a smaller tokenizer");
    }
    makeModel(assembly, environment.rank);
    assembly.steps = totalSteps(config.train, static_cast<std::int64_t>(assembly.data->samples().size()));
    // Last: from here on a rank that fails keeps the others waiting.
    assembly.mesh = std::make_unique<parallel::Mesh>(connect(assembly.config.parallel, environment));
    makeOptimizer(assembly);
    return assembly;
}

namespace {

/// Weights that no optimizer has seen yet, pruned ones for example: a training of its own begins with them.
void startWith(Assembly& assembly, const std::filesystem::path& folder) {
    checkpoint::load(folder, savedWeights(assembly), nullptr);
    const std::filesystem::path labels = folder / "labels.json";
    if (!std::filesystem::exists(labels)) return;
    const std::vector<dataset::TaskLabels> trained = dataset::readLabels(labels), &found = assembly.data->labels();
    const bool same =
        std::equal(trained.begin(), trained.end(), found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.task == b.task && a.classes == b.classes; });
    if (!same) {
        throw Error(ExitCode::kBadData, "The training data has other tasks or classes than the checkpoint's heads",
                    folder.string(), "Give the data that its labels.json was made of");
    }
}

}  // namespace

std::int64_t resume(Assembly& assembly, const std::filesystem::path& checkpoint_folder) {
    if (io::readCheckpoint(checkpoint_folder, /*deep=*/false).info.value(checkpoint::kWeightsOnly, false)) {
        startWith(assembly, checkpoint_folder);
        return 0;
    }
    const std::vector<parallel::Piece> weights = savedWeights(assembly), moments = assembly.optimizer->state();
    const nlohmann::json info = checkpoint::load(checkpoint_folder, weights, &moments);
    if (info.value("dataset_hash", std::string()) != assembly.data->hash()) {
        throw Error(ExitCode::kBadData, "The training data has changed since the checkpoint was saved",
                    checkpoint_folder.string(), "Restore the data, or start a new run");
    }
    const auto step = info.at("step").get<std::int64_t>();
    assembly.tokens_seen = info.value("tokens", std::int64_t{0});
    assembly.rewind = std::max(assembly.rewind, info.value("rewind", std::int64_t{0}));
    assembly.last_norm = info.value("grad_norm", 0.0);
    assembly.left_out = info.value("left_out", std::int64_t{0});
    assembly.scaler.restore(info.value("loss_scale", assembly.scaler.scale()),
                            info.value("clean_steps", std::int64_t{0}));
    assembly.optimizer->setUpdates(info.value("updates", step));
    return step;
}

std::vector<parallel::Piece> savedWeights(const Assembly& assembly) {
    std::vector<parallel::Piece> pieces = assembly.sharding->weights();
    checkpoint::NamedTensors buffers;
    for (const auto& item : assembly.model->named_buffers()) buffers.emplace_back(item.key(), item.value());
    for (parallel::Piece& piece : parallel::wholePieces(buffers)) pieces.push_back(std::move(piece));
    return pieces;
}

nlohmann::json checkpointInfo(const Assembly& assembly, std::int64_t step) {
    const std::int64_t samples = step * assembly.config.train.global_batch;
    return {{"samples", samples},
            {"tokens", assembly.tokens_seen},
            {"grad_norm", assembly.last_norm},
            {"left_out", assembly.left_out},
            {"updates", assembly.optimizer->updates()},
            {"loss_scale", assembly.scaler.scale()},
            {"clean_steps", assembly.scaler.cleanSteps()},
            {"epoch", static_cast<double>(samples) / static_cast<double>(assembly.data->samples().size())},
            {"dataset_hash", assembly.data->hash()},
            {"seed", assembly.config.run.seed},
            {"rewind", assembly.rewind}};
}

int threadsFor(const RunConfig& config, int world_size) {
    if (config.parallel.threads > 0) return static_cast<int>(config.parallel.threads);
    return std::max(1, usableCores() / std::max(1, world_size));
}

}  // namespace switchyard::train
