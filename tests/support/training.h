// SPDX-License-Identifier: MIT
// A training in the foreground that a test looks at, disturbs and ends.
#pragma once

#include <signal.h>

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <algorithm>

#include "support/program.h"

namespace switchyard::test {

/// A run of many short steps: it lasts until a test ends it.
inline QStringList endlessRun(const QString& run_dir, int ranks) {
    return {"train",
            "--config",
            shippedConfig("smoke.yaml"),
            "--run-dir",
            run_dir,
            "--ranks",
            QString::number(ranks),
            "--set",
            "train.steps=1000000",
            "--set",
            "data.synthetic.samples=64",
            "--set",
            "train.global_batch=32",
            "--set",
            "eval.tasks=[]",
            "--set",
            "checkpoint.every=0",
            "--set",
            "parallel.threads=1"};
}

inline QJsonObject jsonFile(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

inline bool alive(qint64 pid) {
    QFile stat(QString("/proc/%1/stat").arg(pid));
    if (!stat.open(QIODevice::ReadOnly)) return false;
    const QByteArray text = stat.readAll();
    return text.mid(text.lastIndexOf(')') + 2, 1) != "Z";
}

/// Every living process that has `word` in its arguments or environment: all of a run name its folder there.
inline QList<qint64> processesOf(const QByteArray& word) {
    QList<qint64> pids;
    for (const QString& entry : QDir("/proc").entryList(QDir::Dirs)) {
        bool number = false;
        const qint64 pid = entry.toLongLong(&number);
        if (!number || pid == QCoreApplication::applicationPid()) continue;
        for (const char* file : {"/cmdline", "/environ"}) {
            QFile content("/proc/" + entry + file);
            if (content.open(QIODevice::ReadOnly) && content.readAll().contains(word) && alive(pid)) {
                pids << pid;
                break;
            }
        }
    }
    return pids;
}

/// (step, loss) of every recorded step.
inline QJsonArray lossesOf(const QString& run_dir) {
    QJsonArray rows;
    const QJsonArray recorded = cli({"runs", "metrics", run_dir, "--tag", "loss/total", "--json"}).jsonArray();
    for (const QJsonValue row : recorded) rows << QJsonArray{row["step"], row["value"]};
    return rows;
}

inline QString checkpointOf(const QString& run_dir, qint64 step) {
    return QString("%1/checkpoints/step-%2").arg(run_dir).arg(step, 8, 10, QChar('0'));
}

/// Weights and moments of a checkpoint, of all ranks; empty when one is missing.
inline QByteArray weightsOf(const QString& run_dir, qint64 step, int ranks) {
    QByteArray all;
    for (int rank = 0; rank < ranks; ++rank) {
        for (const char* part : {"model", "optim"}) {
            QFile file(QString("%1/%2.r%3-of-%4.safetensors")
                           .arg(checkpointOf(run_dir, step), part)
                           .arg(rank, 3, 10, QChar('0'))
                           .arg(ranks, 3, 10, QChar('0')));
            if (!file.open(QIODevice::ReadOnly)) return {};
            all += file.readAll();
        }
    }
    return all;
}

/// Messages of the run's events, oldest first.
inline QStringList eventsOf(const QString& run_dir) {
    QStringList messages;
    for (const QJsonValue event : cli({"runs", "tail", run_dir, "--lines", "1000", "--json"}).jsonArray()) {
        messages << event["message"].toString();
    }
    return messages;
}

/// `switchyard train` in the foreground, with what its run folder says of it.
class Training {
public:
    Training(const QString& run_dir, int ranks, const QStringList& more = {},
             const QMap<QString, QString>& environment = {})
        : run_dir_(run_dir) {
        QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
        for (auto it = environment.begin(); it != environment.end(); ++it) all.insert(it.key(), it.value());
        process_.setProcessEnvironment(all);
        process_.start(binary("switchyard"), endlessRun(run_dir, ranks) + more);
    }
    ~Training() {
        process_.kill();
        process_.waitForFinished();
        // Found by their words: a rank's number may be another process's by now.
        for (const qint64 pid : processesOf(run_dir_.toUtf8())) ::kill(static_cast<pid_t>(pid), SIGKILL);
    }
    QProcess& process() { return process_; }
    /// Whether the program has ended, or does within so many milliseconds.
    bool ends(int ms) { return process_.state() == QProcess::NotRunning || process_.waitForFinished(ms); }
    qint64 supervisor() const { return jsonFile(run_dir_ + "/supervisor.json")["pid"].toInteger(); }
    QList<qint64> ranks() const {
        QList<qint64> pids;
        for (const QJsonValue pid : jsonFile(run_dir_ + "/supervisor.json")["rank_pids"].toArray())
            pids << pid.toInteger();
        return pids;
    }
    qint64 step() const { return cli({"runs", "show", run_dir_, "--json"}).json()["step"].toInteger(); }
    QJsonObject result() const { return jsonFile(run_dir_ + "/result.json"); }
    /// True once step `at_least` was recorded.
    bool reaches(qint64 at_least) {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 60'000) {
            if (process_.waitForFinished(50)) return false;
            if (step() >= at_least) return true;
        }
        return false;
    }

private:
    QString run_dir_;
    QProcess process_;
};

inline bool allGone(const QList<qint64>& pids) {
    return std::none_of(pids.begin(), pids.end(), [](qint64 pid) { return alive(pid); });
}

}  // namespace switchyard::test
