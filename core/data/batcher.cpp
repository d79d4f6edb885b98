// SPDX-License-Identifier: MIT
#include "core/data/batcher.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/util/error.h"
#include "core/base/util/random.h"
#include "core/data/packing.h"
#include "core/data/picture.h"

namespace switchyard::data {
namespace {

constexpr std::size_t kStepsAhead = 2;

std::uint64_t drawKey(const RunConfig& config, Stream stream, std::int64_t step, std::uint64_t sample) {
    return randomKey({static_cast<std::uint64_t>(config.run.seed), static_cast<std::uint64_t>(stream),
                      static_cast<std::uint64_t>(step), sample});
}

/// Leaves tokens out with probability data.image.augment.token_drop each; the one with the luckiest draw always
/// stays, so that no text becomes empty.
void dropTokens(const text::Encoding& tokens, double probability, std::uint64_t key, Row* row) {
    RandomSequence random(key);
    std::vector<double> draws(tokens.ids.size());
    for (double& draw : draws) draw = random.uniform();
    const auto luckiest = static_cast<std::size_t>(std::max_element(draws.begin(), draws.end()) - draws.begin());
    for (std::size_t i = 0; i < tokens.ids.size(); ++i) {
        if (draws[i] < probability && i != luckiest) continue;
        row->tokens.push_back(tokens.ids[i]);
        row->positions.push_back(static_cast<std::int32_t>(i));
        if (!tokens.types.empty()) row->types.push_back(tokens.types[i]);
    }
}

/// round(patches * (1 - share)) patches with the smallest draws, rising; the same count for every sample.
std::vector<std::int32_t> keptPatches(std::int64_t patches, double share, std::uint64_t key) {
    const auto count = std::clamp<std::int64_t>(std::llround(static_cast<double>(patches) * (1.0 - share)), 1, patches);
    std::vector<std::pair<std::uint64_t, std::int32_t>> draws;
    RandomSequence random(key);
    for (std::int32_t patch = 0; patch < patches; ++patch) draws.emplace_back(random.next(), patch);
    std::nth_element(draws.begin(), draws.begin() + (count - 1), draws.end());
    std::vector<std::int32_t> kept;
    for (std::int64_t i = 0; i < count; ++i) kept.push_back(draws[static_cast<std::size_t>(i)].second);
    std::sort(kept.begin(), kept.end());
    return kept;
}

}  // namespace

StepMaker::StepMaker(const RunConfig& config, const dataset::Dataset& dataset, const text::Tokenizer& tokenizer,
                     int rank, int ranks, std::int64_t rewind)
    : config_(config),
      dataset_(dataset),
      tokenizer_(tokenizer),
      rank_(rank),
      ranks_(ranks),
      order_(static_cast<std::uint64_t>(config.run.seed), dataset.samples().size(),
             static_cast<std::uint64_t>(rewind), dataset.shards()),
      pool_(static_cast<std::size_t>(std::max<std::int64_t>(config.data.workers, 1))),
      pictures_(dataset, config, pool_),
      tokens_(dataset.samples().size()) {
    const std::int64_t batch = config.train.global_batch, micro = config.train.micro_batch;
    if (batch % ranks != 0 || (micro > 0 && (batch / ranks) % micro != 0)) {
        throw Error(ExitCode::kBadConfig,
                    "train.global_batch " + std::to_string(batch) + " can not be cut into " + std::to_string(ranks) +
                        " ranks of micro-batches of " + std::to_string(micro),
                    {}, "Choose train.global_batch as a multiple of ranks x train.micro_batch");
    }
}

const text::Encoding& StepMaker::tokensOf(std::uint64_t sample, std::size_t caption) {
    const dataset::Sample& row = dataset_.samples()[sample];
    auto& known = tokens_[sample];
    if (known.empty()) known.resize(row.texts.size() + row.keyword_texts.size());
    if (known[caption].ids.empty()) {
        const std::string& text =
            caption < row.texts.size() ? row.texts[caption] : row.keyword_texts[caption - row.texts.size()];
        const std::int64_t limit = config_.model.text.max_tokens;
        if (row.pair.empty()) {
            known[caption].ids = tokenizer_.encode(text, limit);
        } else {
            known[caption] = tokenizer_.encodePair(text, &row.pair, limit);
        }
    }
    return known[caption];
}

std::size_t StepMaker::drawCaption(std::int64_t step, std::uint64_t sample) const {
    const dataset::Sample& row = dataset_.samples()[sample];
    RandomSequence draw(drawKey(config_, Stream::kCaption, step, sample));
    const auto own = static_cast<std::size_t>(draw.below(row.texts.size()));
    if (row.keyword_texts.empty() || draw.uniform() >= config_.data.keyword_share) return own;
    return row.texts.size() + static_cast<std::size_t>(draw.below(row.keyword_texts.size()));
}

std::vector<Batch> StepMaker::make(std::int64_t step) {
    const std::int64_t global = config_.train.global_batch, local = global / ranks_;
    const std::int64_t micro = config_.train.micro_batch > 0 ? config_.train.micro_batch : local;
    const std::int64_t side = config_.model.vision.image_size, across = side / config_.model.vision.patch_size;
    const bool pictures = config_.task.kind != TaskKind::kText, labelled = config_.task.kind != TaskKind::kMultimodal;
    const RunConfig::Augment& augment = config_.data.image.augment;

    // Pass p of all ranks together covers places [p, p + 1) * ranks * micro of the global batch: what is trained
    // together does not depend on how many ranks share it.
    const auto placeOf = [&](std::int64_t pass, std::int64_t i) { return (pass * ranks_ + rank_) * micro + i; };
    std::vector<std::uint64_t> samples;
    for (std::int64_t i = 0; i < local; ++i) {
        samples.push_back(order_.at(static_cast<std::uint64_t>(step * global + placeOf(i / micro, i % micro))));
    }
    if (pictures) pictures_.load(samples);

    std::vector<Batch> batches;
    for (std::int64_t begin = 0; begin < local; begin += micro) {
        std::vector<Row> rows(static_cast<std::size_t>(micro));
        for (std::int64_t i = 0; i < micro; ++i) {
            Row& row = rows[static_cast<std::size_t>(i)];
            row.sample = samples[static_cast<std::size_t>(begin + i)];
            row.global_position = placeOf(begin / micro, i);
            const text::Encoding& tokens = tokensOf(row.sample, drawCaption(step, row.sample));
            row.text_key = textKey(tokens.ids);
            if (labelled) {
                row.task = dataset_.samples()[row.sample].task;
                row.label = dataset_.samples()[row.sample].label;
            }
            dropTokens(tokens, augment.token_drop, drawKey(config_, Stream::kTokenDrop, step, row.sample), &row);
            if (pictures && augment.patch_drop > 0) {
                row.patches = keptPatches(across * across, augment.patch_drop,
                                          drawKey(config_, Stream::kPatchDrop, step, row.sample));
            }
        }
        const auto render = [&](std::size_t index, float* out) {
            const std::uint64_t sample = rows[index].sample;
            renderPicture(pictures_.at(sample), drawPicture(config_, step, sample), config_, out);
        };
        batches.push_back(pack(rows, byLength(rows), side,
                               pictures ? std::function<void(std::size_t, float*)>(render) : nullptr,
                               [this](std::size_t count, const auto& work) { pool_.run(count, work); }));
    }
    return batches;
}

Batcher::Batcher(const RunConfig& config, const dataset::Dataset& dataset, const text::Tokenizer& tokenizer, int rank,
                 int ranks, std::int64_t first_step, std::int64_t end_step, std::int64_t rewind)
    : maker_(config, dataset, tokenizer, rank, ranks, rewind),
      thread_([this, first_step, end_step] { run(first_step, end_step); }) {}

Batcher::~Batcher() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Batcher::run(std::int64_t first_step, std::int64_t end_step) {
    for (std::int64_t step = first_step; step < end_step; ++step) {
        {
            // Room first: a step made too early would only take memory.
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return stopping_ || ready_.size() < kStepsAhead; });
            if (stopping_) return;
        }
        std::vector<Batch> made;
        std::exception_ptr failure;
        try {
            made = maker_.make(step);
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        if (failure) {
            failure_ = failure;
            changed_.notify_all();
            return;
        }
        ready_.push_back(std::move(made));
        changed_.notify_all();
    }
}

std::vector<Batch> Batcher::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !ready_.empty() || failure_; });
    if (ready_.empty()) std::rethrow_exception(failure_);
    std::vector<Batch> batches = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return batches;
}

}  // namespace switchyard::data
