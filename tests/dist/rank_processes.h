// SPDX-License-Identifier: MIT
// Runs a role of this very program as one process per rank.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QProcessEnvironment>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/launch/worker_protocol.h"
#include "core/base/util/error.h"

namespace switchyard::test {

struct RankOutcome {
    int code = -1;  ///< 1000 = ended by a signal, -1 = had to be killed by the test
    QByteArray out, err;
    qint64 ended_ms = 0;  ///< after the start of all
};

/// A port that is free on the loopback address, of those that the kernel gives to nobody who does not ask for one
/// (net.ipv4.ip_local_port_range), and another one in each call: it is still free when a process takes it later.
inline int freePort() {
    constexpr int kFirst = 12'000, kPorts = 20'000;
    static int next = static_cast<int>((static_cast<long>(getpid()) * 97) % kPorts);
    for (int tries = 0; tries < kPorts; ++tries) {
        const int port = kFirst + next;
        next = (next + 1) % kPorts;
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        close(fd);
        if (free) return port;
    }
    return 0;
}

/// Whether ranks have a GPU each, or all use the first one: NCCL then has to take them for ranks of different machines.
enum class Gpus { kOneEach, kShared };

/// Starts `ranks` processes in `role` with words for them, and waits for all.
inline std::vector<RankOutcome> runRanks(int ranks, const QString& role, const QStringList& words = {},
                                         int timeout_ms = 120'000, int started = -1, Gpus gpus = Gpus::kOneEach) {
    std::vector<std::unique_ptr<QProcess>> processes;
    std::vector<RankOutcome> outcomes(static_cast<std::size_t>(ranks));
    QElapsedTimer timer;
    timer.start();
    const int port = freePort();
    for (int rank = 0; rank < (started < 0 ? ranks : started); ++rank) {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("SWITCHYARD_TEST_ROLE", role);
        environment.insert("RANK", QString::number(rank));
        environment.insert("LOCAL_RANK", QString::number(gpus == Gpus::kShared ? 0 : rank));
        if (gpus == Gpus::kShared) environment.insert("NCCL_HOSTID", "machine " + QString::number(rank));
        environment.insert("WORLD_SIZE", QString::number(ranks));
        environment.insert("MASTER_ADDR", "127.0.0.1");
        environment.insert("MASTER_PORT", QString::number(port));
        environment.insert("OMP_NUM_THREADS", "1");
        auto process = std::make_unique<QProcess>();
        process->setProcessEnvironment(environment);
        process->start(QCoreApplication::applicationFilePath(), words);
        processes.push_back(std::move(process));
    }
    for (std::size_t i = 0; i < processes.size(); ++i) {
        QProcess& process = *processes[i];
        RankOutcome& outcome = outcomes[i];
        const bool ended = process.waitForFinished(static_cast<int>(std::max<qint64>(1, timeout_ms - timer.elapsed())));
        outcome.ended_ms = timer.elapsed();
        if (!ended) {
            process.kill();
            process.waitForFinished();
        }
        outcome.code = !ended ? -1 : process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 1000;
        outcome.out = process.readAllStandardOutput();
        outcome.err = process.readAllStandardError();
    }
    return outcomes;
}

using Role = std::function<void(const launch::RankEnvironment&, const std::vector<std::string>& words)>;

/// In a process started by runRanks: plays the role and ends with its exit code; else returns.
inline void playRole(const std::map<std::string, Role>& roles, int argc, char** argv) {
    const char* role = std::getenv("SWITCHYARD_TEST_ROLE");
    if (role == nullptr) return;
    int code = 0;
    try {
        roles.at(role)(launch::RankEnvironment::fromEnvironment(), std::vector<std::string>(argv + 1, argv + argc));
    } catch (const Error& error) {
        std::cerr << error.what() << std::endl;
        code = static_cast<int>(error.code());
    } catch (const std::exception& error) {
        std::cerr << error.what() << std::endl;
        code = 1;
    }
    std::cout.flush();
    std::_Exit(code);
}

}  // namespace switchyard::test
