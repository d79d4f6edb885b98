// SPDX-License-Identifier: MIT
#include "core/base/launch/rank_set.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/launch/compute_request.h"
#include "core/base/util/cores.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
int listenForRanks(const std::string& host, int* port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), "0", &hints, &found) != 0 || found == nullptr) {
        throw Error(ExitCode::kUsage, "no such address", "--bind " + host, "Give an address of this machine");
    }
    const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool good = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 512) == 0;
    const std::string reason = std::strerror(errno);
    freeaddrinfo(found);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (!good || getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        if (fd >= 0) close(fd);
        throw Error(ExitCode::kIo, "can not listen for the ranks: " + reason, "--bind " + host, "Give an address of this machine");
    }
    *port = ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                                : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
    return fd;
}

std::string describeEnd(int rank, const ExitStatus& status) {
    const std::string who = "rank " + std::to_string(rank);
    if (status.signal != 0) {
        const char* name = sigabbrev_np(status.signal);
        return who + " was ended by signal " + std::to_string(status.signal) + (name != nullptr ? " (SIG" + std::string(name) + ")" : "");
    }
    return who + " exited with code " + std::to_string(status.code);
}

RankSet::RankSet(const PreparedRun& run, int world_size, const RankStart& start) {
    int port = 0;
    const int store = world_size > 1 ? listenForRanks(run.bind, &port) : -1;
    const std::string worker = workerExecutable();
    const std::int64_t threads =
        run.config.parallel.threads > 0 ? run.config.parallel.threads : std::max(1, usableCores() / world_size);
    try {
        for (int rank = 0; rank < world_size; ++rank) {
            int pair[2];
            if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
                throw Error(ExitCode::kIo, std::string("no socket for a rank: ") + std::strerror(errno));
            }
            SpawnOptions options;
            options.argv = {worker};
            options.environment = {{"RANK", std::to_string(rank)},
                                   {"WORLD_SIZE", std::to_string(world_size)},
                                   {"LOCAL_RANK", std::to_string(rank)},
                                   {"MASTER_ADDR", run.bind == "0.0.0.0" || run.bind == "::" ? "127.0.0.1" : run.bind},
                                   {"MASTER_PORT", std::to_string(port)},
                                   {"SWITCHYARD_BIND", run.bind},
                                   {"SWITCHYARD_RUN_DIR", run.paths.dir.string()},
                                   {"SWITCHYARD_RESUME", start.checkpoint},
                                   {"SWITCHYARD_REWIND", std::to_string(start.rewind)},
                                   {"SWITCHYARD_SUPERVISOR_FD", std::to_string(pair[1])},
                                   {"OMP_NUM_THREADS", std::to_string(threads)}};
            options.inherited_fds = {pair[1]};
            if (rank == 0 && store >= 0) {
                options.environment["SWITCHYARD_STORE_FD"] = std::to_string(store);
                options.inherited_fds.push_back(store);
            }
            options.output_file = run.paths.rankLog(rank).string();
            try {
                ranks_.push_back({.process = ChildProcess::spawn(options), .socket = pair[0], .progress_at = Clock::now(), .alive_at = Clock::now()});
            } catch (...) {
                close(pair[0]);
                close(pair[1]);
                throw;
            }
            close(pair[1]);
            fcntl(pair[0], F_SETFL, O_NONBLOCK);
        }
    } catch (...) {
        if (store >= 0) close(store);
        for (RankState& rank : ranks_) close(rank.socket);
        throw;
    }
    if (store >= 0) close(store);
}

RankSet::~RankSet() {
    for (RankState& rank : ranks_) {
        if (rank.socket >= 0) close(rank.socket);
    }
}

std::vector<int> RankSet::descriptors() const {
    std::vector<int> fds;
    for (const RankState& rank : ranks_) {
        if (rank.socket >= 0) fds.push_back(rank.socket);
        if (!rank.ended) fds.push_back(rank.process.pidfd());
    }
    return fds;
}

void RankSet::read(RankState& rank, int number, const std::function<void(int, const nlohmann::json&)>& on_event) {
    char buffer[16384];
    while (rank.socket >= 0) {
        const ssize_t count = recv(rank.socket, buffer, sizeof buffer, MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        if (count <= 0) {
            close(rank.socket);
            rank.socket = -1;
            break;
        }
        rank.pending.append(buffer, static_cast<std::size_t>(count));
        if (rank.pending.size() > (1U << 20)) rank.pending.clear();  // no line of ours is that long
    }
    for (std::size_t end = rank.pending.find('\n'); end != std::string::npos; end = rank.pending.find('\n')) {
        const nlohmann::json event = nlohmann::json::parse(rank.pending.substr(0, end), nullptr, false);
        rank.pending.erase(0, end + 1);
        if (!event.is_object()) continue;
        const std::string kind = event.value("event", "");
        rank.alive_at = Clock::now();
        if (kind == "alive") continue;
        rank.progress_at = rank.alive_at;
        rank.step = event.value("step", rank.step);
        if (kind == "progress") {
            rank.phase = event.value("phase", "");
            const std::string collective = event.value("collective", "");
            rank.doing = collective.empty() ? rank.phase : collective + " " + std::to_string(event.value("sequence", 0));
        } else if (kind == "error" && rank.error.is_null()) {
            rank.error = event;
            rank.error_at = Clock::now();
        } else if (kind == "stopped") {
            rank.stopped = true;
        }
        on_event(number, event);
    }
}

void RankSet::collect(const std::function<void(int, const nlohmann::json&)>& on_event) {
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
        RankState& rank = ranks_[i];
        read(rank, static_cast<int>(i), on_event);
        if (!rank.ended && rank.process.tryWait(&rank.status)) {
            rank.ended = true;
            rank.ended_at = Clock::now();
            read(rank, static_cast<int>(i), on_event);  // what it said last
        }
    }
}

void RankSet::send(const nlohmann::json& command) {
    const std::string line = command.dump() + "\n";
    for (RankState& rank : ranks_) {
        if (rank.socket >= 0) [[maybe_unused]] const ssize_t sent = ::send(rank.socket, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

bool RankSet::allEnded() const {
    return std::all_of(ranks_.begin(), ranks_.end(), [](const RankState& rank) { return rank.ended; });
}

void RankSet::end(std::chrono::milliseconds grace, const std::function<void(int, const nlohmann::json&)>& on_event) {
    for (RankState& rank : ranks_) {
        if (!rank.ended) {
            rank.ended_by_us = true;
            rank.process.signalGroup(SIGTERM);
            rank.process.signalGroup(SIGCONT);  // a stopped process can not act on the first
        }
    }
    const Clock::time_point limit = Clock::now() + grace;
    while (!allEnded() && Clock::now() < limit) {
        std::vector<pollfd> waits;
        for (const RankState& rank : ranks_) {
            if (!rank.ended) waits.push_back({rank.process.pidfd(), POLLIN, 0});
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
        poll(waits.data(), waits.size(), static_cast<int>(std::max<std::int64_t>(1, left)));
        collect(on_event);
    }
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
        RankState& rank = ranks_[i];
        rank.status = rank.process.terminate(std::chrono::milliseconds(0));  // also what is left of its group
        if (!rank.ended) {
            rank.ended = true;
            rank.ended_at = Clock::now();
        }
        read(rank, static_cast<int>(i), on_event);
    }
}

}  // namespace switchyard::launch
