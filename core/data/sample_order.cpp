// SPDX-License-Identifier: MIT
#include "core/data/sample_order.h"

#include <numeric>
#include <utility>

#include "core/base/util/error.h"
#include "core/base/util/random.h"

namespace switchyard::data {

SampleOrder::SampleOrder(std::uint64_t seed, std::uint64_t samples, std::uint64_t rewind)
    : seed_(seed), samples_(samples), rewind_(rewind) {
    if (samples == 0) throw Error(ExitCode::kBadData, "The training data holds no sample", {}, "Check data.train");
}

std::uint64_t SampleOrder::at(std::uint64_t place) {
    const std::uint64_t epoch = place / samples_;
    if (permutation_.empty() || epoch != epoch_) {
        epoch_ = epoch;
        permutation_.resize(samples_);
        std::iota(permutation_.begin(), permutation_.end(), std::uint64_t{0});
        // Fisher-Yates from the end.
        const std::uint64_t key = randomKey({seed_, static_cast<std::uint64_t>(Stream::kOrder), epoch});
        RandomSequence random(rewind_ == 0 ? key : randomKey({key, rewind_}));
        for (std::uint64_t i = samples_; i > 1; --i) std::swap(permutation_[i - 1], permutation_[random.below(i)]);
    }
    return permutation_[place % samples_];
}

}  // namespace switchyard::data
