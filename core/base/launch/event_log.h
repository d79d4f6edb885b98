// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::launch {

/// Events of the run, kept in its database and in logs/supervisor.log. A disk that is full costs the record, not
/// the run.
/// Thread: one thread.
class EventLog {
public:
    /// Throws: Error(kIo).
    explicit EventLog(const runs::RunPaths& paths)
        : db_(paths.database()), log_(paths.supervisorLog(), std::ios::app) {}
    void add(runs::Level level, const std::string& source, const std::string& message, std::int64_t step = -1);
    /// Steps of the whole training.
    void steps(std::int64_t count);
    /// What it computes on (describeMachine).
    void machine(const std::string& text);

private:
    runs::RunDbWriter db_;
    std::ofstream log_;
};

}  // namespace switchyard::launch
