// SPDX-License-Identifier: MIT
#include "core/base/launch/run_queue.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "core/base/io/file_descriptor.h"
#include "core/base/io/safe_file.h"
#include "core/base/runs/small_file.h"
#include "core/base/runs/trash.h"
#include "core/base/util/clock.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

/// queue.json of the runs folder.
struct QueueFile {
    QueueSettings settings;
    std::vector<std::string> order;  ///< names of run folders
};

fs::path fileOf(const fs::path& runs_dir) {
    return queueFolder(runs_dir) / "queue.json";
}

QueueFile readQueue(const fs::path& runs_dir) {
    QueueFile queue;
    const std::optional<nlohmann::json> json = runs::readObject(fileOf(runs_dir));
    if (!json) return queue;
    queue.settings.at_once = std::clamp(runs::field(*json, "at_once", 1), 1, kMostAtOnce);
    queue.settings.held = runs::field(*json, "held", false);
    queue.order = runs::field(*json, "order", std::vector<std::string>{});
    return queue;
}

void writeQueue(const fs::path& runs_dir, const QueueFile& queue) {
    const nlohmann::json json = {
        {"at_once", queue.settings.at_once}, {"held", queue.settings.held}, {"order", queue.order}};
    io::writeAtomically(fileOf(runs_dir), json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

/// One change of the queue's file at a time, whoever makes it.
class QueueLock {
public:
    explicit QueueLock(const fs::path& runs_dir) {
        std::error_code error;
        fs::create_directories(queueFolder(runs_dir), error);
        const fs::path file = queueFolder(runs_dir) / "lock";
        fd_ = io::FileDescriptor(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
        if (!fd_.valid() || flock(fd_.get(), LOCK_EX) != 0) {
            throw Error(ExitCode::kIo, std::string("the queue can not be changed: ") + std::strerror(errno),
                        file.string(), "Check that the folder can be written");
        }
    }

private:
    io::FileDescriptor fd_;
};

struct Waiting {
    fs::path dir;
    double queued_at = 0;
};

/// Next first.
void sortByOrder(std::vector<Waiting>* waiting, const std::vector<std::string>& order) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < order.size(); ++i) places.emplace(order[i], i);
    const auto place = [&](const Waiting& one) {
        const auto found = places.find(one.dir.filename().string());
        return found == places.end() ? places.size() : found->second;
    };
    std::sort(waiting->begin(), waiting->end(), [&](const Waiting& a, const Waiting& b) {
        return std::make_tuple(place(a), a.queued_at, a.dir) < std::make_tuple(place(b), b.queued_at, b.dir);
    });
}

/// Without reading databases: this is asked once a second.
std::vector<Waiting> waitingIn(const fs::path& runs_dir) {
    std::vector<Waiting> waiting;
    std::error_code error;
    for (fs::directory_iterator it(runs_dir, error), end; !error && it != end; it.increment(error)) {
        if (it->path().filename().string().starts_with(".")) continue;
        const std::optional<runs::QueueTicket> ticket = runs::readTicket(it->path());
        if (!ticket || ticket->host != runs::hostName()) continue;
        const std::optional<nlohmann::json> record = runs::readObject(runs::RunPaths(it->path()).supervisor());
        if (record && runs::field(*record, "started_at", 0.0) >= ticket->queued_at) continue;
        waiting.push_back({it->path(), ticket->queued_at});
    }
    return waiting;
}

std::vector<std::string> namesOf(const std::vector<fs::path>& folders) {
    std::vector<std::string> names;
    for (const fs::path& folder : folders) names.push_back(folder.filename().string());
    return names;
}

[[noreturn]] void notQueued(const fs::path& run_dir) {
    throw Error(ExitCode::kUsage, "the run is not in the queue", run_dir.filename().string(),
                "See `switchyard queue list`");
}

}  // namespace

fs::path queueFolder(const fs::path& runs_dir) {
    return runs_dir / ".queue";
}

fs::path runnerLock(const fs::path& runs_dir) {
    return queueFolder(runs_dir) / "runner.lock";
}

void enqueue(const PreparedRun& run) {
    const fs::path dir = run.paths.dir, runs_dir = dir.parent_path();
    const runs::RunStatus now = runs::readStatus(dir);
    if (now.supervisor && runs::isAlive(*now.supervisor)) {
        throw Error(ExitCode::kBadConfig, "the run is live: it can not wait for its turn", dir.string(),
                    "Stop it first: switchyard runs stop " + now.name);
    }
    const QueueLock lock(runs_dir);
    QueueFile queue = readQueue(runs_dir);
    queue.order = namesOf(queuedRuns(runs_dir));
    std::erase(queue.order, dir.filename().string());
    queue.order.push_back(dir.filename().string());
    writeQueue(runs_dir, queue);
    runs::QueueTicket ticket;
    ticket.queued_at = wallTime();
    ticket.host = runs::hostName();
    ticket.dir = dir.string();
    ticket.command = run.command;
    ticket.bind = run.bind;
    ticket.resume_checkpoint = run.resume_checkpoint;
    ticket.older_too = run.older_too;
    runs::writeTicket(dir, ticket);
}

std::vector<fs::path> queuedRuns(const fs::path& runs_dir) {
    std::vector<Waiting> waiting = waitingIn(runs_dir);
    sortByOrder(&waiting, readQueue(runs_dir).order);
    std::vector<fs::path> folders;
    for (Waiting& one : waiting) folders.push_back(std::move(one.dir));
    return folders;
}

void placeQueued(const fs::path& runs_dir, std::vector<runs::RunStatus>* statuses) {
    std::vector<Waiting> waiting;
    for (runs::RunStatus& run : *statuses) {
        run.queue_place = 0;
        const bool ours = run.state == runs::RunState::kQueued && run.ticket && run.ticket->host == runs::hostName();
        if (ours) waiting.push_back({run.dir, run.ticket->queued_at});
    }
    if (waiting.empty()) return;
    sortByOrder(&waiting, readQueue(runs_dir).order);
    std::map<fs::path, int> places;
    for (std::size_t i = 0; i < waiting.size(); ++i) places[waiting[i].dir] = static_cast<int>(i) + 1;
    for (runs::RunStatus& run : *statuses) {
        if (const auto found = places.find(run.dir); found != places.end()) run.queue_place = found->second;
    }
}

void moveInQueue(const fs::path& run_dir, int place) {
    const fs::path runs_dir = run_dir.parent_path();
    const QueueLock lock(runs_dir);
    QueueFile queue = readQueue(runs_dir);
    queue.order = namesOf(queuedRuns(runs_dir));
    const std::string name = run_dir.filename().string();
    if (std::erase(queue.order, name) == 0) notQueued(run_dir);
    const int at = std::clamp(place - 1, 0, static_cast<int>(queue.order.size()));
    queue.order.insert(queue.order.begin() + at, name);
    writeQueue(runs_dir, queue);
}

fs::path removeFromQueue(const fs::path& run_dir) {
    const QueueLock lock(run_dir.parent_path());
    const runs::RunStatus status = runs::readStatus(run_dir);
    if (status.state != runs::RunState::kQueued || !status.ticket) notQueued(run_dir);
    const bool was_started = status.has_loss || status.result || status.supervisor || !status.checkpoint.empty();
    // In the trash it keeps its ticket: brought back, it waits again.
    if (!was_started) return runs::moveToTrash(run_dir);
    std::error_code error;
    fs::remove(runs::RunPaths(run_dir).queueTicket(), error);
    if (error)
        throw Error(ExitCode::kIo, "can not take the run out of the queue: " + error.message(), run_dir.string());
    return run_dir;
}

QueueSettings queueSettings(const fs::path& runs_dir) {
    return readQueue(runs_dir).settings;
}

void setQueueSettings(const fs::path& runs_dir, const QueueSettings& settings) {
    if (settings.at_once < 1 || settings.at_once > kMostAtOnce) {
        throw Error(ExitCode::kUsage, "so many runs at once can not be", std::to_string(settings.at_once),
                    "Use 1 to " + std::to_string(kMostAtOnce));
    }
    const QueueLock lock(runs_dir);
    QueueFile queue = readQueue(runs_dir);
    queue.settings = settings;
    writeQueue(runs_dir, queue);
}

PreparedRun queuedRun(const fs::path& run_dir) {
    const std::optional<runs::QueueTicket> ticket = runs::readTicket(run_dir);
    if (!ticket || runs::readStatus(run_dir).state != runs::RunState::kQueued) notQueued(run_dir);
    PreparedRun run;
    run.paths = runs::RunPaths(run_dir);
    run.config = config::loadOrThrow(run.paths.resolvedConfig().string());
    run.resume_checkpoint = ticket->resume_checkpoint;
    run.older_too = ticket->older_too;
    run.command = ticket->command;
    run.bind = ticket->bind;
    run.profile = profileOfRun(run_dir);
    return run;
}

void startQueued(const fs::path& run_dir) {
    const QueueLock lock(run_dir.parent_path());
    superviseDetached(queuedRun(run_dir));
}

}  // namespace switchyard::launch
