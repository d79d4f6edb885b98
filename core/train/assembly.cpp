// SPDX-License-Identifier: MIT
#include "core/train/assembly.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <thread>

#include "core/base/util/error.h"
#include "core/parallel/device.h"
#include "core/train/schedule.h"

namespace switchyard::train {

void makeModel(Assembly& assembly) {
    assembly.model = model::MultimodalModel(assembly.config);
    assembly.model->to(assembly.device);
    NamedTensors parameters;
    for (const auto& item : assembly.model->named_parameters()) parameters.emplace_back(item.key(), item.value());
    assembly.optimizer = std::make_unique<AdamW>(parameters, assembly.config.optim);
}

Assembly assemble(const RunConfig& config, const std::filesystem::path& tokenizer_file,
                  const launch::RankEnvironment& environment) {
    Assembly assembly;
    assembly.config = config;
    assembly.config.parallel.ranks = environment.world_size;
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
    makeModel(assembly);
    assembly.steps = totalSteps(config.train, static_cast<std::int64_t>(assembly.data->samples().size()));
    // Last: from here on a rank that fails keeps the others waiting.
    assembly.collectives = parallel::makeCollectives(config.parallel, environment);
    return assembly;
}

std::int64_t resume(Assembly& assembly, const std::filesystem::path& checkpoint_folder) {
    checkpoint::NamedTensors weights = assembly.model->savedTensors(), moments = assembly.optimizer->state();
    const nlohmann::json info = checkpoint::load(checkpoint_folder, weights, &moments);
    if (info.value("dataset_hash", std::string()) != assembly.data->hash()) {
        throw Error(ExitCode::kBadData, "The training data has changed since the checkpoint was saved",
                    checkpoint_folder.string(), "Restore the data, or start a new run");
    }
    const auto step = info.at("step").get<std::int64_t>();
    assembly.optimizer->setUpdates(step);
    assembly.tokens_seen = info.value("tokens", std::int64_t{0});
    return step;
}

nlohmann::json checkpointInfo(const Assembly& assembly, std::int64_t step) {
    const std::int64_t samples = step * assembly.config.train.global_batch;
    return {{"samples", samples},
            {"tokens", assembly.tokens_seen},
            {"epoch", static_cast<double>(samples) / static_cast<double>(assembly.data->samples().size())},
            {"dataset_hash", assembly.data->hash()},
            {"seed", assembly.config.run.seed}};
}

int threadsFor(const RunConfig& config, int world_size) {
    if (config.parallel.threads > 0) return static_cast<int>(config.parallel.threads);
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    return std::max(1, cores / std::max(1, world_size));
}

}  // namespace switchyard::train
