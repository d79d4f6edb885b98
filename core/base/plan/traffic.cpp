// SPDX-License-Identifier: MIT
#include "core/base/plan/traffic.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace switchyard::plan {

const char* collectiveKindName(CollectiveKind kind) {
    constexpr std::array<const char*, 6> kNames = {"all_reduce", "all_gather", "reduce_scatter",
                                                   "all_to_all", "broadcast",  "barrier"};
    return kNames[static_cast<std::size_t>(kind)];
}

void Traffic::add(const Traffic& other, double times) {
    for (const auto& [of, sum] : other.sums_)
        add(of.kind, of.name, of.ranks, sum.bytes * times,
            static_cast<std::int64_t>(std::llround(static_cast<double>(sum.count) * times)));
}

nlohmann::json toJson(const Traffic& traffic) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [of, sum] : traffic.sums()) {
        list.push_back({{"op", collectiveKindName(of.kind)},
                        {"name", of.name},
                        {"ranks", of.ranks},
                        {"count", sum.count},
                        {"bytes", std::llround(sum.bytes)}});
    }
    return list;
}

double sentBytes(const Collective& of, const Exchanged& exchanged) {
    const double others = static_cast<double>(of.ranks - 1) / static_cast<double>(of.ranks);
    switch (of.kind) {
        case CollectiveKind::kAllReduce:
            return 2 * others * exchanged.bytes;
        case CollectiveKind::kBarrier:
            return 0;
        default:
            return others * exchanged.bytes;
    }
}

}  // namespace switchyard::plan
