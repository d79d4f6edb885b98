// SPDX-License-Identifier: MIT
// Runs the built programs the way a person does, and keeps what they said.
#pragma once

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>

namespace switchyard::test {

struct Outcome {
    int code = -1;
    QByteArray out, err;
    qint64 elapsed_ms = 0;
    QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    QJsonArray jsonArray() const { return QJsonDocument::fromJson(out).array(); }
    /// Non-empty lines of stderr.
    QList<QByteArray> errorLines() const {
        QList<QByteArray> lines;
        for (const QByteArray& line : err.split('\n')) {
            if (!line.trimmed().isEmpty()) lines.append(line);
        }
        return lines;
    }
};

inline QString binary(const QString& name) { return QStringLiteral(SWITCHYARD_BIN_DIR "/") + name; }
inline QString shippedConfig(const QString& name) { return QStringLiteral(SWITCHYARD_SOURCE_DIR "/configs/") + name; }

/// The interpreter that installer/setup.sh --tests puts beside the other downloads.
inline QString peerPython() {
    const QString cache = qEnvironmentVariable("XDG_CACHE_HOME", QDir::homePath() + "/.cache");
    return cache + "/switchyard/peers/bin/python";
}

/// Where `switchyard data import` puts its pictures: the XDG data folder.
inline QString importedData() {
    const QString xdg = qEnvironmentVariable("XDG_DATA_HOME", QDir::homePath() + "/.local/share");
    return xdg + "/switchyard/data/demo";
}

inline Outcome runProgram(const QString& name, const QStringList& arguments, int timeout_ms = 120'000,
                          const QMap<QString, QString>& environment = {}) {
    QProcess process;
    QProcessEnvironment env = QProcessEnvironment::systemEnvironment();
    for (auto it = environment.begin(); it != environment.end(); ++it) env.insert(it.key(), it.value());
    process.setProcessEnvironment(env);
    QElapsedTimer timer;
    timer.start();
    process.start(binary(name), arguments);
    Outcome outcome;
    if (!process.waitForFinished(timeout_ms)) {
        process.kill();
        process.waitForFinished();
        outcome.err = "timed out: " + process.readAllStandardError();
        return outcome;
    }
    outcome.elapsed_ms = timer.elapsed();
    outcome.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 1000;
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

inline Outcome cli(const QStringList& arguments, int timeout_ms = 120'000,
                          const QMap<QString, QString>& environment = {}) {
    return runProgram(QStringLiteral("switchyard"), arguments, timeout_ms, environment);
}

}  // namespace switchyard::test
