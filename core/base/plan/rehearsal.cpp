// SPDX-License-Identifier: MIT
#include "core/base/plan/rehearsal.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace switchyard::plan {
namespace {

constexpr std::size_t kMostPasses = 3;      ///< of a step; those between the first and the last are alike
constexpr std::size_t kDifferentSteps = 4;  ///< that are replayed where batches differ
constexpr double kMostBatches = 256;
constexpr double kAuxLosses = 6;       ///< core/model/moe/aux_losses.h
constexpr double kAgreedNumbers = 10;  ///< core/train/step.cpp

std::vector<LengthRun> runsOf(BatchTexts texts) {
    std::sort(texts.lengths.begin(), texts.lengths.end());
    std::vector<LengthRun> runs;
    for (const double length : texts.lengths) {
        if (runs.empty() || runs.back().length != length) runs.push_back({0, length});
        runs.back().samples += texts.each;
    }
    return runs;
}

/// @param deviations of its texts' tokens from those of most batches, in standard deviations
PassInput inputOf(const RunConfig& config, const DataFacts& facts, const RehearsalOptions& options, double deviations) {
    const Batch batch = batchOf(config, options.place.ranks);
    const BatchTexts texts = batchTextsAt(facts, batch.micro, deviations);
    PassInput input;
    input.samples = static_cast<double>(batch.micro);
    input.other_share = options.other_share;
    input.texts = runsOf(texts);
    if (config.task.kind == TaskKind::kText) return input;
    input.images = input.samples;
    if (config.task.kind == TaskKind::kVqa) input.pairs = input.texts;
    if (config.task.kind == TaskKind::kMultimodal && config.task.matching > 0)
        input.pairs = runsOf(pairTexts(config, texts, batch.micro));
    return input;
}

/// The largest that is to be expected in the run, or a usual one.
double mostDeviations(const RunConfig& config, const DataFacts& facts, const RehearsalOptions& options) {
    if (options.usual_texts) return 0;
    return largestOf(stepsOf(config, facts) * static_cast<double>(batchOf(config, options.place.ranks).passes) *
                     options.place.ranks);
}

/// 1/2, 1/4, 3/4, 1/8, ..: numbers that fill the space between 0 and 1 evenly (van der Corput's sequence).
double evenly(std::size_t index) {
    double place = 0, digit = 0.5;
    for (std::size_t rest = index + 1; rest > 0; rest /= 2, digit /= 2) place += static_cast<double>(rest % 2) * digit;
    return place;
}

/// Batches made ahead and the one in use, as tensors of each micro-batch.
std::vector<Buffer> batchBuffers(MemoryPool& pool, const RunConfig& config, const Batch& batch, const PassInput& input,
                                 bool gpu) {
    std::vector<Buffer> buffers;
    double tokens = 0;
    for (const LengthRun& run : input.texts) tokens += run.rows();
    const double side = static_cast<double>(config.model.vision.image_size);
    const double sets = gpu ? 1 : (kBatchesAhead + 1) * static_cast<double>(batch.passes);
    const int count = static_cast<int>(std::min(sets, kMostBatches));
    const double each = sets / count;  // of very many, several are taken as one
    for (int i = 0; i < count; ++i) {
        if (input.images > 0) buffers.emplace_back(pool, each * input.images * 3 * side * side * 4, Part::kData);
        buffers.emplace_back(pool, each * 16 * tokens, Part::kData);
    }
    return buffers;
}

/// core/train/step.cpp and Sharding::gradientNorm().
void exchangeOfStep(const RunConfig& config, const ModelTensors& model, int ranks, Traffic* traffic) {
    const auto all = CollectiveKind::kAllReduce;
    traffic->add(all, "step_agreement", ranks, 8 * (kAgreedNumbers + kAuxLosses + 2.0 * ranks));
    const bool experts = std::any_of(model.list.begin(), model.list.end(),
                                     [](const ParameterTensor& tensor) { return tensor.expert && tensor.trained; });
    if (config.parallel.shard != Shard::kNone)
        traffic->add(all, "gradient_norm", ranks, 8);
    else if (experts && ranks > 1)
        traffic->add(all, "gradient_norm", static_cast<int>(config.parallel.expert), 8);
}

}  // namespace

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

Rehearsal::Rehearsal(const RunConfig& config, const DataFacts& facts, const Machine& machine,
                     const RehearsalOptions& options)
    : batch_(batchOf(config, options.place.ranks)),
      input_(inputOf(config, facts, options, mostDeviations(config, facts, options))),
      pool_(machine.gpu ? MemoryPool::Kind::kGpu : MemoryPool::Kind::kCpu, machine.huge_pages),
      model_(modelTensors(config, facts.heads)),
      weights_(makeWeightsReplay(pool_, config, model_, options.place, machine.gpu, now_)),
      batches_(batchBuffers(pool_, config, batch_, input_, machine.gpu)) {
    std::vector<Buffer> copy;
    const auto passes = static_cast<std::size_t>(std::min<std::int64_t>(batch_.passes, kMostPasses));
    const std::size_t least = options.usual_texts ? 2 : kDifferentSteps, steps = std::max(least, options.rows.size());
    for (std::size_t step = 0; step < steps; ++step) {
        std::vector<PassInput> inputs;
        for (std::size_t pass = step * passes; pass < (step + 1) * passes; ++pass) {
            const bool as_planned = options.usual_texts || pass + 1 == steps * passes;
            inputs.push_back(as_planned ? input_ : inputOf(config, facts, options, normalQuantile(evenly(pass))));
            if (!options.rows.empty()) inputs.back().rows = options.rows[std::min(step, options.rows.size() - 1)];
        }
        Step* sums = step == 0 ? &first_ : &later_;
        *sums = {};
        runStep(config, options.place.ranks, machine.gpu, inputs, sums);
        // A GPU's copy lies on the host.
        if (copy.empty() && config.checkpoint.async && config.checkpoint.every > 0 && !machine.gpu)
            copy.emplace_back(pool_, weights_->checkpointBytes(), Part::kCheckpoint);
    }
}

void Rehearsal::runStep(const RunConfig& config, int ranks, bool gpu, const std::vector<PassInput>& passes,
                        Step* step) {
    Work work;
    const ReplayContext context{pool_, config, model_, *weights_, products_, now_, work, ranks, gpu};
    double takes = pool_.takes(), bytes = pool_.takenBytes();
    const auto account = [&](double times) {
        work.operations = pool_.takes() - takes;
        work.moved_bytes = 2 * (pool_.takenBytes() - bytes);
        takes = pool_.takes();
        bytes = pool_.takenBytes();
        step->work.add(std::exchange(work, {}), times);
        step->traffic.add(std::exchange(now_, {}), times);
    };
    weights_->begin();
    for (std::size_t pass = 0; pass < passes.size(); ++pass) {
        weights_->beforeBackward(pass + 1 == passes.size());
        products_ = {};  // those of the last pass are planned for
        replayPass(context, passes[pass]);
        account(pass == 1 && passes.size() == kMostPasses ? static_cast<double>(batch_.passes - 2) : 1);
    }
    pool_.enter({Moment::Phase::kUpdate, 0});
    weights_->finish();
    exchangeOfStep(config, model_, ranks, &now_);
    work.updated = weights_->updated();
    account(1);
}

std::string Rehearsal::peakMoment() const {
    const Moment moment = pool_.peakMoment();
    const std::string unit =
        moment.unit == 0 ? "heads and losses" : model_.unit_names[static_cast<std::size_t>(moment.unit)];
    switch (moment.phase) {
        case Moment::Phase::kForward:
            return "forward of " + unit;
        case Moment::Phase::kBackward:
            return "backward of " + unit;
        case Moment::Phase::kUpdate:
            return "update";
        default:
            return "start";
    }
}

}  // namespace switchyard::plan
