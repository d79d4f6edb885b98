// SPDX-License-Identifier: MIT
#include "core/base/launch/queue_runner.h"

#include <fcntl.h>

#include <map>
#include <thread>

#include "core/base/io/file_descriptor.h"
#include "core/base/launch/compute_request.h"
#include "core/base/launch/process.h"
#include "core/base/runs/small_file.h"
#include "core/base/util/clock.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenLooks = 500ms;

io::FileDescriptor openRunnerLock(const fs::path& runs_dir) {
    std::error_code ignored;
    fs::create_directories(queueFolder(runs_dir), ignored);
    return io::FileDescriptor(open(runnerLock(runs_dir).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
}

struct flock wholeFile() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

/// Held while a runner works; the file stays.
io::FileDescriptor lockRunner(const fs::path& runs_dir) {
    io::FileDescriptor fd = openRunnerLock(runs_dir);
    struct flock lock = wholeFile();
    if (fd.valid() && fcntl(fd.get(), F_OFD_SETLK, &lock) != 0) fd.close();
    return fd;
}

/// Asked without taking the lock: a runner that tries it at this moment must not find it taken by a look.
bool isWorkedOn(const fs::path& runs_dir) {
    const io::FileDescriptor fd = openRunnerLock(runs_dir);
    struct flock lock = wholeFile();
    return fd.valid() && fcntl(fd.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// Counts the live runs of a folder on this machine. A supervisor that is gone stays gone, so its record is read once.
class LiveCount {
public:
    int of(const fs::path& runs_dir) {
        int live = 0;
        std::error_code error;
        for (fs::directory_iterator it(runs_dir, error), end; !error && it != end; it.increment(error)) {
            const fs::path record = runs::RunPaths(it->path()).supervisor();
            const double changed = runs::modifiedAt(record);
            if (changed == 0 || gone_[it->path()] == changed) continue;
            const runs::RunStatus run = runs::readStatus(it->path());
            if (runs::isLive(run.state) && !run.elsewhere && !run.job)
                ++live;
            else
                gone_[it->path()] = changed;
        }
        return live;
    }

private:
    std::map<fs::path, double> gone_;
};

/// So that a person sees why, and the queue goes on.
void markFailed(const fs::path& run_dir, const Error& error) {
    runs::RunResult result;
    result.state = runs::RunState::kFailed;
    result.exit_code = static_cast<int>(error.code());
    result.error = "the queue could not start it: " + error.message();
    result.fix = error.fix();
    result.ended_at = wallTime();
    runs::writeResult(runs::RunPaths(run_dir), result);
    std::error_code ignored;
    fs::remove(runs::RunPaths(run_dir).queueTicket(), ignored);
}

/// The next run that could be started, or that there is none. One that can not is marked and passed over.
bool startNext(const std::vector<fs::path>& queue) {
    for (const fs::path& next : queue) {
        try {
            startQueued(next);
            return true;
        } catch (const Error& error) {
            // Taken out, or started by hand, since the queue was read: nothing to tell.
            if (runs::readStatus(next).state == runs::RunState::kQueued) markFailed(next, error);
        }
    }
    return false;
}

bool hasWork(const fs::path& runs_dir) {
    return !queueSettings(runs_dir).held && !queuedRuns(runs_dir).empty();
}

void workQueue(const fs::path& runs_dir) {
    LiveCount live;
    while (hasWork(runs_dir)) {
        const bool room = live.of(runs_dir) < queueSettings(runs_dir).at_once;
        if (!room || !startNext(queuedRuns(runs_dir))) std::this_thread::sleep_for(kBetweenLooks);
    }
}

}  // namespace

void runQueue(const fs::path& runs_dir) {
    // Whoever queues a run while this one ends finds the lock taken and leaves the work to it: so it looks once more
    // after giving the lock back.
    while (hasWork(runs_dir)) {
        const io::FileDescriptor lock = lockRunner(runs_dir);
        if (!lock.valid()) return;
        workQueue(runs_dir);
    }
}

void startQueueRunner(const fs::path& runs_dir) {
    if (!hasWork(runs_dir) || isWorkedOn(runs_dir)) return;
    SpawnOptions options;
    options.argv = {commandLineExecutable(), "queue", "run", runs_dir.string(), "--detach"};
    options.output_file = (queueFolder(runs_dir) / "runner.log").string();
    options.die_with_parent = false;
    ChildProcess launcher = ChildProcess::spawn(options);
    ExitStatus status;
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (!launcher.tryWait(&status)) {
        if (std::chrono::steady_clock::now() > limit) {
            throw Error(ExitCode::kIo, "the queue's process did not start", options.output_file, "The log says why");
        }
        std::this_thread::sleep_for(5ms);
    }
}

}  // namespace switchyard::launch
