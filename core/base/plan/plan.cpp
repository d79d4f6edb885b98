// SPDX-License-Identifier: MIT
#include "core/base/plan/plan.h"

#include <algorithm>
#include <cmath>

#include "core/base/config/flops.h"
#include "core/base/plan/model_replay.h"
#include "core/base/plan/product_code.h"
#include "core/base/plan/rehearsal.h"

namespace switchyard::plan {
namespace {

constexpr std::int64_t kCounted = 256;  ///< samples whose operations are counted
constexpr double kMostKeptPictures = 512.0 * (1 << 20), kOnDisk = 64.0 * (1 << 20);  ///< core/data/picture_cache.cpp
/// Rows of the fullest rank under expert parallelism, as a multiple of the even share: untrained routers are uneven.
constexpr double kFullestRank = 1.1;

/// Pictures that a rank keeps, as bytes.
double pictureBytes(const RunConfig& config, const DataFacts& facts, const Batch& batch) {
    if (config.task.kind == TaskKind::kText) return 0;
    const double factor = config.data.image.augment.crop < 1.0 ? 1.15 : 1.0;
    const double side = std::round(factor * static_cast<double>(config.model.vision.image_size)),
                 each = 3 * side * side;
    const auto all = static_cast<double>(facts.samples), step = static_cast<double>(batch.local);
    const std::string& cache = config.data.cache;
    const bool automatic = cache == "auto" && config.data.format != DataFormat::kTar && all * each >= kOnDisk;
    const bool on_disk = config.data.format != DataFormat::kSynthetic && cache != "false" && !cache.empty() &&
                         (automatic || cache != "auto");
    if (on_disk) return step * each;
    return std::min({kMostKeptPictures, all * each, (stepsOf(config, facts) + kBatchesAhead) * step * each});
}

RankBytes bytesOf(const PartBytes& parts) {
    const auto of = [&](Part part) { return parts[static_cast<std::size_t>(part)]; };
    RankBytes bytes;
    bytes.weights = of(Part::kWeights);
    bytes.gradients = of(Part::kGradients);
    bytes.optimizer = of(Part::kOptimizer);
    bytes.activations = of(Part::kActivations);
    bytes.all_to_all = of(Part::kAllToAll);
    bytes.data = of(Part::kData);
    bytes.checkpoint = of(Part::kCheckpoint);
    return bytes;
}

void countOperations(const RunConfig& config, const DataFacts& facts, Plan* plan) {
    const BatchTexts texts = batchTexts(facts, kCounted, 1);
    config::PassShape shape;
    for (const double length : texts.lengths) {
        shape.text_tokens += length;
        shape.text_squares += length * length;
    }
    const auto samples = static_cast<double>(kCounted);
    plan->text_tokens_per_sample = plan->tokens_per_sample = shape.text_tokens / samples;
    double patches = 0;
    if (config.task.kind != TaskKind::kText) {
        const double tokens = imageTokens(config);
        patches = tokens - (config.model.vision.class_token ? 1 : 0);
        shape.images = samples;
        shape.image_tokens = samples * tokens;
        shape.image_squares = samples * tokens * tokens;
        BatchTexts pairs;
        if (config.task.kind == TaskKind::kVqa)
            pairs = texts;
        else if (config.task.matching > 0)
            pairs = pairTexts(config, texts, kCounted);
        shape.pairs = static_cast<double>(pairs.lengths.size());
        for (const double length : pairs.lengths) shape.pair_text_tokens += length;
        shape.pair_image_tokens = shape.pairs * tokens;
        shape.pair_products = shape.pair_text_tokens * tokens;
        plan->tokens_per_sample += patches;
    }
    plan->flops_per_token = config::trainingFlops(config, shape) / (samples * plan->tokens_per_sample);
}

}  // namespace

RankMemory rankMemory(const Rehearsal& rehearsal, const RunConfig& config, const DataFacts& facts,
                      const Machine& machine, int ranks) {
    RankMemory memory;
    memory.at_peak = bytesOf(rehearsal.pool().atPeak());
    memory.most = bytesOf(rehearsal.pool().most());
    const double tensors = memory.at_peak.total();
    memory.at_peak.kept = std::max(0.0, rehearsal.pool().peak() - tensors);
    const std::int64_t threads =
        config.parallel.threads > 0 ? config.parallel.threads : std::max(1, machine.cores / ranks);
    const double process = machine.process_bytes + machine.thread_bytes * static_cast<double>(threads - 1);
    const double passes = stepsOf(config, facts) * static_cast<double>(rehearsal.batch().passes);
    const double code =
        machine.gpu ? 0 : productCodeBytes(rehearsal.products(), rehearsal.input(), config, facts, passes);
    const double data =
        machine.gpu ? 0 : facts.resident_bytes + facts.read_bytes + pictureBytes(config, facts, rehearsal.batch());
    for (RankBytes* bytes : {&memory.at_peak, &memory.most}) {
        bytes->process = process + code;
        bytes->data += data;
    }
    memory.most.kept = memory.at_peak.kept;
    return memory;
}

Plan makePlan(const RunConfig& given, const DataFacts& facts, const Machine& machine, int ranks) {
    RunConfig config = given;
    if (ranks > 0) config.parallel.ranks = ranks;
    Plan plan;
    plan.ranks = static_cast<int>(config.parallel.ranks);
    plan.parameters = config::countParameters(config, facts.heads);
    countOperations(config, facts, &plan);
    RehearsalOptions options;
    options.place.ranks = plan.ranks;
    options.other_share = config.parallel.expert > 1 ? kFullestRank : 1;
    const Rehearsal rehearsal(config, facts, machine, options);
    const RankMemory memory = rankMemory(rehearsal, config, facts, machine, plan.ranks);
    plan.at_peak = memory.at_peak;
    plan.most = memory.most;
    plan.peak_bytes = plan.at_peak.total();
    plan.needed_bytes = machine.gpu ? plan.peak_bytes : plan.peak_bytes * plan.ranks;
    plan.memory_bytes = machine.memory_bytes;
    plan.fits = plan.needed_bytes <= plan.memory_bytes;
    plan.assumptions.push_back("Text lengths: " + facts.lengths_from + ".");
    if (config.parallel.expert > 1)
        plan.assumptions.push_back("The fullest expert rank gets 1.1 times the even share of rows.");
    if (machine.gpu)
        plan.assumptions.push_back("On a GPU tensors alone are counted, as memory/peak_bytes counts them.");
    if (facts.heads.empty() && config.task.kind == TaskKind::kText)
        plan.assumptions.push_back("Heads whose classes only the data tells are left out.");
    return plan;
}

}  // namespace switchyard::plan
