// SPDX-License-Identifier: MIT
// Watches a run by its records: the same for a live run (rank 0, the window) and a finished one (the command line).
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/health/alarm_book.h"
#include "core/base/health/layer_watch.h"
#include "core/base/health/record.h"
#include "core/base/health/run_watch.h"

namespace switchyard::health {

/// Takes rows in the order of the database. A start of the run (perf/start_s) makes detectors forget what was usual:
/// after it the first records are as little of a measure as at the very beginning. Evaluations and checkpoints are no
/// records of their own and change nothing.
/// Cost: about a microsecond a row. Thread: any, one object in one thread.
class Monitor {
public:
    /// @param before alarms that a run raised before it was resumed
    explicit Monitor(const Setup& setup, std::vector<Alarm> before = {});
    /// Whether add() of a metric with this tag can do anything: a long record's others need not be kept.
    static bool watches(const std::string& tag) { return routeOf(tag).to != Route::To::kNothing; }
    void add(const runs::Metric& metric);
    void add(const runs::ExpertLoad& load);
    /// What has come is whole: every row of the newest step is there.
    void settle();
    /// In the order raised.
    const std::vector<Alarm>& alarms() const { return book_.alarms(); }
    /// Changes with alarms().
    std::uint64_t version() const { return book_.version(); }

private:
    /// What a tag is to the detectors.
    struct Route {
        enum class To : std::uint8_t {
            kNothing,
            kStart,
            kLoss,
            kStepTime,
            kWait,
            kFinite,
            kNonFinite,
            kLayer,
            kExpert
        } to = To::kNothing;
        std::string layer;
        std::size_t slot = 0;
    };
    static Route routeOf(const std::string& tag);
    void begin();
    void close();

    Setup setup_;
    AlarmBook book_;
    std::unordered_map<std::string, Route> routes_;
    std::deque<runs::ExpertLoad> loads_;  ///< of steps whose metrics have not come
    StepRecord record_;
    bool any_ = false;  ///< record_ has something
    std::int64_t last_step_ = -1;
    NonFiniteWatch finite_;
    DataWatch data_;
    LossWatch loss_;
    std::map<std::string, LayerWatch> layers_;
};

/// From a run's config.resolved.yaml; the defaults where it can not be read.
Setup setupOf(const std::filesystem::path& resolved_config);

/// Alarms of a run folder from its records; none when there is no record. Throws: Error(kIo).
std::vector<Alarm> alarmsOf(const std::string& run_dir);

/// What rank 0 raised in this database up to a step. Never throws.
std::vector<Alarm> alarmsUntil(const std::filesystem::path& database, std::int64_t step);

/// run.db's meta entry in which rank 0 keeps the alarms it raised, and reading it. Never throws: what can not be read
/// is no alarm.
inline constexpr const char* kMetaKey = "alarms";
std::string toMeta(const std::vector<Alarm>& alarms);
std::vector<Alarm> fromMeta(const std::string& text);

}  // namespace switchyard::health
