// SPDX-License-Identifier: MIT
// What the supervisor and a rank say to each other: JSON lines over one inherited socket per rank (its
// number in SWITCHYARD_SUPERVISOR_FD). A worker started by torchrun, srun or mpirun has none and says
// nothing.
//
//   rank -> supervisor   {"event": "ready"}                              model built, first step next
//                        {"event": "step", "step": N, "steps": S, "metrics": {"loss/total": x, ...}}   (rank 0 only)
//                        {"event": "progress", "step": N, "phase": "...", "collective": "...", "sequence": K}
//                        {"event": "alive"}                               ten times a second, when there is no progress to tell
//                        {"event": "paused", "step": N}, {"event": "resumed", "step": N}              (rank 0 only)
//                        {"event": "checkpoint", "step": N, "path": "..."}                            (rank 0 only)
//                        {"event": "eval", "step": N, "metrics": {...}}                               (rank 0 only)
//                        {"event": "log", "level": "warning", "message": "..."}
//                        {"event": "error", "code": 65, "message": "...", "where": "...", "fix": "..."}
//                        {"event": "stopped", "step": N}                  a stop was asked for and its checkpoint is there
//   supervisor -> rank   {"command": "stop"}         save a checkpoint at the next step boundary, then exit 0
//                        {"command": "checkpoint"}   save one at the next step boundary and go on
//                        {"command": "pause"}, {"command": "resume"}   stay at the next step boundary; go on
// Every rank gets every command; as they arrive at different times, the ranks agree in each step on what is done.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace switchyard::launch {

/// Environment of a rank; the names are torchrun's.
struct RankEnvironment {
    int rank = 0, world_size = 1, local_rank = 0;
    std::string master_addr = "127.0.0.1";
    int master_port = 0;
    std::string bind;  ///< SWITCHYARD_BIND: the address of this machine to listen on, or "auto"; "" = loopback only
    int supervisor_fd = -1;
    int store_fd = -1;  ///< SWITCHYARD_STORE_FD: a listening socket for rank 0's TCPStore, so the port can not be taken between choosing and using it
    bool store_served = false;  ///< torchrun's agent serves the store already (TORCHELASTIC_USE_AGENT_STORE)
    std::int64_t rewind = 0;    ///< SWITCHYARD_REWIND: which order of the samples; 0 = the seed's own
    int attempt = 0;            ///< TORCHELASTIC_RESTART_COUNT: what earlier attempts left in that store is not ours
    /// From RANK, WORLD_SIZE, ... (also SLURM_* and OMPI_*). Throws: Error(kUsage) naming what is missing or wrong.
    static RankEnvironment fromEnvironment();
};

/// The rank's end. With fd < 0 every call does nothing.
/// Thread: send() may be called from any thread; poll() from one.
class WorkerChannel {
public:
    explicit WorkerChannel(int fd);
    ~WorkerChannel();
    void send(const nlohmann::json& message);
    /// Commands that have arrived, without waiting.
    std::vector<nlohmann::json> poll();
    bool closed() const { return closed_; }

private:
    int fd_;
    bool closed_ = false;
    std::string pending_;
};

}  // namespace switchyard::launch
