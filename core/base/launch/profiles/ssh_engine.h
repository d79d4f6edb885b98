// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/base/io/file_descriptor.h"
#include "core/base/launch/profiles/engine.h"
#include "core/base/launch/profiles/ssh_mirror.h"

namespace switchyard::launch {

/// One ssh a host, which starts its ranks and is their life line: when it goes, or this process does, they end. The run
/// folder is mirrored from the first host.
class SshEngine : public Engine {
public:
    explicit SshEngine(Profile profile) : profile_(std::move(profile)) {}
    ~SshEngine() override;
    SshEngine(const SshEngine&) = delete;
    SshEngine& operator=(const SshEngine&) = delete;
    std::string submit(const PreparedRun& run) override;
    void attach(const PreparedRun& run, const std::string& id) override;
    JobState poll() override;
    std::chrono::milliseconds pause() const override;
    void stop() override;
    void cancel() override;
    void finish() override;
    std::string trouble() const override { return trouble_; }
    std::vector<CheckLine> check() override;

private:
    struct Host {
        std::string name;
        ChildProcess ssh;
        io::FileDescriptor in, out, err;  ///< its words to us are in memory
        bool ended = false;
        ExitStatus status;
    };
    std::string ask(const std::string& host, const std::string& command, bool* good);
    void say(const char* word);
    /// How ranks of the hosts ended that have: the first that did not end well, a signal before an exit code.
    std::optional<Cause> causeOfEnd() const;
    std::string addressOfFirst();

    Profile profile_;
    std::vector<Host> hosts_;
    std::unique_ptr<SshMirror> mirror_;
    std::string trouble_;
    std::optional<Clock::time_point> first_end_;
    Clock::time_point next_fetch_{};
    bool ending_ = false;
};

}  // namespace switchyard::launch
