// SPDX-License-Identifier: MIT
// A short training that every launcher of ranks has to end with the same weights.
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>
#include <QStringList>

#include "support/program.h"

namespace switchyard::test {

inline QString torchrunProgram() {
    const QString cache = qEnvironmentVariable("XDG_CACHE_HOME", QDir::homePath() + "/.cache");
    return cache + "/switchyard/peers/bin/torchrun";
}

/// `switchyard train` by our supervisor: 6 steps, sharded, experts shared out over pairs of ranks.
inline QStringList launchedRun(const QString& run_dir, int ranks) {
    QStringList words = {"train", "--config", shippedConfig("smoke.yaml"), "--run-dir",
                         run_dir, "--ranks",  QString::number(ranks)};
    for (const char* set : {"parallel.shard=fsdp", "parallel.expert=2", "parallel.threads=1", "train.steps=6",
                            "optim.warmup_steps=2", "data.synthetic.samples=64", "train.global_batch=32",
                            "task.matching_block=8", "eval.tasks=[]", "log.every=1"})
        words << "--set" << set;
    return words;
}

/// A run folder with what a rank needs, from the reference run.
inline QString preparedRun(const QString& reference, const QString& run) {
    QDir().mkpath(run + "/logs");
    QDir().mkpath(run + "/checkpoints");
    for (const char* file : {"/config.resolved.yaml", "/tokenizer.model"}) QFile::copy(reference + file, run + file);
    return run;
}

/// Weights and moments at the end, of all ranks; empty when one is missing.
inline QByteArray launchedWeights(const QString& run, int ranks) {
    QByteArray all;
    for (int rank = 0; rank < ranks; ++rank) {
        for (const char* part : {"model", "optim"}) {
            QFile file(QString("%1/checkpoints/step-00000006/%2.r%3-of-%4.safetensors")
                           .arg(run, part)
                           .arg(rank, 3, 10, QChar('0'))
                           .arg(ranks, 3, 10, QChar('0')));
            if (!file.open(QIODevice::ReadOnly)) return {};
            all += file.readAll();
        }
    }
    return all;
}

}  // namespace switchyard::test
