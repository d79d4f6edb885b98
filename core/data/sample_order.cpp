// SPDX-License-Identifier: MIT
#include "core/data/sample_order.h"

#include <numeric>
#include <utility>

#include "core/base/util/error.h"
#include "core/base/util/random.h"

namespace switchyard::data {

SampleOrder::SampleOrder(std::uint64_t seed, std::uint64_t samples, std::uint64_t rewind,
                         std::vector<std::uint64_t> shards)
    : seed_(seed), samples_(samples), rewind_(rewind), shards_(std::move(shards)) {
    if (samples == 0) throw Error(ExitCode::kBadData, "The training data holds no sample", {}, "Check data.train");
}

std::uint64_t SampleOrder::at(std::uint64_t place) {
    const std::uint64_t epoch = place / samples_;
    if (permutation_.empty() || epoch != epoch_) {
        epoch_ = epoch;
        const std::uint64_t own = randomKey({seed_, static_cast<std::uint64_t>(Stream::kOrder), epoch});
        const std::uint64_t key = rewind_ == 0 ? own : randomKey({own, rewind_});
        shards_.empty() ? permute(key) : permuteShards(key);
    }
    return permutation_[place % samples_];
}

void SampleOrder::permute(std::uint64_t key) {
    permutation_.resize(samples_);
    std::iota(permutation_.begin(), permutation_.end(), std::uint64_t{0});
    // Fisher-Yates from the end.
    RandomSequence random(key);
    for (std::uint64_t i = samples_; i > 1; --i) std::swap(permutation_[i - 1], permutation_[random.below(i)]);
}

void SampleOrder::permuteShards(std::uint64_t key) {
    RandomSequence random(key);
    std::vector<std::size_t> order(shards_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    std::vector<std::uint64_t> buffer;
    permutation_.clear();
    const auto emit = [&] {
        const std::uint64_t drawn = random.below(buffer.size());
        permutation_.push_back(std::exchange(buffer[drawn], buffer.back()));
        buffer.pop_back();
    };
    for (const std::size_t shard : order) {
        const std::uint64_t end = shard + 1 < shards_.size() ? shards_[shard + 1] : samples_;
        for (std::uint64_t sample = shards_[shard]; sample < end; ++sample) {
            if (buffer.size() == kShuffleBuffer) emit();
            buffer.push_back(sample);
        }
    }
    while (!buffer.empty()) emit();
}

}  // namespace switchyard::data
