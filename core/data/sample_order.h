// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace switchyard::data {

/// The endless stream of samples: one permutation of the data set after another. Step t of global batch B takes
/// places [t * B, (t + 1) * B), so a batch may reach into the next epoch and no sample is left out.
/// Of a data set in shards: the shards in a drawn order, their samples one after another through a buffer of
/// kShuffleBuffer from which each next one is drawn, so that about as many shards are read at a time as fit into it.
class SampleOrder {
public:
    static constexpr std::uint64_t kShuffleBuffer = 8192;
    /// @param rewind another number is another order; 0 is the seed's own
    /// @param shards dataset::Dataset::shards()
    SampleOrder(std::uint64_t seed, std::uint64_t samples, std::uint64_t rewind = 0,
                std::vector<std::uint64_t> shards = {});
    /// Sample at a place of the stream. Cost: O(samples) when the epoch changes, else O(1).
    std::uint64_t at(std::uint64_t place);

private:
    void permute(std::uint64_t key);
    void permuteShards(std::uint64_t key);

    std::uint64_t seed_, samples_, rewind_;
    std::vector<std::uint64_t> shards_;
    std::uint64_t epoch_ = 0;
    std::vector<std::uint64_t> permutation_;
};

}  // namespace switchyard::data
