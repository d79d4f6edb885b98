// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/ssh_script.h"

#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/rank_words.h"

namespace switchyard::launch {
namespace {

std::string torchrunLine(const Profile& profile, const SshHost& host, const std::string& worker) {
    return shellQuoted({profile.ssh.torchrun, "--no-python", "--nnodes", std::to_string(profile.ssh.hosts.size()),
                        "--node-rank", std::to_string(host.number), "--nproc-per-node",
                        std::to_string(profile.ssh.slots), "--master-addr", host.master_addr, "--master-port",
                        std::to_string(host.master_port)}) +
           " " + worker + " >>logs/torchrun-" + std::to_string(host.number) +
           ".log 2>&1 </dev/null &\npids=$!\nranks=-1\n";
}

std::string ownLines(const Profile& profile, const SshHost& host, const std::string& worker) {
    std::string text = "pids= ranks=\n";
    for (std::int64_t local = 0; local < profile.ssh.slots; ++local) {
        const std::string rank = std::to_string(host.number * profile.ssh.slots + local);
        text += "RANK=" + rank + " LOCAL_RANK=" + std::to_string(local) + " " + worker + " >>logs/rank-" + rank +
                ".log 2>&1 </dev/null &\npids=\"$pids $!\" ranks=\"$ranks " + rank + "\"\n";
    }
    return text;
}

}  // namespace

std::string sshScript(const Profile& profile, const PreparedRun& run, const SshHost& host) {
    std::string text = "cd -- " + shellQuoted(host.run_dir) + " || exit 1\n" + setupLines(profile);
    text += "export MASTER_ADDR=" + host.master_addr + " MASTER_PORT=" + std::to_string(host.master_port) +
            " WORLD_SIZE=" + std::to_string(profile.ranks()) + "\n";
    if (profile.ssh.hosts.size() > 1) text += "export SWITCHYARD_BIND=auto\n";
    text += environmentLine(profile, run, "1");
    const std::string worker = workerLine(profile, host.run_dir, run);
    text += profile.ssh.starter == "torchrun" ? torchrunLine(profile, host, worker) : ownLines(profile, host, worker);
    // Words are read beside the ranks; a shell waits for a signal's handler only between commands.
    text +=
        "exec 3<&0\n"
        "(while read -r word; do case $word in stop) kill -TERM $pids;; kill) break;; esac; done\n"
        " kill -TERM $pids; sleep 1; kill -KILL $pids) <&3 2>/dev/null &\n"
        "reader=$!\n"
        "worst=0\nset -- $ranks\n"
        "for pid in $pids; do\n"
        "  code=0; wait $pid || code=$?\n"
        "  echo \"rank $1 $code\"; shift\n"
        "  [ $code -eq 0 ] || [ $worst -ne 0 ] || worst=$code\n"
        "done\n"
        "kill $reader 2>/dev/null\nexit $worst\n";
    return text;
}

}  // namespace switchyard::launch
