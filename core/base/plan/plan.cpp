// SPDX-License-Identifier: MIT
#include "core/base/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/base/config/flops.h"
#include "core/base/plan/model_replay.h"
#include "core/base/plan/product_code.h"
#include "core/base/plan/weights_replay.h"

namespace switchyard::plan {
namespace {

constexpr std::int64_t kCounted = 256;  ///< samples whose operations are counted
constexpr int kSteps = 2;               ///< replayed: the second finds the first one's blocks
constexpr int kMostPasses = 3;          ///< of a step; later ones are like the second
constexpr double kMostBatches = 256;
constexpr double kStepsAhead = 2;                                                    ///< core/data/batcher.cpp
constexpr double kMostKeptPictures = 512.0 * (1 << 20), kOnDisk = 64.0 * (1 << 20);  ///< core/data/picture_cache.cpp
/// Rows of the fullest rank under expert parallelism, as a multiple of the even share: untrained routers are uneven.
constexpr double kFullestRank = 1.1;

struct Batch {
    std::int64_t local = 1, micro = 1, passes = 1;
};

Batch batchOf(const RunConfig& config, int ranks) {
    Batch batch;
    batch.local = std::max<std::int64_t>(1, (config.train.global_batch + ranks - 1) / ranks);
    batch.micro = config.train.micro_batch > 0 ? std::min(config.train.micro_batch, batch.local) : batch.local;
    batch.passes = (batch.local + batch.micro - 1) / batch.micro;
    return batch;
}

double stepsOf(const RunConfig& config, const DataFacts& facts) {
    if (config.train.steps > 0) return static_cast<double>(config.train.steps);
    const auto samples = static_cast<double>(facts.samples > 0 ? facts.samples : config.train.global_batch);
    return std::max(1.0, config.train.epochs * samples / static_cast<double>(config.train.global_batch));
}

std::vector<LengthRun> runsOf(BatchTexts texts) {
    std::sort(texts.lengths.begin(), texts.lengths.end());
    std::vector<LengthRun> runs;
    for (const double length : texts.lengths) {
        if (runs.empty() || runs.back().length != length) runs.push_back({0, length});
        runs.back().samples += texts.each;
    }
    return runs;
}

/// Texts of the pairs of a pass: each anchor with its picture, and with the hardest other picture and text.
BatchTexts pairTexts(const RunConfig& config, const BatchTexts& texts, std::int64_t samples) {
    const std::int64_t block = config.task.matching_block, whole = samples / block, rest = samples % block;
    const auto looked_at =
        static_cast<std::int64_t>(std::ceil(config.task.matching_share * static_cast<double>(block)));
    const auto pairsOf = [&](std::int64_t members) { return std::min(members, looked_at) * (members > 1 ? 3 : 1); };
    const std::int64_t pairs = whole * pairsOf(block) + pairsOf(rest);
    const auto known = static_cast<std::int64_t>(texts.lengths.size()), picks = std::min(pairs, 3 * known);
    BatchTexts of_pairs;
    of_pairs.each = static_cast<double>(pairs) / static_cast<double>(std::max<std::int64_t>(1, picks));
    for (std::int64_t i = 0; i < picks; ++i)
        of_pairs.lengths.push_back(texts.lengths[static_cast<std::size_t>((i * known + known / 2) / picks % known)]);
    return of_pairs;
}

PassInput inputOf(const RunConfig& config, const DataFacts& facts, const Batch& batch, int ranks) {
    const double batches = stepsOf(config, facts) * static_cast<double>(batch.passes) * ranks;
    const BatchTexts texts = batchTexts(facts, batch.micro, batches);
    PassInput input;
    input.samples = static_cast<double>(batch.micro);
    input.texts = runsOf(texts);
    if (config.task.kind == TaskKind::kText) return input;
    input.images = input.samples;
    if (config.task.kind == TaskKind::kVqa) input.pairs = input.texts;
    if (config.task.kind == TaskKind::kMultimodal && config.task.matching > 0)
        input.pairs = runsOf(pairTexts(config, texts, batch.micro));
    input.other_share = config.parallel.expert > 1 ? kFullestRank : 1;
    return input;
}

/// Batches made ahead and the one in use, as tensors of each micro-batch.
std::vector<Buffer> batchBuffers(MemoryPool& pool, const RunConfig& config, const Batch& batch, const PassInput& input,
                                 bool gpu) {
    std::vector<Buffer> buffers;
    double tokens = 0;
    for (const LengthRun& run : input.texts) tokens += run.rows();
    const double side = static_cast<double>(config.model.vision.image_size);
    const double sets = gpu ? 1 : (kStepsAhead + 1) * static_cast<double>(batch.passes);
    const int count = static_cast<int>(std::min(sets, kMostBatches));
    const double each = sets / count;  // of very many, several are taken as one
    for (int i = 0; i < count; ++i) {
        if (input.images > 0) buffers.emplace_back(pool, each * input.images * 3 * side * side * 4, Part::kData);
        buffers.emplace_back(pool, each * 16 * tokens, Part::kData);
    }
    return buffers;
}

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
    return std::min({kMostKeptPictures, all * each, (stepsOf(config, facts) + kStepsAhead) * step * each});
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

/// Two steps of one rank.
class Rehearsal {
public:
    Rehearsal(const RunConfig& config, const DataFacts& facts, const Machine& machine, int ranks)
        : config_(config),
          batch_(batchOf(config, ranks)),
          input_(inputOf(config, facts, batch_, ranks)),
          pool_(machine.gpu ? MemoryPool::Kind::kGpu : MemoryPool::Kind::kCpu, machine.huge_pages),
          model_(modelTensors(config, facts.heads)),
          weights_(makeWeightsReplay(pool_, config, model_, ranks, machine.gpu)),
          batches_(batchBuffers(pool_, config, batch_, input_, machine.gpu)) {
        const ReplayContext context{pool_, config_, model_, *weights_, products_, ranks, machine.gpu};
        std::vector<Buffer> copy;
        const auto passes = std::min<std::int64_t>(batch_.passes, kMostPasses);
        for (int step = 0; step < kSteps; ++step) {
            weights_->begin();
            for (std::int64_t pass = 0; pass < passes; ++pass) {
                weights_->beforeBackward(pass + 1 == passes);
                replayPass(context, input_);
            }
            weights_->finish();
            // A GPU's copy lies on the host.
            if (copy.empty() && config.checkpoint.async && config.checkpoint.every > 0 && !machine.gpu)
                copy.emplace_back(pool_, weights_->checkpointBytes(), Part::kCheckpoint);
        }
    }

    const Batch& batch() const { return batch_; }
    const PassInput& input() const { return input_; }
    const MemoryPool& pool() const { return pool_; }
    const Products& products() const { return products_; }

private:
    const RunConfig& config_;
    Batch batch_;
    PassInput input_;
    MemoryPool pool_;
    ModelTensors model_;
    std::unique_ptr<WeightsReplay> weights_;
    std::vector<Buffer> batches_;
    Products products_;
};

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

Plan makePlan(const RunConfig& given, const DataFacts& facts, const Machine& machine, int ranks) {
    RunConfig config = given;
    if (ranks > 0) config.parallel.ranks = ranks;
    Plan plan;
    plan.ranks = static_cast<int>(config.parallel.ranks);
    plan.parameters = config::countParameters(config, facts.heads);
    countOperations(config, facts, &plan);
    const Rehearsal rehearsal(config, facts, machine, plan.ranks);
    plan.at_peak = bytesOf(rehearsal.pool().atPeak());
    plan.most = bytesOf(rehearsal.pool().most());
    double tensors = plan.at_peak.total();
    plan.at_peak.kept = std::max(0.0, rehearsal.pool().peak() - tensors);
    const std::int64_t threads =
        config.parallel.threads > 0 ? config.parallel.threads : std::max(1, machine.cores / plan.ranks);
    const double process = machine.process_bytes + machine.thread_bytes * static_cast<double>(threads - 1);
    const double passes = stepsOf(config, facts) * static_cast<double>(rehearsal.batch().passes);
    const double code =
        machine.gpu ? 0 : productCodeBytes(rehearsal.products(), rehearsal.input(), config, facts, passes);
    const double data =
        machine.gpu ? 0 : facts.resident_bytes + facts.read_bytes + pictureBytes(config, facts, rehearsal.batch());
    for (RankBytes* bytes : {&plan.at_peak, &plan.most}) {
        bytes->process = process + code;
        bytes->data += data;
    }
    plan.most.kept = plan.at_peak.kept;
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
