// SPDX-License-Identifier: MIT
#include "core/base/launch/supervisor.h"

#include <signal.h>

#include <thread>

#include "core/base/launch/compute_request.h"
#include "core/base/launch/control_socket.h"
#include "core/base/launch/process.h"
#include "core/base/launch/profiles/followed_run.h"
#include "core/base/launch/supervision.h"
#include "core/base/runs/run_status.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;

bool isLive(const runs::RunStatus& status) {
    return status.supervisor && runs::isAlive(*status.supervisor);
}

/// By the socket; by the signal when there is none, or nobody answers.
bool ask(const runs::RunStatus& status, const char* command, int signal_number) {
    if (!isLive(status)) {
        if (!status.job) return false;
        followDetached(status.dir);
        const runs::RunStatus now = runs::readStatus(status.dir);
        return isLive(now) && ask(now, command, signal_number);
    }
    try {
        return request(status, command).value("ok", false);
    } catch (const Error&) {
        return ::kill(static_cast<pid_t>(status.supervisor->pid), signal_number) == 0;
    }
}

}  // namespace

runs::RunResult supervise(const PreparedRun& run, const EventSink& sink) {
    if (run.profile) return FollowedRun(run, sink).run();
    return Supervision(run, sink).run();
}

void superviseDetached(const PreparedRun& run) {
    // The supervisor is the command line program: it needs neither this process nor its terminal.
    SpawnOptions options;
    options.argv = {commandLineExecutable(), "supervise", run.paths.dir.string(), "--bind", run.bind};
    if (!run.resume_checkpoint.empty()) options.argv.insert(options.argv.end(), {"--resume", run.resume_checkpoint});
    if (run.older_too) options.argv.emplace_back("--older-too");
    for (const std::string& part : run.command) options.argv.insert(options.argv.end(), {"--command", part});
    options.output_file = run.paths.supervisorLog().string();
    options.die_with_parent = false;
    std::error_code ignored;
    fs::remove(run.paths.supervisor(), ignored);
    fs::remove(run.paths.result(), ignored);
    ChildProcess launcher = ChildProcess::spawn(options);  // forks the supervisor into its own session and exits
    ExitStatus status;
    const auto limit = Clock::now() + 10s;
    while (Clock::now() < limit) {
        const bool done = launcher.tryWait(&status);
        if (fs::exists(run.paths.supervisor()) || fs::exists(run.paths.result())) {
            if (done || launcher.tryWait(&status)) return;
        }
        if (done && status.code != 0) break;
        std::this_thread::sleep_for(10ms);
    }
    throw Error(ExitCode::kIo, "the supervisor did not take the run over", run.paths.supervisorLog().string(),
                "The log says why");
}

void followDetached(const fs::path& run_dir) {
    const runs::RunStatus status = runs::readStatus(run_dir);
    if (!status.job || isLive(status)) {
        throw Error(ExitCode::kUsage, isLive(status) ? "the run is followed already" : "there is no job to follow", status.name,
                    "See `switchyard runs show " + status.name + "`");
    }
    PreparedRun run;
    run.paths = runs::RunPaths(run_dir);
    run.bind = "127.0.0.1";
    if (status.supervisor) run.command = status.supervisor->command;
    superviseDetached(run);
}

nlohmann::json request(const runs::RunStatus& status, const std::string& command) {
    if (!isLive(status)) {
        throw Error(ExitCode::kUsage,
                    std::string("the run is not live, its state is ") + runs::runStateName(status.state), status.name);
    }
    if (status.supervisor->control.empty()) {
        throw Error(ExitCode::kIo, "the run has no control socket", status.name,
                    "Its first events say why: switchyard runs tail " + status.name);
    }
    return askSupervisor(status.supervisor->control, {{"command", command}});
}

bool requestStop(const runs::RunStatus& status) {
    return ask(status, "stop", SIGTERM);
}

bool requestKill(const runs::RunStatus& status) {
    return ask(status, "kill", SIGUSR1);
}

}  // namespace switchyard::launch
