// SPDX-License-Identifier: MIT
// What ranks exchange: collectives by kind, name and number of ranks. Counted in a training by the collectives
// themselves, and in a simulation by the replay; both in the same words, so that they can be compared.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <tuple>

namespace switchyard::plan {

enum class CollectiveKind : std::uint8_t { kAllReduce, kAllGather, kReduceScatter, kAllToAll, kBroadcast, kBarrier };
const char* collectiveKindName(CollectiveKind kind);  ///< "all_reduce"

struct Collective {
    CollectiveKind kind = CollectiveKind::kAllReduce;
    std::string name;  ///< "gradients", "fusion.blocks.0.moe.dispatch"
    int ranks = 1;     ///< of its group
    auto operator<=>(const Collective&) const = default;
};

/// Bytes are those of the whole tensor: what is summed, what is there after a gather or before a scatter, and of an
/// all-to-all the rows that this rank sends, its own included.
struct Exchanged {
    std::int64_t count = 0;
    double bytes = 0;
};

/// Thread: one thread.
class Traffic {
public:
    using Map = std::map<Collective, Exchanged>;

    void add(CollectiveKind kind, const std::string& name, int ranks, double bytes, std::int64_t count = 1) {
        Exchanged& sum = sums_[{kind, name, ranks}];
        sum.count += count;
        sum.bytes += bytes;
    }
    /// `times` as often as in `other`.
    void add(const Traffic& other, double times = 1);
    const Map& sums() const { return sums_; }

private:
    Map sums_;
};

/// [].{op, name, ranks, count, bytes}, one a collective.
nlohmann::json toJson(const Traffic& traffic);

/// Bytes that a rank sends for a collective of `exchanged` among n ranks, as rings and direct exchanges do: 2 (n - 1) /
/// n of what is summed, (n - 1) / n of what is gathered, scattered or travels.
double sentBytes(const Collective& of, const Exchanged& exchanged);

}  // namespace switchyard::plan
