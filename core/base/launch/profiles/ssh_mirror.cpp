// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/ssh_mirror.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "core/base/io/file_descriptor.h"
#include "core/base/launch/control_socket.h"
#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/engine.h"
#include "core/base/runs/record_changes.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestAnswer = 30s;
constexpr auto kLongestCopy = std::chrono::hours(2);

}  // namespace

fs::path sshSocketFolder() {
    // ssh-PID-, the 40 letters of %C, and those that ssh appends while it makes the socket.
    constexpr std::size_t kLongestName = 12 + 40 + 17;
    return socketFolder(kLongestName);
}

std::string sshSocketPrefix() {
    return "ssh-" + std::to_string(getpid()) + "-";
}

std::vector<std::string> sshWords(const SshSettings& settings, const std::string& host) {
    // Shared by what this process asks, and no other: its end takes the connection along. %C names host, port and user
    // in few letters, as a socket's path must be short.
    std::vector<std::string> words = {"ssh", "-T",
                                      "-o",  "BatchMode=yes",
                                      "-o",  "ConnectTimeout=10",
                                      "-o",  "ServerAliveInterval=5",
                                      "-o",  "ServerAliveCountMax=4",
                                      "-o",  "ControlMaster=auto",
                                      "-o",  "ControlPersist=30",
                                      "-o",  "ControlPath=" + (sshSocketFolder() / (sshSocketPrefix() + "%C")).string()};
    if (!settings.identity.empty())
        words.insert(words.end(), {"-i", expandPath(settings.identity).string(), "-o", "IdentitiesOnly=yes"});
    for (const std::string& option : settings.options) words.insert(words.end(), {"-o", option});
    words.push_back(host);
    return words;
}

SshMirror::SshMirror(const Profile& profile, runs::RunPaths paths, std::string there)
    : profile_(profile), paths_(std::move(paths)), there_(std::move(there)) {}

std::vector<std::string> SshMirror::rsync(const std::vector<std::string>& words) const {
    std::vector<std::string> shell = sshWords(profile_.ssh, "");
    shell.pop_back();
    std::vector<std::string> all = {"rsync", "--archive", "--protect-args", "--rsh=" + shellQuoted(shell)};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

std::string SshMirror::from(const std::string& below) const {
    return profile_.ssh.hosts.front() + ":" + there_ + "/" + below;
}

void SshMirror::send(const PreparedRun& run) {
    const auto must = [&](const CommandResult& result, const std::string& what) {
        if (result.good()) return;
        throw Error(ExitCode::kIo, what + ": " + result.complaint(), "host " + profile_.ssh.hosts.front(),
                    "Ask `switchyard profiles check " + profile_.name + "`");
    };
    std::vector<std::string> make = sshWords(profile_.ssh, profile_.ssh.hosts.front());
    std::vector<std::string> folders = {"mkdir", "-p"};
    for (const char* folder : {"/logs", "/checkpoints", "/tb", "/crash"}) folders.push_back(there_ + folder);
    // What an earlier start of the run left is no word of this one.
    make.push_back(shellQuoted(folders) + " && rm -f -- " + shellQuoted(there_ + "/crash") + "/rank-*.json");
    must(runCommand(make, kLongestAnswer), "the run folder could not be made there");
    std::vector<std::string> files;
    for (const fs::path& file : {paths_.config(), paths_.resolvedConfig(), paths_.tokenizer(), paths_.labels()}) {
        if (fs::exists(file)) files.push_back(file.string());
    }
    files.push_back(from(""));
    must(runCommand(rsync(files), kLongestCopy), "the run could not be copied there");
    const fs::path records = paths_.dir / ".records-to-send";
    std::error_code ignored;
    fs::remove(records, ignored);
    runs::writeRecordCopy(paths_.database(), records);
    // A run that was there before has its own, which are at least as new.
    must(runCommand(rsync({"--ignore-existing", records.string(), from("run.db")}), kLongestCopy),
         "the records could not be copied there");
    fs::remove(records, ignored);
    const fs::path start = run.resume_checkpoint;
    if (!start.empty() && start.parent_path() == paths_.checkpoints())
        must(runCommand(rsync({start.string(), from("checkpoints/")}), kLongestCopy),
             "the checkpoint could not be copied there");
}

std::string SshMirror::fetchRecords() {
    const fs::path changes = paths_.dir / ".records-that-came";
    std::error_code ignored;
    fs::remove(changes, ignored);
    try {
        const io::FileDescriptor out(open(changes.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        std::vector<std::string> words = sshWords(profile_.ssh, profile_.ssh.hosts.front());
        const std::string program = (fs::path(workerOf(profile_)).parent_path() / "switchyard").string();
        words.push_back(
            shellQuoted({program, "runs", "changes", there_, "--after", runs::recordCursors(paths_.database())}));
        const CommandResult result = runCommand(words, kLongestAnswer, {}, out.get());
        if (!result.good()) return "records: " + result.complaint();
        runs::applyRecordChanges(changes, paths_.database());
        fs::remove(changes, ignored);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

std::string SshMirror::fetchFiles() {
    const CommandResult result =
        runCommand(rsync({"--include=/logs/***", "--include=/tb/***", "--include=/crash/***", "--include=/report.html",
                          "--exclude=*", from(""), paths_.dir.string() + "/"}),
                   kLongestAnswer);
    return result.good() ? "" : "files: " + result.complaint();
}

void SshMirror::copyCheckpoints() {
    const std::vector<std::string> ends = {from("checkpoints/"), paths_.checkpoints().string() + "/"};
    std::vector<std::string> parts = {"--exclude=.tmp-*", "--exclude=COMMIT"}, whole = {"--exclude=.tmp-*", "--delete"};
    parts.insert(parts.end(), ends.begin(), ends.end());
    whole.insert(whole.end(), ends.begin(), ends.end());
    SpawnOptions options;
    options.argv = {"/bin/sh", "-c", shellQuoted(rsync(parts)) + " && " + shellQuoted(rsync(whole))};
    options.output_file = (paths_.logs() / "mirror.log").string();
    checkpoints_ = ChildProcess::spawn(options);
}

std::string SshMirror::fetch() {
    const std::string records = fetchRecords(), files = fetchFiles();
    if (!checkpoints_ || !checkpoints_->running()) copyCheckpoints();
    return records.empty() ? files : records;
}

std::string SshMirror::fetchAll() {
    ExitStatus status;
    while (checkpoints_ && !checkpoints_->tryWait(&status)) std::this_thread::sleep_for(20ms);
    const std::string trouble = fetch();
    while (!checkpoints_->tryWait(&status)) std::this_thread::sleep_for(20ms);
    if (status.code != 0) return "checkpoints: see " + (paths_.logs() / "mirror.log").string();
    return trouble;
}

}  // namespace switchyard::launch
