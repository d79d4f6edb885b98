// SPDX-License-Identifier: MIT
// The layouts in which simulations are held against trainings.
#pragma once

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace switchyard::test {

inline QByteArray planFile(const QString& name) {
    QFile file(QStringLiteral(SWITCHYARD_SOURCE_DIR "/tests/process/plan/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline QJsonArray simulatedLayouts() {
    return QJsonDocument::fromJson(planFile("simulated.json")).array();
}

/// Keys of a training of one of them that records each of its steps.
inline QStringList keysOf(const QJsonObject& layout, int steps) {
    QStringList keys = {"log.every=1", QString("train.steps=%1").arg(steps)};
    for (const QJsonValue& set : layout["set"].toArray()) keys << set.toString();
    return keys;
}

/// Arguments of `switchyard simulate`.
inline QStringList simulating(const QString& config, int ranks, const QStringList& more = {}) {
    return QStringList{"simulate", "--config", config, "--ranks", QString::number(ranks), "--json"} + more;
}

}  // namespace switchyard::test
