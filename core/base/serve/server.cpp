// SPDX-License-Identifier: MIT
#include "core/base/serve/server.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/util/cores.h"
#include "core/base/util/log.h"

namespace switchyard::serve {
namespace {

constexpr std::chrono::milliseconds kLook{100};
constexpr std::size_t kShortestToken = 16;

/// SIGTERM and SIGINT as something to wait for; as they were when it goes.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        // Threads made later inherit this, so no other one is interrupted.
        pthread_sigmask(SIG_BLOCK, &set_, &before_);
        fd_ = io::FileDescriptor(signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK));
    }
    ~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// The signal, or 0 when none came within `wait`.
    int next(std::chrono::milliseconds wait) {
        signalfd_siginfo info{};
        if (!waitFor(fd_.get(), POLLIN, Clock::now() + wait)) return 0;
        return ::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)
                   ? static_cast<int>(info.ssi_signo)
                   : 0;
    }

private:
    sigset_t set_{}, before_{};
    io::FileDescriptor fd_;
};

void requireToken(const ServerOptions& options, const ListeningSocket& socket) {
    if (socket.loopback) return;
    if (options.token.size() >= kShortestToken) return;
    throw Error(ExitCode::kUsage,
                options.token.empty() ? "without a token only this machine is served"
                                      : "a token has at least 16 characters where others can connect",
                "--bind " + options.bind,
                "Give --token-file FILE or set SWITCHYARD_TOKEN, for example to what `openssl rand -hex 32` prints");
}

ApiOptions apiOptions(const ServerOptions& options, bool loopback) {
    ApiOptions api;
    api.token = options.token;
    api.loopback = loopback;
    api.limits.rows = options.batch_rows;
    api.window_ms = options.window_ms;
    api.answer_limit = options.answer_limit;
    api.queue_rows = options.queue_rows;
    api.workers = options.workers;
    return api;
}

using Lanes = std::vector<std::unique_ptr<WorkerLane>>;

/// All of them are told to end before the first is waited for.
struct LanesEnd {
    ~LanesEnd() {
        queue.close();
        for (const auto& lane : lanes) lane->stop();
        lanes.clear();
    }
    Lanes& lanes;
    JobQueue& queue;
};

/// False when a signal came first.
bool allReady(const Lanes& lanes, StopSignals& signals) {
    for (const auto& lane : lanes) {
        while (!lane->ready(kLook))
            if (signals.next(std::chrono::milliseconds(0)) != 0) return false;
    }
    return true;
}

/// Until HTTP has ended by itself. When the limit passes first, or with a second signal, the program ends here, and its
/// workers with it: threads that wait for an answer that does not come can not be joined.
void finish(const std::future<void>& ended, StopSignals& signals, std::chrono::milliseconds limit) {
    for (const Clock::time_point until = Clock::now() + limit; Clock::now() < until;) {
        if (ended.wait_for(std::chrono::milliseconds(0)) == std::future_status::ready) return;
        if (const int again = signals.next(kLook / 5); again != 0) {
            logLine(LogLevel::kWarning, "stopped at once");
            std::_Exit(128 + again);
        }
    }
    logLine(LogLevel::kWarning, "what was not done within the time for stopping is given up");
    std::_Exit(0);
}

}  // namespace

int runServer(const ServerOptions& options,
              const std::function<void(const std::string&, const ServedSpec&)>& listening) {
    StopSignals signals;
    ListeningSocket socket(options.bind, options.port);
    requireToken(options, socket);
    JobQueue queue(options.queue_rows, options.batch_rows,
                   std::chrono::microseconds(static_cast<std::int64_t>(options.window_ms * 1000)));
    Metrics metrics;
    const WorkerOptions worker{options.checkpoint, options.index, std::max(1, usableCores() / options.workers),
                               options.answer_limit};
    Lanes lanes;
    for (int i = 0; i < options.workers; ++i) lanes.push_back(std::make_unique<WorkerLane>(i, worker, queue, metrics));
    const LanesEnd end{lanes, queue};
    if (!allReady(lanes, signals)) return 0;

    const ServedSpec& served = lanes.front()->served();
    for (const ModelSpec& model : served.models) metrics.addModel(model.name);
    std::optional<HttpServer> http;
    const auto gauges = [&] {
        Gauges now;
        now.waiting_rows = queue.waitingRows();
        now.waiting_limit = options.queue_rows;
        now.workers = options.workers;
        now.workers_ready = std::count_if(lanes.begin(), lanes.end(), [](const auto& lane) { return lane->serving(); });
        now.connections = http->connections();
        return now;
    };
    Api api(apiOptions(options, socket.loopback), served, queue, metrics, gauges);
    http.emplace(
        options.http, [&api](const HttpRequest& request) { return api.checkHead(request); },
        [&api](const HttpRequest& request) { return api.handle(request); },
        [&metrics] { metrics.connectionRefused(); });
    socket.listen();
    std::future<void> ended = std::async(std::launch::async, [&] { http->serve(std::move(socket.fd)); });
    listening(socket.url, served);

    while (signals.next(std::chrono::hours(1)) == 0) {
    }
    logLine(LogLevel::kInfo, "stopping: " + std::to_string(queue.waitingRows()) + " rows wait");
    api.drain();
    http->drain();
    finish(ended, signals, options.drain_limit);
    return 0;
}

}  // namespace switchyard::serve
