// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/slurm_engine.h"

#include <algorithm>
#include <sstream>

#include "core/base/io/safe_file.h"
#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/slurm_script.h"
#include "core/base/runs/small_file.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestAnswer = 20s;
constexpr int kEagerPolls = 20;
constexpr int kLongestUnknown = 5;  ///< polls in which neither squeue, scontrol nor sacct knows the job

std::string trimmed(std::string text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
    return text;
}

std::vector<std::string> fields(const std::string& line) {
    std::vector<std::string> parts;
    std::istringstream text(line);
    for (std::string part; std::getline(text, part, '|');) parts.push_back(trimmed(part));
    return parts;
}

}  // namespace

std::string SlurmEngine::submit(const PreparedRun& run) {
    paths_ = run.paths;
    const fs::path script = run.paths.logs() / "slurm.sh";
    io::writeAtomically(script, slurmScript(profile_, run));
    const CommandResult answer =
        runCommand({"sbatch", "--parsable", "--chdir=" + run.paths.dir.string(), script.string()}, kLongestAnswer);
    if (!answer.good()) {
        throw Error(ExitCode::kRunFailed, "Slurm does not take the job: " + answer.complaint(),
                    "profile " + profile_.name,
                    "Ask `switchyard profiles check " + profile_.name + "`; the script is " + script.string());
    }
    // "12" or "12;cluster"
    id_ = trimmed(answer.out.substr(0, answer.out.find(';')));
    return id_;
}

void SlurmEngine::attach(const PreparedRun& run, const std::string& id) {
    paths_ = run.paths;
    id_ = id;
}

std::chrono::milliseconds SlurmEngine::pause() const {
    return polls_ < kEagerPolls ? 400ms : 2000ms;
}

JobState SlurmEngine::poll() {
    ++polls_;
    trouble_.clear();
    try {
        const CommandResult queue =
            runCommand({"squeue", "--noheader", "--jobs=" + id_, "--format=%T|%r|%N"}, kLongestAnswer);
        const std::vector<std::string> parts = fields(queue.out.substr(0, queue.out.find('\n')));
        if (queue.good() && parts.size() >= 2 && !parts[0].empty()) {
            state_.word = parts[0];
            state_.reason = parts[1] == "None" ? "" : parts[1];
            state_.place = parts.size() > 2 ? parts[2] : "";
            const bool waits = state_.word == "PENDING" || state_.word == "CONFIGURING" || state_.word == "REQUEUED" ||
                               state_.word == "REQUEUE_HOLD";
            const bool goes = state_.word == "RUNNING" || state_.word == "COMPLETING" || state_.word == "SUSPENDED" ||
                              state_.word == "STOPPED" || state_.word == "SIGNALING" || state_.word == "STAGE_OUT" ||
                              state_.word == "RESIZING";
            if (waits || goes) {
                state_.phase = waits ? JobPhase::kQueued : JobPhase::kRunning;
                unknown_ = 0;
                return state_;
            }
        } else if (!queue.good() && queue.err.find("Invalid job id") == std::string::npos) {
            trouble_ = "squeue: " + queue.complaint();
            return state_;  // the controller is away: nothing is known, nothing has changed
        }
        if (readEnd(&state_)) return state_;
        if (++unknown_ < kLongestUnknown) return state_;
        state_.phase = JobPhase::kEnded;
        state_.word = "UNKNOWN";
        state_.exit_code = 1;
        state_.cause =
            Cause{-1, 1, 0, "Slurm does not know job " + id_ + " any more, and the ranks left no word",
                  "It may have ended while nobody followed it; see logs/slurm.log, then go on with --resume auto"};
    } catch (const Error& error) {
        trouble_ = error.what();
    }
    return state_;
}

bool SlurmEngine::readEnd(JobState* state) {
    const std::string words = runs::readSmall(paths_.logs() / "slurm.log").value_or("");
    const CommandResult shown = runCommand({"scontrol", "--oneliner", "show", "job", id_}, kLongestAnswer);
    if (shown.good() && shown.out.find("JobState=") != std::string::npos) {
        JobState end = slurmEnd(shown.out, words, id_);
        if (end.word == "COMPLETING" || end.word == "PENDING" || end.word == "RUNNING")
            return false;  // between two answers
        *state = end;
        return true;
    }
    if (findProgram("sacct").empty()) return false;
    const CommandResult account = runCommand(
        {"sacct", "--allocations", "--noheader", "--parsable2", "--jobs=" + id_, "--format=State,ExitCode,NodeList"},
        kLongestAnswer);
    const std::vector<std::string> parts = fields(account.out.substr(0, account.out.find('\n')));
    if (!account.good() || parts.size() < 2) return false;
    *state = slurmEnd("JobState=" + parts[0].substr(0, parts[0].find(' ')) + " ExitCode=" + parts[1] +
                          " NodeList=" + (parts.size() > 2 ? parts[2] : ""),
                      words, id_);
    return true;
}

void SlurmEngine::scancel(const std::vector<std::string>& options) {
    std::vector<std::string> argv = {"scancel"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.push_back(id_);
    const CommandResult answer = runCommand(argv, kLongestAnswer);
    trouble_ = answer.good() ? "" : "scancel: " + answer.complaint();
    polls_ = 0;  // look at once what becomes of it
}

void SlurmEngine::stop() {
    // Goes to the ranks and not to the script. SIGTERM would make Slurm end the step by itself a little later.
    scancel({"--signal=INT"});
}

void SlurmEngine::cancel() {
    scancel({});
}

std::vector<CheckLine> SlurmEngine::check() {
    std::vector<CheckLine> lines;
    for (const char* program : {"sbatch", "squeue", "scontrol", "scancel"}) {
        const std::string path = findProgram(program);
        lines.push_back(
            {program, !path.empty(), path.empty() ? "not on this machine: install Slurm's client programs" : path});
    }
    if (std::any_of(lines.begin(), lines.end(), [](const CheckLine& line) { return !line.good; })) return lines;
    const CommandResult ping = runCommand({"scontrol", "ping"}, kLongestAnswer);
    lines.push_back({"controller", ping.good(), ping.complaint()});
    PreparedRun run;
    run.paths = runs::RunPaths("/check");
    run.config.parallel.ranks = std::max<std::int64_t>(profile_.ranks(), 1);
    const CommandResult test =
        runCommand({"sbatch", "--test-only", "--chdir=/"}, kLongestAnswer, slurmScript(profile_, run));
    lines.push_back({"job", test.good(), test.complaint()});
    return lines;
}

}  // namespace switchyard::launch
