// SPDX-License-Identifier: MIT
// One rank of a training, or a server of compute requests. See core/base/launch/{worker_protocol,compute_request}.h.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>

#include "app/worker/crash_trace.h"
#include "app/worker/failure.h"
#include "app/worker/request_modes.h"
#include "app/worker/serve_mode.h"
#include "core/base/launch/profiles/rank_failures.h"
#include "core/base/util/error.h"
#include "core/base/util/log.h"
#include "core/train/stop_signal.h"
#include "core/train/trainer.h"

namespace {

using namespace switchyard;

constexpr const char* kUsage =
    "usage: switchyard-worker [--run-dir DIR] [--resume CHECKPOINT] [--bind ADDR]   one rank (RANK, WORLD_SIZE, "
    "MASTER_ADDR, MASTER_PORT)\n"
    "       switchyard-worker --request JSON    one compute request, its result on stdout\n"
    "       switchyard-worker --channel         requests on stdin, answers on stdout\n"
    "       switchyard-worker --serve JSON      a worker of switchyard serve, by the descriptor in SWITCHYARD_SERVE_FD\n"
    "\n"
    "Started by switchyard, torchrun --no-python, srun or mpirun. The run folder (--run-dir or SWITCHYARD_RUN_DIR) "
    "holds\n"
    "config.resolved.yaml and tokenizer.model.\n"
    "\n"
    "Ranks ask nobody who they are, so a rank listens on loopback only. For ranks on several machines give --bind (or\n"
    "SWITCHYARD_BIND) the address of this machine that the others reach, or auto: the one towards MASTER_ADDR. Only on "
    "a\n"
    "network whose machines are all trusted.\n"
    "  torchrun --no-python --nnodes 2 --node-rank 0 --nproc-per-node 4 --master-addr 10.0.0.1 --master-port 29500 \\\n"
    "    switchyard-worker --run-dir DIR --bind auto\n"
    "  mpirun -np 4 -x MASTER_PORT=29500 switchyard-worker --run-dir DIR\n";

struct Arguments {
    std::string run_dir, resume, bind, request, serve;
    bool channel = false, help = false;
};

std::string fromEnvironment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

Arguments parse(int argc, char** argv) {
    Arguments arguments{
        fromEnvironment("SWITCHYARD_RUN_DIR"), fromEnvironment("SWITCHYARD_RESUME"), {}, {}, {}, false, false};
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string {
            if (i + 1 >= argc)
                throw Error(ExitCode::kUsage, word + " needs a value", {}, "See switchyard-worker --help");
            return argv[++i];
        };
        if (word == "--run-dir") {
            arguments.run_dir = value();
        } else if (word == "--resume") {
            arguments.resume = value();
        } else if (word == "--bind") {
            arguments.bind = value();
        } else if (word == "--request") {
            arguments.request = value();
        } else if (word == "--serve") {
            arguments.serve = value();
        } else if (word == "--channel") {
            arguments.channel = true;
        } else if (word == "--help" || word == "-h") {
            arguments.help = true;
        } else {
            throw Error(ExitCode::kUsage, "Unknown argument " + word, {}, "See switchyard-worker --help");
        }
    }
    return arguments;
}

int runRank(const Arguments& arguments) {
    launch::RankEnvironment environment = launch::RankEnvironment::fromEnvironment();
    if (!arguments.bind.empty()) environment.bind = arguments.bind;
    launch::WorkerChannel channel(environment.supervisor_fd);
    if (environment.supervisor_fd < 0) train::takeStopSignals();
    const bool alone = environment.supervisor_fd < 0 && !arguments.run_dir.empty();
    const runs::RunPaths paths(arguments.run_dir);
    if (alone) launch::forgetRankFailure(paths, environment.rank);
    std::optional<worker::CrashTrace> crash;
    if (!arguments.run_dir.empty()) crash.emplace(runs::RunPaths(arguments.run_dir).rankCrash(environment.rank), environment.rank);
    try {
        if (arguments.run_dir.empty()) {
            throw Error(ExitCode::kUsage, "No run folder is given", {}, "Give --run-dir or set SWITCHYARD_RUN_DIR");
        }
        const train::TrainResult result =
            train::runRank(runs::RunPaths(arguments.run_dir), channel, environment, arguments.resume);
        // With a supervisor, or one that follows (launch/profiles), a stop is its business: a launcher that saw a rank end
        // badly would end the others before all is saved. Without, the program ends the way the signal says.
        const bool asked_for = environment.supervisor_fd >= 0 || !fromEnvironment("SWITCHYARD_FOLLOWED").empty();
        const int signal = asked_for ? 0 : train::stopSignal();
        return result.stopped && signal != 0 ? 128 + signal : 0;
    } catch (...) {
        const Error error = worker::currentError("rank " + std::to_string(environment.rank));
        nlohmann::json event = worker::errorJson(error);
        event["event"] = "error";
        channel.send(event);
        if (alone) launch::writeRankFailure(paths, environment.rank, error);
        if (const std::string text = worker::unexpectedText(); crash && !text.empty()) crash->unexpected(text);
        crash.reset();
        logLine(LogLevel::kError, error.what());
        // Not through the destructors of static objects: threads of a broken process group may still be running.
        std::_Exit(static_cast<int>(error.code()));
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is an error of the write, as a full disk is
    try {
        const Arguments arguments = parse(argc, argv);
        if (arguments.help) {
            std::cout << kUsage;
            return 0;
        }
        if (arguments.channel) return worker::serveChannel();
        if (!arguments.request.empty()) return worker::answerRequest(arguments.request);
        if (!arguments.serve.empty()) return worker::serveFrames(arguments.serve);
        return runRank(arguments);
    } catch (...) {
        const Error error = worker::currentError("switchyard-worker");
        std::cerr << error.what() << std::endl;
        return static_cast<int>(error.code());
    }
}
