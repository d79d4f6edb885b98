// SPDX-License-Identifier: MIT
#include "core/base/health/dead_watch.h"

#include <algorithm>
#include <cmath>

#include "core/base/health/limits.h"

namespace switchyard::health {

std::int64_t DeadWatch::fairRecords() const {
    // Records in which a fair expert has as many choices as make silence no chance.
    const auto all = static_cast<double>(std::max<std::int64_t>(choices_, 1));
    const double fair = all / static_cast<double>(std::max<std::int64_t>(records_, 1)) / std::max(1, experts());
    return static_cast<std::int64_t>(std::ceil(std::min(limit::kDeadFairTokens / fair, 1e9)));
}

std::int64_t DeadWatch::patience() const {
    const std::int64_t silent =
        std::clamp<std::int64_t>(records_ / 4, limit::kSilentRecords, limit::kSilentRecordsMost);
    return std::max(silent, fairRecords());
}

void DeadWatch::leastShare(std::int64_t step, double share) {
    unlikely_[step] = share < limit::kUnlikely;
}

void DeadWatch::add(std::int64_t step, const std::vector<std::int32_t>& counts) {
    if (dead_.empty()) {
        dead_.assign(counts.size(), 0);
        last_record_.assign(counts.size(), 0);
        last_step_.assign(counts.size(), -1);
        first_idle_step_.assign(counts.size(), step);
        first_step_ = step;
    }
    if (counts.size() != dead_.size()) return;
    if (records_ == 0 || step != step_) {
        settle();
        if (records_ > 0 && step < step_) {
            // Steps that are repeated: what was found in them is void.
            std::erase_if(spells_, [&](const DeadSpell& spell) {
                if (spell.raised_step < step) return false;
                dead_[static_cast<std::size_t>(spell.expert)] = 0;
                return true;
            });
            ++version_;
        }
        ++records_;
        step_ = step;
    }
    settled_ = false;
    for (std::size_t e = 0; e < counts.size(); ++e) {
        if (counts[e] <= 0) continue;
        choices_ += counts[e];
        last_record_[e] = records_;
        last_step_[e] = step;
        if (dead_[e] == 0) continue;
        dead_[e] = 0;
        ++version_;
        const auto spell = std::find_if(spells_.rbegin(), spells_.rend(),
                                        [e](const DeadSpell& s) { return s.expert == static_cast<int>(e); });
        if (spell == spells_.rend()) continue;
        if (spell->raised_step == step) {
            spells_.erase(std::next(spell).base());  // raised before the rest of the same record had come
        } else {
            spell->ended_step = step;
        }
    }
}

void DeadWatch::settle() {
    if (settled_) return;
    settled_ = true;
    const auto known = unlikely_.find(step_);
    const bool unlikely = known != unlikely_.end() && known->second;
    std::int64_t patient = patience();
    if (unlikely) {
        const std::int64_t stride =
            records_ < 2 ? 1 : std::max<std::int64_t>(1, (step_ - first_step_) / (records_ - 1));
        patient =
            std::max<std::int64_t>({limit::kDeadRecords, (limit::kDeadSteps + stride - 1) / stride, fairRecords()});
    }
    unlikely_.erase(unlikely_.begin(), unlikely_.upper_bound(step_));
    for (std::size_t e = 0; e < dead_.size(); ++e) {
        const std::int64_t idle = records_ - last_record_[e];
        if (idle == 1) first_idle_step_[e] = step_;
        if (idle < patient || dead_[e] != 0) continue;
        dead_[e] = 1;
        spells_.push_back({static_cast<int>(e), last_step_[e], first_idle_step_[e], step_, idle, -1});
        ++version_;
    }
}

std::vector<int> DeadWatch::dead() const {
    std::vector<int> list;
    for (int e = 0; e < experts(); ++e)
        if (isDead(e)) list.push_back(e);
    return list;
}

const DeadSpell* DeadWatch::spellOf(int expert) const {
    if (!isDead(expert)) return nullptr;
    const auto spell =
        std::find_if(spells_.rbegin(), spells_.rend(), [expert](const DeadSpell& s) { return s.expert == expert; });
    return spell == spells_.rend() ? nullptr : &*spell;
}

std::int64_t DeadWatch::idleRecords(int expert) const {
    return expert < experts() ? records_ - last_record_[static_cast<std::size_t>(expert)] : 0;
}

}  // namespace switchyard::health
