// SPDX-License-Identifier: MIT
// Experts that get no token any more.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace switchyard::health {

/// From an expert's last token to its next one.
struct DeadSpell {
    int expert = 0;
    std::int64_t last_token_step = -1;  ///< -1 = it never had one
    std::int64_t first_idle_step = 0;
    std::int64_t raised_step = 0;  ///< when its silence was long enough to call it dead
    std::int64_t raised_idle = 0;  ///< records of silence then
    std::int64_t ended_step = -1;  ///< first step with a token again; -1 = still dead
};

/// Dead = no token of any modality for so long that chance is no explanation (limits.h): in the last 512 records, in a
/// younger run in the last quarter of its records, but at least 64. An expert is dead earlier, after 24 steps, when the
/// router also gives some expert of the layer hardly any probability (unlikely()). In both cases only when a fair
/// expert had 256 choices meanwhile.
/// Thread: any, one object in one thread.
class DeadWatch {
public:
    /// Records of silence until an expert is dead, by silence alone.
    std::int64_t patience() const;
    /// What the record of `step` says of the smallest mean probability, as a share of the fair one; before settle().
    void leastShare(std::int64_t step, double share);
    /// Adds to the record of `step`, or begins the next one. `counts` of one modality, [experts].
    void add(std::int64_t step, const std::vector<std::int32_t>& counts);
    /// The newest record is complete as far as is known; more of it may still come.
    void settle();

    bool isDead(int expert) const { return expert < experts() && dead_[static_cast<std::size_t>(expert)] != 0; }
    std::vector<int> dead() const;
    /// In the order they were raised.
    const std::vector<DeadSpell>& spells() const { return spells_; }
    /// The spell that holds for a dead expert; nullptr for others.
    const DeadSpell* spellOf(int expert) const;
    /// Records since the expert's last token.
    std::int64_t idleRecords(int expert) const;
    std::int64_t records() const { return records_; }
    /// Changes with spells().
    std::uint64_t version() const { return version_; }

private:
    std::int64_t fairRecords() const;
    int experts() const { return static_cast<int>(dead_.size()); }

    std::int64_t records_ = 0, step_ = 0;
    std::int64_t first_step_ = 0;
    std::int64_t choices_ = 0;               ///< in all records
    std::map<std::int64_t, bool> unlikely_;  ///< by step; only of records that are not settled
    bool settled_ = true;
    std::vector<std::int64_t> last_record_, last_step_, first_idle_step_;  ///< [experts]; record numbers from 1
    std::vector<char> dead_;
    std::vector<DeadSpell> spells_;
    std::uint64_t version_ = 0;
};

}  // namespace switchyard::health
