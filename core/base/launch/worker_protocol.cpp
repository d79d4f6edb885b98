// SPDX-License-Identifier: MIT
#include "core/base/launch/worker_protocol.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <mutex>
#include <optional>

#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

constexpr std::size_t kLongestFrame = 1 << 20;

std::optional<std::string> firstSet(std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
    }
    return std::nullopt;
}

int number(const char* name, const std::string& text, int least) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least) {
        throw Error(ExitCode::kUsage, std::string(name) + "=" + text + " is not a number of at least " + std::to_string(least), "environment");
    }
    return value;
}

int numberOr(std::initializer_list<const char*> names, int fallback, int least) {
    const std::optional<std::string> text = firstSet(names);
    return text ? number(*names.begin(), *text, least) : fallback;
}

}  // namespace

RankEnvironment RankEnvironment::fromEnvironment() {
    RankEnvironment environment;
    environment.world_size = numberOr({"WORLD_SIZE", "SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE"}, 1, 1);
    environment.rank = numberOr({"RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK"}, 0, 0);
    environment.local_rank = numberOr({"LOCAL_RANK", "SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK"}, environment.rank, 0);
    environment.master_addr = firstSet({"MASTER_ADDR"}).value_or("127.0.0.1");
    environment.master_port = numberOr({"MASTER_PORT"}, 0, 0);
    environment.bind = firstSet({"SWITCHYARD_BIND"}).value_or("");
    environment.supervisor_fd = numberOr({"SWITCHYARD_SUPERVISOR_FD"}, -1, 0);
    environment.store_fd = numberOr({"SWITCHYARD_STORE_FD"}, -1, 0);
    environment.store_served = firstSet({"TORCHELASTIC_USE_AGENT_STORE"}).value_or("") == "True";
    environment.rewind = numberOr({"SWITCHYARD_REWIND"}, 0, 0);
    environment.attempt = numberOr({"TORCHELASTIC_RESTART_COUNT"}, 0, 0);
    if (environment.rank >= environment.world_size) {
        throw Error(ExitCode::kUsage, "RANK=" + std::to_string(environment.rank) + " is not below WORLD_SIZE=" +
                    std::to_string(environment.world_size), "environment");
    }
    if (environment.world_size > 1 && environment.master_port == 0) {
        throw Error(ExitCode::kUsage, "MASTER_PORT is not set though WORLD_SIZE is " + std::to_string(environment.world_size),
                    "environment", "Start ranks with switchyard train, torchrun --no-python, srun or mpirun");
    }
    return environment;
}

WorkerChannel::WorkerChannel(int fd) : fd_(fd) {
    if (fd_ >= 0) fcntl(fd_, F_SETFD, FD_CLOEXEC);
}

WorkerChannel::~WorkerChannel() {
    if (fd_ >= 0) close(fd_);
}

void WorkerChannel::send(const nlohmann::json& message) {
    if (fd_ < 0) return;
    static std::mutex one_line_at_a_time;
    const std::string line = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    const std::lock_guard lock(one_line_at_a_time);
    for (std::size_t sent = 0; sent < line.size();) {
        const ssize_t count = ::send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;  // the supervisor is gone; the parent-death signal ends us
        sent += static_cast<std::size_t>(count);
    }
}

std::vector<nlohmann::json> WorkerChannel::poll() {
    std::vector<nlohmann::json> messages;
    if (fd_ < 0 || closed_) return messages;
    char buffer[4096];
    for (;;) {
        const ssize_t count = recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
        if (count == 0) closed_ = true;
        if (count <= 0) break;
        pending_.append(buffer, static_cast<std::size_t>(count));
        if (pending_.size() > kLongestFrame) pending_.clear();
    }
    for (std::size_t end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
        nlohmann::json message = nlohmann::json::parse(pending_.substr(0, end), nullptr, false);
        pending_.erase(0, end + 1);
        if (message.is_object()) messages.push_back(std::move(message));
    }
    return messages;
}

}  // namespace switchyard::launch
