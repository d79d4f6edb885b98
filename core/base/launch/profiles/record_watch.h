// SPDX-License-Identifier: MIT
// New steps of a run that other machines train, read from its run.db: the events that a rank of this machine would
// send.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::launch {

/// Thread: one thread.
class RecordWatch {
public:
    /// Records before `since` (seconds since 1970) are another start's.
    RecordWatch(runs::RunPaths paths, std::int64_t steps, double since)
        : paths_(std::move(paths)), steps_(steps), since_(since) {}
    /// {"event": "step", "step", "steps", "metrics": {TAG: VALUE}}, in order. Nothing where the database can not be
    /// read at the moment.
    std::vector<nlohmann::json> newSteps();

private:
    void read(std::vector<nlohmann::json>* events);

    runs::RunPaths paths_;
    std::int64_t steps_;
    double since_;
    std::unique_ptr<runs::RunDbReader> db_;
    std::int64_t cursor_ = 0, generation_ = 0;
};

}  // namespace switchyard::launch
