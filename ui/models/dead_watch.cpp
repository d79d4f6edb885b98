// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/dead_watch.h"

#include <algorithm>

namespace switchyard::ui {

std::int64_t DeadWatch::patience(std::int64_t records) {
    return std::clamp<std::int64_t>(records / 4, 32, 512);
}

void DeadWatch::add(std::int64_t step, const std::vector<std::int32_t>& counts) {
    if (dead_.empty()) {
        dead_.assign(counts.size(), 0);
        last_record_.assign(counts.size(), 0);
        last_step_.assign(counts.size(), -1);
        first_idle_step_.assign(counts.size(), step);
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
    const std::int64_t patient = patience(records_);
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

}  // namespace switchyard::ui
