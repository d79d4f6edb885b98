// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/ssh_engine.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/ssh_script.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestAnswer = 30s;
constexpr auto kBetweenFetches = 2s;
/// For ranks of other hosts to notice by themselves that one has gone, and to leave their word.
constexpr auto kOthersEnd = 10s;
constexpr int kSshFailed = 255;

std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

SshEngine::~SshEngine() {
    hosts_.clear();
    try {
        for (const auto& entry : fs::directory_iterator(sshSocketFolder())) {
            if (!entry.path().filename().string().starts_with(sshSocketPrefix())) continue;
            runCommand({"ssh", "-O", "exit", "-o", "ControlPath=" + entry.path().string(), "-"}, kLongestAnswer);
        }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): connections end by themselves soon
    }
}

std::string SshEngine::ask(const std::string& host, const std::string& command, bool* good) {
    std::vector<std::string> words = sshWords(profile_.ssh, host);
    words.push_back(command);
    const CommandResult result = runCommand(words, kLongestAnswer);
    *good = result.good();
    return result.good() ? firstLine(result.out) : result.complaint();
}

std::string SshEngine::addressOfFirst() {
    if (profile_.ssh.hosts.size() == 1) return "127.0.0.1";
    // By default the address that we reach it at.
    const std::string command = profile_.interface.empty()
                                    ? "set -- $SSH_CONNECTION; echo \"$3\""
                                    : "ip -o -4 address show dev " + shellQuoted(profile_.interface) +
                                          " | awk '{split($4, a, \"/\"); print a[1]; exit}'";
    bool good = false;
    const std::string address = ask(profile_.ssh.hosts.front(), "sh -c " + shellQuoted(command), &good);
    const bool plain = !address.empty() && address.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos;
    if (good && plain) return address;
    throw Error(ExitCode::kIo, "the first host's address is not known: " + address,
                "host " + profile_.ssh.hosts.front(), "Give interface in the profile " + profile_.name);
}

std::string SshEngine::submit(const PreparedRun& run) {
    SshHost there;
    there.run_dir = (fs::path(profile_.ssh.folder) / run.paths.dir.filename()).string();
    mirror_ = std::make_unique<SshMirror>(profile_, run.paths, there.run_dir);
    mirror_->send(run);
    there.master_addr = addressOfFirst();
    there.master_port = std::uniform_int_distribution<int>(20'000, 32'000)(*std::make_unique<std::random_device>());
    for (const std::string& name : profile_.ssh.hosts) {
        std::vector<std::string> words = sshWords(profile_.ssh, name);
        words.push_back("exec sh -c " + shellQuoted(sshScript(profile_, run, there)));
        words.front() = findProgram("ssh");
        int pipe[2];
        if (pipe2(pipe, O_CLOEXEC) != 0) throw Error(ExitCode::kIo, "no pipe for ssh");
        const io::FileDescriptor read_end(pipe[0]);
        io::FileDescriptor in(pipe[1]), out(memfd_create("out", MFD_CLOEXEC)), err(memfd_create("err", MFD_CLOEXEC));
        SpawnOptions options;
        options.argv = std::move(words);
        options.input_fd = read_end.get();
        options.output_fd = out.get();
        options.error_fd = err.get();
        hosts_.push_back(
            {name, ChildProcess::spawn(options), std::move(in), std::move(out), std::move(err), false, {}});
        ++there.number;
    }
    return {};
}

void SshEngine::attach(const PreparedRun& /*run*/, const std::string& /*id*/) {
    throw Error(ExitCode::kUsage, "ranks that ssh started end with who started them", "profile " + profile_.name,
                "Go on with --resume auto");
}

std::chrono::milliseconds SshEngine::pause() const {
    return 300ms;
}

JobState SshEngine::poll() {
    JobState state;
    state.word = "RUNNING";
    for (const std::string& name : profile_.ssh.hosts) state.place += (state.place.empty() ? "" : ", ") + name;
    bool all = true, bad = false;
    for (Host& host : hosts_) {
        host.ended = host.ended || host.ssh.tryWait(&host.status);
        all = all && host.ended;
        bad = bad || (host.ended && host.status.code != 0);
    }
    if (bad && !first_end_) first_end_ = Clock::now();
    if (!all && !ending_ && first_end_ && Clock::now() - *first_end_ > kOthersEnd) cancel();
    state.phase = all ? JobPhase::kEnded : JobPhase::kRunning;
    if (!all && Clock::now() >= next_fetch_) {
        trouble_ = mirror_->fetch();
        // Before the first step there is no database to tell of.
        if (trouble_.find("there are no records yet") != std::string::npos) trouble_.clear();
        next_fetch_ = Clock::now() + kBetweenFetches;
    }
    if (!all) return state;
    state.word = bad ? "FAILED" : "ENDED";
    if (!bad) return state;
    state.cause = causeOfEnd();
    for (const Host& host : hosts_) state.exit_code = std::max(state.exit_code, host.status.code);
    if (!mirror_->fetch().empty()) trouble_ = "the last words of the ranks could not be fetched";
    return state;
}

std::optional<Cause> SshEngine::causeOfEnd() const {
    std::optional<Cause> cause;
    for (const Host& host : hosts_) {
        std::string said(4096, '\0'), complaint(4096, '\0');
        said.resize(static_cast<std::size_t>(std::max<ssize_t>(0, pread(host.out.get(), said.data(), said.size(), 0))));
        complaint.resize(static_cast<std::size_t>(
            std::max<ssize_t>(0, pread(host.err.get(), complaint.data(), complaint.size(), 0))));
        std::istringstream lines(said);
        std::string word;
        for (int rank = 0, code = 0; lines >> word >> rank >> code;) {
            // torchrun ends others by SIGTERM, as we do: neither is a cause.
            if (rank < 0 || code <= 128 || code == 128 + SIGTERM || (cause && cause->signal != 0)) continue;
            cause =
                Cause{rank, static_cast<int>(ExitCode::kPeerLost), code - 128, describeEnd(rank, {code, code - 128}),
                      code == 128 + SIGKILL
                          ? "Likely the system ran out of memory, or someone ended the process; see the rank's log"
                          : ""};
        }
        const bool lost = host.ended && host.status.code == kSshFailed;
        if (!cause && (lost || (host.status.code != 0 && said.empty())))
            cause = Cause{-1, lost ? static_cast<int>(ExitCode::kPeerLost) : 1, 0,
                          "host " + host.name + ": " +
                              (complaint.empty() ? "its ssh ended with code " + std::to_string(host.status.code)
                                                 : firstLine(complaint)),
                          lost ? "Go on with --resume auto once the host can be reached" : ""};
    }
    return cause;
}

void SshEngine::say(const char* word) {
    const std::string line = std::string(word) + "\n";
    for (Host& host : hosts_) {
        if (!host.ended && write(host.in.get(), line.data(), line.size()) < 0)
            trouble_ = "host " + host.name + " does not listen";
    }
}

void SshEngine::stop() {
    say("stop");
}

void SshEngine::cancel() {
    ending_ = true;
    say("kill");
}

void SshEngine::finish() {
    trouble_ = mirror_ ? mirror_->fetchAll() : "";
}

std::vector<CheckLine> SshEngine::check() {
    std::vector<CheckLine> lines;
    const std::string worker = workerOf(profile_), program = (fs::path(worker).parent_path() / "switchyard").string();
    const std::string token = profile_.ssh.folder + "/.switchyard-check-" + std::to_string(getpid());
    for (const std::string& host : profile_.ssh.hosts) {
        bool good = false;
        std::string said = ask(host, "echo reached", &good);
        lines.push_back({host, good, good ? "reached by ssh" : said});
        if (!good) continue;
        said = ask(host, shellQuoted({program, "--version"}), &good);
        lines.push_back({host + " program", good, good ? said : said + " (give worker in the profile)"});
        const bool first = host == profile_.ssh.hosts.front();
        said = ask(host,
                   first ? "mkdir -p " + shellQuoted(profile_.ssh.folder) + " && touch " + shellQuoted(token) +
                               " && rsync --version"
                         : "test -e " + shellQuoted(token),
                   &good);
        lines.push_back({host + " folder", good,
                         good    ? profile_.ssh.folder
                         : first ? said
                                 : "it does not see the first host's " + profile_.ssh.folder});
    }
    bool ignored = false;
    ask(profile_.ssh.hosts.front(), "rm -f " + shellQuoted(token), &ignored);
    return lines;
}

}  // namespace switchyard::launch
