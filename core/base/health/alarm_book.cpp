// SPDX-License-Identifier: MIT
#include "core/base/health/alarm_book.h"

#include <algorithm>
#include <cmath>

#include "core/base/health/limits.h"

namespace switchyard::health {
namespace {

bool sameThing(const Alarm& a, const Alarm& b) {
    if (a.kind != b.kind || a.layer != b.layer || a.modality != b.modality) return false;
    // Experts that die one after another are alarms of their own.
    return a.kind != Kind::kDead || a.experts == b.experts;
}

}  // namespace

AlarmBook::AlarmBook(std::vector<Alarm> alarms) : alarms_(std::move(alarms)), since_(alarms_.size()) {}

void AlarmBook::beginRecord(std::int64_t step, double wall_time) {
    ++record_;
    step_ = step;
    wall_time_ = wall_time;
    for (std::size_t i = 0; i < alarms_.size(); ++i) {
        if (alarms_[i].ended || record_ - since_[i].record <= limit::kCalmRecords) continue;
        alarms_[i].ended = true;
        ++version_;
    }
}

void AlarmBook::report(Alarm alarm, bool higher_is_worse) {
    alarm.raised_step = alarm.last_step = alarm.worst_step = step_;
    alarm.raised_at = wall_time_;
    ++version_;
    for (std::size_t i = 0; i < alarms_.size(); ++i) {
        Alarm& known = alarms_[i];
        if (known.ended || !sameThing(known, alarm)) continue;
        since_[i].record = record_;
        known.last_step = step_;
        const bool worse = higher_is_worse ? alarm.value > known.value : alarm.value < known.value;
        if (worse) {
            known.value = alarm.value;
            known.worst_step = step_;
        }
        return;
    }
    alarms_.push_back(std::move(alarm));
    since_.push_back({record_});
}

bool AlarmBook::open(Kind kind, const std::string& layer) const {
    return std::any_of(alarms_.begin(), alarms_.end(),
                       [&](const Alarm& alarm) { return !alarm.ended && alarm.kind == kind && alarm.layer == layer; });
}

}  // namespace switchyard::health
