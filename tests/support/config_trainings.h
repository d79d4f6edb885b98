// SPDX-License-Identifier: MIT
// What tests of trainings of one configuration file share: a folder of their own, the command line, what was recorded.
#pragma once

#include <QFile>
#include <QObject>
#include <QTemporaryDir>
#include <QtTest>

#include "support/program.h"
#include "support/training.h"

namespace switchyard::test {

class ConfigTrainings : public QObject {
protected:
    QTemporaryDir temp_;

    void writeConfig(const QString& text) {
        QFile config(temp_.filePath("config.yaml"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(text.toUtf8());
    }
    QStringList training(const QString& run, const QStringList& keys = {}) const {
        QStringList arguments = {"train", "--config", temp_.filePath("config.yaml"), "--run-dir", temp_.filePath(run)};
        for (const QString& key : keys) arguments << "--set" << key;
        return arguments;
    }
    Outcome train(const QString& run, const QStringList& keys = {}, const QStringList& options = {}) const {
        const Outcome outcome = cli(training(run, keys) + options);
        if (outcome.code != 0) qWarning("%s", outcome.err.constData());
        return outcome;
    }
    /// The newest value; -9 = none was recorded.
    double metric(const QString& run, const QString& tag) const {
        const QJsonArray rows = cli({"runs", "metrics", temp_.filePath(run), "--tag", tag, "--json"}).jsonArray();
        return rows.isEmpty() ? -9 : rows.last()["value"].toDouble();
    }
};

}  // namespace switchyard::test
