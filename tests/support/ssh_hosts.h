// SPDX-License-Identifier: MIT
// Two hosts that a real ssh reaches, network namespaces on this machine, for as long as the object lives.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QString>

namespace switchyard::test {

class SshHosts {
public:
    /// Which of the programs is missing; "" = none.
    static QString missing() {
        const QStringList where = qEnvironmentVariable("PATH").split(':') + QStringList{"/usr/sbin", "/sbin"};
        for (const char* program : {"sshd", "ssh", "ssh-keygen", "rsync", "nsenter"}) {
            if (QStandardPaths::findExecutable(program, where).isEmpty()) return program;
        }
        return {};
    }
    explicit SshHosts(const QString& folder) : folder_(folder) {
        QDir().mkpath(folder);
        if (!missing().isEmpty()) return;
        hosts_.setStandardErrorFile(folder + ".txt");
        hosts_.start("unshare", {"-n", "sh", SWITCHYARD_SOURCE_DIR "/tests/support/ssh_hosts.sh", folder});
        if (!hosts_.waitForStarted() || !hosts_.waitForReadyRead(20'000)) return;
        const QByteArray ready = hosts_.readAllStandardOutput();
        if (ready.startsWith("ready ")) network_ = ready.mid(6).trimmed().toLongLong();
    }
    ~SshHosts() {
        if (hosts_.state() == QProcess::NotRunning) return;
        hosts_.closeWriteChannel();
        if (!hosts_.waitForFinished(5000)) hosts_.terminate();
        hosts_.waitForFinished(5000);
    }
    bool ready() const { return network_ > 0; }
    QByteArray words() const {
        QFile file(folder_ + ".txt");
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// Why a test has to go without them; "" where they should be there.
    QString whyNot() const {
        if (const QString program = missing(); !program.isEmpty())
            return program + " is not here: bash installer/setup.sh --tests";
        const bool forbidden = words().contains("Operation not permitted") || words().contains("unshare failed");
        return !ready() && forbidden ? QStringLiteral("this user may make no networks") : QString();
    }
    /// Of the first host, from where both are reached.
    QString network() const { return QString("/proc/%1/ns/net").arg(network_); }
    /// This thread, and what it starts from now on, is on the first host.
    bool enter() const {
        const int at = ::open(network().toUtf8().constData(), O_RDONLY | O_CLOEXEC);
        const bool entered = at >= 0 && ::setns(at, CLONE_NEWNET) == 0;
        if (at >= 0) ::close(at);
        return entered;
    }
    /// The keys of a profile of both hosts, with runs in `folder`. Ranks could read each other's memory here, which
    /// those of two machines can not.
    QByteArray profile(const QString& folder) const {
        return "  kind: ssh\n  setup: [export SWITCHYARD_DIRECT_EXCHANGE=0]\n  hosts: [10.77.2.1, 10.77.2.2]\n"
               "  folder: " +
               folder.toUtf8() + "\n  identity: " + folder_.toUtf8() +
               "/id\n  options: [Port=2222, UserKnownHostsFile=" + folder_.toUtf8() + "/known_hosts]\n";
    }

private:
    QString folder_;
    QProcess hosts_;
    qint64 network_ = 0;  ///< a process in the first host's network
};

}  // namespace switchyard::test
