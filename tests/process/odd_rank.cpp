// SPDX-License-Identifier: MIT
// A rank that behaves as a test wants: SWITCHYARD_WORKER names this program, SWITCHYARD_TEST_RANK what it does. It
// speaks the supervisor's protocol (core/base/launch/worker_protocol.h) and computes nothing.
//
//   deaf        rank 0 fails, the others can not be ended by SIGTERM
//   late_cause  rank 1 tells of a lost connection, then rank 0 of bad data
//   grandchild  a process of its own session stays behind, with everything open that the rank had
//   flood       writes SWITCHYARD_TEST_BYTES to stderr as fast as it can, then ends well
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "core/base/launch/worker_protocol.h"

using namespace switchyard;
using namespace std::chrono_literals;

namespace {

void stay(launch::WorkerChannel& channel) {
    for (std::int64_t step = 1;; ++step) {
        channel.send({{"event", "progress"}, {"step", step}, {"phase", "train"}});
        std::this_thread::sleep_for(50ms);
    }
}

[[noreturn]] void fail(launch::WorkerChannel& channel, int code, const char* message) {
    channel.send({{"event", "error"}, {"code", code}, {"message", message}, {"where", ""}, {"fix", "Mend it"}});
    std::_Exit(code);
}

void flood(launch::WorkerChannel& channel) {
    const char* given = std::getenv("SWITCHYARD_TEST_BYTES");
    const std::int64_t bytes = given == nullptr ? 0 : std::atoll(given);
    std::string line(999, 'x');
    line += '\n';
    std::string block;
    while (block.size() < (1U << 20)) block += line;
    std::int64_t longest_ms = 0;
    for (std::int64_t done = 0; done < bytes;) {
        const auto begin = std::chrono::steady_clock::now();
        const ssize_t count = write(STDERR_FILENO, block.data(), block.size());
        if (count < 0) std::_Exit(3);
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
        longest_ms = std::max<std::int64_t>(longest_ms, took.count());
        done += count;
        channel.send({{"event", "progress"}, {"step", done / 1'000'000}, {"phase", "flood"}});
    }
    channel.send(
        {{"event", "log"}, {"level", "info"}, {"message", "longest write " + std::to_string(longest_ms) + " ms"}});
    std::this_thread::sleep_for(1s);  // a cut in flight may lose what is written in its moment on some file systems
    const std::string last = "the last line\n";
    if (write(STDERR_FILENO, last.data(), last.size()) < 0) std::_Exit(3);
}

void leaveGrandchild() {
    const pid_t child = fork();
    if (child > 0) {
        waitpid(child, nullptr, 0);
        return;
    }
    if (fork() > 0) _exit(0);
    setsid();
    for (const int number : {SIGTERM, SIGHUP, SIGINT}) std::signal(number, SIG_IGN);
    for (;;) pause();
}

}  // namespace

int main() {
    const launch::RankEnvironment environment = launch::RankEnvironment::fromEnvironment();
    launch::WorkerChannel channel(environment.supervisor_fd);
    const char* given = std::getenv("SWITCHYARD_TEST_RANK");
    const std::string role = given == nullptr ? "" : given;
    channel.send({{"event", "ready"}, {"step", 0}, {"steps", 1}});
    if (role == "deaf") {
        if (environment.rank == 0) {
            std::this_thread::sleep_for(300ms);
            fail(channel, 65, "sample 7 can not be read");
        }
        std::signal(SIGTERM, SIG_IGN);
        stay(channel);
    }
    if (role == "late_cause") {
        if (environment.rank == 1) fail(channel, 80, "the connection to rank 0 was closed");
        std::this_thread::sleep_for(100ms);
        fail(channel, 65, "sample 7 can not be read");
    }
    if (role == "grandchild") leaveGrandchild();
    if (role == "flood") flood(channel);
    return 0;
}
