// SPDX-License-Identifier: MIT
// The smallest real training there is, and the calls of it that are to fail.
#pragma once

#include <signal.h>

#include <QDir>
#include <QFile>
#include <QMap>
#include <QTest>

#include "support/program.h"

namespace switchyard::test {

/// A training of a few ten thousand weights: half a second to start, 15 ms a step. `overrides` are --set options.
inline QStringList tinyRun(const QString& run_dir, int ranks, const QStringList& overrides = {}) {
    QStringList words = {"train", "--config", shippedConfig("smoke.yaml"), "--run-dir",
                         run_dir, "--ranks",  QString::number(ranks),      "--resume",
                         "auto",  "--json"};
    const QStringList all = {"train.steps=6",           "train.global_batch=8",      "optim.warmup_steps=2",
                             "optim.schedule=constant", "data.synthetic.samples=32", "task.matching_block=4",
                             "eval.tasks=[]",           "parallel.threads=1",        "log.tensorboard=false",
                             "model.text.layers=1",     "model.text.moe_every=1",    "model.text.dim=32",
                             "model.text.ffn_dim=32",   "model.vision.layers=1",     "model.vision.dim=32",
                             "model.vision.ffn_dim=32", "model.fusion.dim=32",       "model.moe.experts=4",
                             "model.moe.hidden_dim=16", "model.embed_dim=16"};
    for (const QString& override : all + overrides) words << "--set" << override;
    return words;
}

/// What tests/faults/fault_shim.cpp is told, and what it wrote down.
class Faults {
public:
    /// Files in `folder` hold the counter and the log. `plan`: FAULT_AT, FAULT_CALLS, ...
    Faults(const QString& folder, const QString& under, QMap<QString, QString> plan) : log_(folder + "/calls.log") {
        QFile::remove(log_);
        QFile counter(folder + "/calls.counter");
        if (counter.open(QIODevice::WriteOnly)) counter.write(QByteArray(8, '\0'));
        environment_ = std::move(plan);
        environment_["FAULT_UNDER"] = under;
        environment_["FAULT_LOG"] = log_;
        environment_["FAULT_COUNTER"] = counter.fileName();
        environment_["LD_PRELOAD"] = QStringLiteral(SWITCHYARD_BUILD_DIR "/tests/libfault_shim.so");
    }
    const QMap<QString, QString>& environment() const { return environment_; }

    struct Call {
        qint64 number = 0;
        bool hit = false;
        QString name, path;
    };
    /// In the order of their numbers.
    QList<Call> calls() const {
        QFile file(log_);
        QList<Call> calls;
        if (!file.open(QIODevice::ReadOnly)) return calls;
        for (const QByteArray& line : file.readAll().split('\n')) {
            const QList<QByteArray> words = line.split(' ');
            if (words.size() == 4) calls << Call{words[0].toLongLong(), words[1] == "hit", words[2], words[3]};
        }
        std::sort(calls.begin(), calls.end(), [](const Call& a, const Call& b) { return a.number < b.number; });
        return calls;
    }
    QList<Call> hits() const {
        QList<Call> hits;
        for (const Call& call : calls()) {
            if (call.hit) hits << call;
        }
        return hits;
    }

private:
    QString log_;
    QMap<QString, QString> environment_;
};

/// Names of the checkpoint folders of a run, oldest first.
inline QStringList checkpointsOf(const QString& run_dir) {
    return QDir(run_dir + "/checkpoints").entryList({"step-*"}, QDir::Dirs, QDir::Name);
}
/// Whatever else lies beside them.
inline QStringList leftovers(const QString& run_dir) {
    QStringList names;
    const QDir folder(run_dir + "/checkpoints");
    for (const QString& name :
         folder.entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot)) {
        if (!name.startsWith("step-")) names << name;
    }
    return names;
}

inline QJsonObject deepCheck(const QString& checkpoint) {
    return cli({"ckpt", "verify", checkpoint, "--deep", "--json"}).json();
}
/// The problem of the first checkpoint that is not whole; "" when all are.
inline QString brokenCheckpoint(const QString& run_dir) {
    for (const QString& name : checkpointsOf(run_dir)) {
        const QJsonObject report = deepCheck(run_dir + "/checkpoints/" + name);
        if (!report["ok"].toBool()) return name + ": " + QJsonDocument(report).toJson(QJsonDocument::Compact);
    }
    return {};
}

/// Weights and moments of a checkpoint, all ranks, by file name.
inline QMap<QString, QByteArray> tensorFiles(const QString& checkpoint) {
    QMap<QString, QByteArray> files;
    for (const QString& name : QDir(checkpoint).entryList({"*.safetensors"}, QDir::Files)) {
        QFile file(checkpoint + "/" + name);
        if (file.open(QIODevice::ReadOnly)) files[name] = file.readAll();
    }
    return files;
}

/// The warnings of a run's record.
inline QStringList warningsOf(const QString& run_dir) {
    QStringList warnings;
    QFile log(run_dir + "/logs/supervisor.log");
    if (!log.open(QIODevice::ReadOnly)) return warnings;
    for (const QByteArray& line : log.readAll().split('\n')) {
        if (line.contains(" W ")) warnings << QString::fromUtf8(line);
    }
    return warnings;
}

/// Waits until the ranks of a run whose supervisor was killed are gone too.
inline bool ranksAreGone(const QString& run_dir) {
    QFile file(run_dir + "/supervisor.json");
    if (!file.open(QIODevice::ReadOnly)) return true;
    const QJsonArray pids = QJsonDocument::fromJson(file.readAll()).object()["rank_pids"].toArray();
    const auto alive = [&] {
        return std::any_of(pids.begin(), pids.end(), [](const QJsonValue& pid) {
            QFile stat(QString("/proc/%1/stat").arg(pid.toInteger()));
            if (!stat.open(QIODevice::ReadOnly)) return false;
            const QByteArray text = stat.readAll();
            return text.mid(text.lastIndexOf(')') + 2, 1) != "Z";
        });
    };
    return QTest::qWaitFor([&] { return !alive(); }, 5000);
}

}  // namespace switchyard::test
