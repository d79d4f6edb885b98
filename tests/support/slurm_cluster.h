// SPDX-License-Identifier: MIT
// Debian's real slurmctld, slurmd and munged in a folder of a test's own, for as long as the object lives.
#pragma once

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QString>

namespace switchyard::test {

class SlurmCluster {
public:
    /// Which of the programs is missing; "" = none.
    static QString missing() {
        const QStringList where = qEnvironmentVariable("PATH").split(':') + QStringList{"/usr/sbin", "/sbin"};
        for (const char* program :
             {"munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "srun"}) {
            if (QStandardPaths::findExecutable(program, where).isEmpty()) return program;
        }
        return {};
    }
    /// `cpus` is how many tasks run at a time. Clients of this process and its children find it by SLURM_CONF.
    SlurmCluster(const QString& folder, int cpus) : folder_(folder) {
        QDir().mkpath(folder);
        daemons_.setStandardErrorFile(folder + "/daemons.txt");
        daemons_.start("sh", {SWITCHYARD_SOURCE_DIR "/tests/support/slurm_cluster.sh", folder, QString::number(cpus)});
        ready_ = daemons_.waitForStarted() && daemons_.waitForReadyRead(30'000) &&
                 daemons_.readAllStandardOutput().contains("ready");
        qputenv("SLURM_CONF", (folder + "/slurm.conf").toUtf8());
    }
    ~SlurmCluster() {
        daemons_.closeWriteChannel();
        if (!daemons_.waitForFinished(10'000)) daemons_.terminate();
        daemons_.waitForFinished(5'000);
        qunsetenv("SLURM_CONF");
    }
    bool ready() const { return ready_; }
    QByteArray words() const {
        QFile file(folder_ + "/daemons.txt");
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// What a client program of Slurm says.
    static QByteArray ask(const QString& program, const QStringList& words) {
        QProcess process;
        process.start(program, words);
        process.waitForFinished(20'000);
        return process.readAllStandardOutput();
    }

private:
    QString folder_;
    QProcess daemons_;
    bool ready_ = false;
};

/// A profiles file that this process and its children use.
inline void writeProfiles(const QString& file, const QByteArray& text) {
    QFile profiles(file);
    if (profiles.open(QIODevice::WriteOnly)) profiles.write(text);
    qputenv("SWITCHYARD_PROFILES", file.toUtf8());
}

}  // namespace switchyard::test
