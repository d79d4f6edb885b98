// SPDX-License-Identifier: MIT
// Alarms as they are raised, go on and end.
#pragma once

#include <vector>

#include "core/base/health/alarm.h"

namespace switchyard::health {

/// A detector reports in every record in which it finds something; reports of the same thing less than
/// limit::kCalmRecords records apart are one alarm.
/// Thread: any, one object in one thread.
class AlarmBook {
public:
    AlarmBook() = default;
    /// What was raised before.
    explicit AlarmBook(std::vector<Alarm> alarms);
    void beginRecord(std::int64_t step, double wall_time);
    /// Fills in the steps but first_step. `higher_is_worse`: which of two values stays.
    void report(Alarm alarm, bool higher_is_worse = true);
    /// Whether a layer has an open alarm of that kind.
    bool open(Kind kind, const std::string& layer) const;

    /// In the order raised.
    const std::vector<Alarm>& alarms() const { return alarms_; }
    /// Changes with alarms().
    std::uint64_t version() const { return version_; }

private:
    struct Since {
        std::int64_t record = 0;  ///< of the last report
    };
    std::vector<Alarm> alarms_;
    std::vector<Since> since_;
    std::int64_t record_ = 0, step_ = 0;
    double wall_time_ = 0;
    std::uint64_t version_ = 0;
};

}  // namespace switchyard::health
