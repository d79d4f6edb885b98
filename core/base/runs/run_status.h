// SPDX-License-Identifier: MIT
// How a run stands, read from its folder; and what may be changed in a folder besides training: its note.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/health/alarm.h"
#include "core/base/runs/config_values.h"
#include "core/base/runs/queue_ticket.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::runs {

/// What a list shows of a run; cheap (a few small reads and one SQLite query).
struct RunStatus {
    std::string name;
    fs::path dir;
    RunState state = RunState::kLost;
    std::string problem;  ///< why the folder could not be read fully, "" when it could
    std::int64_t step = 0, steps = 0;
    double loss = 0;  ///< last loss/total
    bool has_loss = false;
    double samples_per_s = 0, step_ms = 0;
    std::vector<std::string> tags;
    std::string note;
    double created_at = 0, updated_at = 0;
    std::optional<SupervisorRecord> supervisor;
    std::optional<RunResult> result;
    fs::path checkpoint;                ///< newest complete one, "" when there is none
    std::optional<QueueTicket> ticket;  ///< it waits for its turn
    std::optional<JobRecord> job;       ///< what an engine has of it, while it lives
    int queue_place = 0;  ///< 1 = next; 0 = not in a queue, or nobody ordered the list (launch::placeQueued)
    /// Live by its records alone: it has no supervisor of ours (torchrun, srun) or that is on another machine, so it
    /// can not be asked anything from here.
    bool elsewhere = false;
    std::shared_ptr<const ConfigValues> config;  ///< of config.resolved.yaml; nullptr when it can not be read
    std::vector<health::Alarm> alarms;  ///< that rank 0 raised (core/base/health), in their order
};

/// The state comes from the process of the supervisor (pid with its start time), the exit it left in result.json, and,
/// where no process of this machine can tell, from how old the newest record is.
/// Never throws: an unreadable folder comes back as kLost with `problem` set, in words.
RunStatus readStatus(const fs::path& run_dir);

/// Replaces the run's note; "" takes it away, the one of its config too. Throws: Error(kIo).
void setNote(const fs::path& run_dir, const std::string& note);

}  // namespace switchyard::runs
