// SPDX-License-Identifier: MIT
#include "core/base/launch/compute_request.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/base/launch/process.h"
#include "core/base/launch/rank_set.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::launch {
namespace {

/// Both ends close on exec; the child's is opened for it by ChildProcess.
struct SocketPair {
    SocketPair() {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw Error(ExitCode::kIo, "no socket for the worker");
    }
    ~SocketPair() {
        for (const int end : ends) {
            if (end >= 0) close(end);
        }
    }
    SocketPair(const SocketPair&) = delete;
    SocketPair& operator=(const SocketPair&) = delete;
    void closeChildEnd() {
        close(ends[1]);
        ends[1] = -1;
    }
    std::array<int, 2> ends{-1, -1};
};

/// The worker's error line, with its parts kept.
[[noreturn]] void rethrow(const nlohmann::json& error) {
    throw Error(static_cast<ExitCode>(error.value("code", 1)), error.value("message", "the worker failed"),
                error.value("where", ""), error.value("fix", ""));
}

}  // namespace

namespace {

/// `variable`'s value, else the program beside this one.
std::string program(const char* variable, const char* name) {
    const char* given = std::getenv(variable);
    const fs::path found = given != nullptr && *given != '\0' ? fs::path(given) : executableDir() / name;
    if (access(found.c_str(), X_OK) != 0) {
        throw Error(ExitCode::kIo, std::string("the program ") + name + " is not there", found.string(),
                    std::string("Build it (bash installer/quickstart.sh) or set ") + variable + " to its path");
    }
    return found.string();
}

}  // namespace

std::string workerExecutable() {
    return program("SWITCHYARD_WORKER", "switchyard-worker");
}

std::string commandLineExecutable() {
    return program("SWITCHYARD_CLI", "switchyard");
}

namespace {

/// What a worker has answered so far.
struct Answer {
    std::string pending;
    nlohmann::json result, error;
};

struct Worker {
    SocketPair answers;
    std::unique_ptr<ChildProcess> process;
    Answer answer;

    /// Reads until the worker has ended.
    void listen(const std::function<void(std::int64_t, std::int64_t, const std::string&)>& progress) {
        std::array<char, 1 << 16> buffer{};
        for (;;) {
            const ssize_t count = read(answers.ends[0], buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return;
            std::string& pending = answer.pending;
            pending.append(buffer.data(), static_cast<std::size_t>(count));
            std::size_t begin = 0;
            for (std::size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', begin)) {
                nlohmann::json line = nlohmann::json::parse(pending.substr(begin, end - begin), nullptr, false);
                begin = end + 1;
                if (line.contains("result"))
                    answer.result = std::move(line["result"]);
                else if (line.contains("error"))
                    answer.error = std::move(line["error"]);
                else if (line.contains("progress") && progress) {
                    const nlohmann::json& at = line["progress"];
                    progress(at.value("done", std::int64_t{0}), at.value("total", std::int64_t{0}),
                             at.value("what", ""));
                }
            }
            pending.erase(0, begin);
        }
    }

    ExitStatus wait() {
        ExitStatus status;
        while (!process->tryWait(&status)) {
            pollfd ended{process->pidfd(), POLLIN, 0};
            poll(&ended, 1, 100);
        }
        return status;
    }
};

}  // namespace

nlohmann::json runComputeRequest(const nlohmann::json& request,
                                 const std::function<void(std::int64_t, std::int64_t, const std::string&)>& progress,
                                 int ranks) {
    int port = 0;
    const int store = ranks > 1 ? listenForRanks("127.0.0.1", &port) : -1;
    std::vector<Worker> workers(static_cast<std::size_t>(ranks));
    for (int rank = 0; rank < ranks; ++rank) {
        Worker& worker = workers[static_cast<std::size_t>(rank)];
        SpawnOptions options;
        options.argv = {workerExecutable(), "--request",
                        request.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
        options.environment = {{"SWITCHYARD_ANSWER_FD", std::to_string(worker.answers.ends[1])}};
        options.inherited_fds = {worker.answers.ends[1]};
        if (ranks > 1) {
            options.environment.insert({{"RANK", std::to_string(rank)},
                                        {"WORLD_SIZE", std::to_string(ranks)},
                                        {"LOCAL_RANK", std::to_string(rank)},
                                        {"MASTER_ADDR", "127.0.0.1"},
                                        {"MASTER_PORT", std::to_string(port)},
                                        {"SWITCHYARD_BIND", "127.0.0.1"}});
        }
        if (rank == 0 && store >= 0) {
            options.environment["SWITCHYARD_STORE_FD"] = std::to_string(store);
            options.inherited_fds.push_back(store);
        }
        worker.process = std::make_unique<ChildProcess>(ChildProcess::spawn(options));
        worker.answers.closeChildEnd();
    }
    if (store >= 0) close(store);
    std::vector<ExitStatus> ends;
    for (Worker& worker : workers) {
        worker.listen(&worker == &workers.front() ? progress : nullptr);
        ends.push_back(worker.wait());
    }
    // A rank that lost its peers is not the cause, so what another says comes first.
    const auto lost = [](const nlohmann::json& error) {
        const int code = error.value("code", 1);
        return code == static_cast<int>(ExitCode::kPeerLost) || code == static_cast<int>(ExitCode::kHang);
    };
    for (const bool also_lost : {false, true}) {
        for (std::size_t rank = 0; rank < workers.size(); ++rank) {
            const Answer& answer = workers[rank].answer;
            if (!answer.error.is_null() && (also_lost || !lost(answer.error))) rethrow(answer.error);
            if (!answer.error.is_null() || !answer.result.is_null()) continue;
            throw Error(ends[rank].code == 84 ? ExitCode::kOutOfMemory : ExitCode::kRunFailed,
                        "the worker ended before it answered (" +
                            describeEnd(static_cast<int>(rank), ends[rank]).substr(ranks == 1 ? 7 : 0) + ")",
                        "switchyard-worker", "Its message, if any, stands above");
        }
    }
    return workers.front().answer.result;
}

}  // namespace switchyard::launch
