// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace switchyard::data {

/// The endless stream of samples: one permutation of the data set after another. Step t of global batch B takes
/// places [t * B, (t + 1) * B), so a batch may reach into the next epoch and no sample is left out.
class SampleOrder {
public:
    /// @param rewind another number is another order; 0 is the seed's own
    SampleOrder(std::uint64_t seed, std::uint64_t samples, std::uint64_t rewind = 0);
    /// Sample at a place of the stream. Cost: O(samples) when the epoch changes, else O(1).
    std::uint64_t at(std::uint64_t place);

private:
    std::uint64_t seed_, samples_, rewind_;
    std::uint64_t epoch_ = 0;
    std::vector<std::uint64_t> permutation_;
};

}  // namespace switchyard::data
