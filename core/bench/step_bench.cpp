// SPDX-License-Identifier: MIT
#include "core/bench/step_bench.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "core/base/config/schema.h"
#include "core/base/util/random.h"
#include "core/bench/timing.h"
#include "core/parallel/device.h"
#include "core/train/peak_memory.h"
#include "core/train/step.h"

namespace switchyard::bench {
namespace {

data::Batch randomBatch(const RunConfig& config, std::int64_t number, const parallel::Mesh& mesh) {
    const std::int64_t all = config.train.global_batch, size = all / mesh.size(), first = size * mesh.rank(),
                       length = config.model.text.max_tokens, side = config.model.vision.image_size;
    data::Batch batch;
    batch.size = size;
    batch.token_ids = at::randint(config.model.text.vocab_size, {size * length}, at::kLong);
    batch.text_lengths.assign(static_cast<std::size_t>(size), length);
    batch.token_positions = at::arange(length, at::kLong).repeat({size});
    batch.images = at::randn({size, 3, side, side});
    for (std::int64_t i = 0; i < size; ++i) {
        batch.global_positions.push_back(first + i);
        batch.sample_ids.push_back(static_cast<std::uint64_t>(number * all + first + i));
        batch.text_keys.push_back(mix64(batch.sample_ids.back() + 1));
    }
    return batch;
}

}  // namespace

nlohmann::json stepBenchKeys() {
    return {{"model.text.layers", "4"},       {"model.text.dim", "256"},          {"model.text.heads", "8"},
            {"model.text.ffn_dim", "1024"},   {"model.text.max_tokens", "64"},    {"model.text.vocab_size", "8192"},
            {"model.vision.layers", "4"},     {"model.vision.dim", "256"},        {"model.vision.heads", "8"},
            {"model.vision.ffn_dim", "1024"}, {"model.vision.image_size", "128"}, {"model.vision.patch_size", "16"},
            {"model.vision.stem", "linear"},  {"model.vision.lora.rank", "8"},    {"model.fusion.layers", "2"},
            {"model.fusion.dim", "256"},      {"model.fusion.heads", "8"},        {"model.fusion.moe", "true"},
            {"model.moe.experts", "16"},      {"model.moe.gate", "top2"},         {"model.moe.top_k", "2"},
            {"model.moe.hidden_dim", "1024"}, {"model.embed_dim", "128"},         {"task.matching_share", "0.34"},
            {"task.matching_block", "32"},    {"train.global_batch", "32"}};
}

nlohmann::json benchStep(const RunConfig& config, int repeats, const launch::RankEnvironment& environment) {
    train::keepFreedMemory();  // as a rank does
    at::set_num_threads(train::threadsFor(config, environment.world_size));
    train::Assembly assembly;
    // First: LibTorch looks once whether it has CUDA, and the seed below asks.
    assembly.device = parallel::resolveDevice(config.parallel, environment);
    at::manual_seed(static_cast<std::uint64_t>(1 + environment.rank));
    assembly.config = config;
    train::makeModel(assembly, environment.rank);
    std::int64_t parameters = 0;
    for (const at::Tensor& parameter : assembly.model->parameters()) parameters += parameter.numel();
    assembly.mesh = std::make_unique<parallel::Mesh>(parallel::makeMesh(config.parallel, environment));
    train::makeOptimizer(assembly);
    assembly.model->train();
    assembly.steps = 1000;
    std::vector<double> times;
    train::StepResult result;
    for (int i = 0; i < kWarmUps + repeats; ++i) {
        const std::vector<data::Batch> batches = {randomBatch(config, i, *assembly.mesh)};
        const double ms = millisecondsOf(
            [&] { result = train::trainStep(assembly, batches, i, /*wishes=*/{}, /*with_routing=*/false); });
        if (i >= kWarmUps) times.push_back(ms);
    }
    const auto [ms, median_ms] = summary(times);
    assembly.mesh->world().barrier("end");
    const auto spelled = [&](const char* key) { return std::get<std::string>(findKey(key)->get(config)); };
    return {{"mode", spelled("parallel.shard")},
            {"ranks", environment.world_size},
            {"expert", config.parallel.expert},
            {"activation_checkpointing", spelled("train.activation_checkpointing")},
            {"ms", ms},
            {"median_ms", median_ms},
            {"samples_per_s", static_cast<double>(config.train.global_batch) / ms * 1e3},
            {"parameters", parameters},
            {"loss", result.loss},
            {"peak_rss_bytes", std::max(result.peak_bytes, train::peakMemoryBytes(assembly.device))}};
}

}  // namespace switchyard::bench
