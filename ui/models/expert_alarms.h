// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong with the experts of a run, with the step at which it did.
#pragma once

#include <QString>
#include <functional>
#include <map>
#include <vector>

#include "ui/models/load_history.h"
#include "ui/services/run_feed.h"

namespace switchyard::ui {

namespace expert_limit {
inline constexpr double kViolation = 2.0;      ///< largest load over the mean, minus 1
inline constexpr double kDropped = 0.04;       ///< share of the choices
inline constexpr double kEntropyOfFull = 0.1;  ///< of log E
inline constexpr double kEntropyOfStart = 0.5;
}  // namespace expert_limit

/// A stretch of a metric beyond its limit.
struct Excess {
    std::int64_t first_step = 0, worst_step = 0;
    double worst = 0;
};

/// Excesses that lie less than 16 records apart are one. Thread: any, one object in one thread.
class LimitWatch {
public:
    enum class Side { kOver, kUnder };
    LimitWatch(double limit, Side side) : limit_(limit), side_(side) {}
    void add(std::int64_t step, double value);
    double limit() const { return limit_; }
    const std::vector<Excess>& excesses() const { return excesses_; }

private:
    double limit_;
    Side side_;
    int calm_ = 0;  ///< records within the limit since the last one beyond it
    std::vector<Excess> excesses_;
};

struct ExpertAlarm {
    enum class Kind { kDead, kViolation, kDropped, kEntropy };
    Kind kind = Kind::kDead;
    QString layer;
    std::int64_t step = 0;        ///< where to look
    double value = 0, limit = 0;  ///< of kDead: records without a token; of kEntropy: bits
    std::vector<int> experts;     ///< kDead
    bool operator==(const ExpertAlarm&) const = default;
};

/// "E41 dead, 512 steps idle", "Max violation 2.4 over 2.0", ...
QString alarmText(const ExpertAlarm& alarm);

/// Takes records as they come. Thread: any, one object in one thread.
class ExpertAlarms {
public:
    using Lookup = std::function<const Series*(const QString&)>;
    void clear() { layers_.clear(); }
    /// Takes what is new.
    void sync(const LoadHistory& loads, const Lookup& lookup);
    /// Newest step first.
    std::vector<ExpertAlarm> alarms(const LoadHistory& loads) const;

private:
    struct Layer {
        LimitWatch violation{expert_limit::kViolation, LimitWatch::Side::kOver};
        LimitWatch dropped{expert_limit::kDropped, LimitWatch::Side::kOver};
        std::vector<LimitWatch> entropy;  ///< none until its start is known
        double start_sum = 0;
        std::size_t violation_taken = 0, dropped_taken = 0, entropy_taken = 0;
    };
    static void takeEntropy(Layer& layer, const Series& record, int experts);
    std::map<QString, Layer> layers_;
};

}  // namespace switchyard::ui
