// SPDX-License-Identifier: MIT
// A run's event files as TensorBoard's own reader (PyPI tensorboard) loads them, against the run's database: every
// record, every checksum, every value, with the run stopped half-way and resumed. The reader is
// tests/reference/tensorboard_events.py.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <map>

#include "core/base/runs/run_db.h"
#include "support/training.h"

using namespace switchyard;
using namespace switchyard::test;

namespace {

QStringList set(const QStringList& values) {
    QStringList words;
    for (const QString& value : values) words << "--set" << value;
    return words;
}

/// step to value as the database has it, the last one of a step.
std::map<QString, std::map<qint64, double>> recorded(const QString& run_dir) {
    runs::RunDbReader reader((run_dir + "/run.db").toStdString());
    std::int64_t cursor = 0;
    std::map<QString, std::map<qint64, double>> tags;
    for (const runs::Metric& metric : reader.allMetrics(&cursor))
        tags[QString::fromStdString(metric.tag)][metric.step] = metric.value;
    return tags;
}

/// A number, or the words nan, inf and -inf; anything else is a number that no record holds.
double valueOf(const QJsonValue& value) {
    constexpr double kNone = -1.25e300;
    bool good = false;
    const double word = value.toString().toDouble(&good);
    return !value.isString() ? value.toDouble(kNone) : good ? word : kNone;
}

}  // namespace

class TensorboardTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    QJsonObject read(const QString& run_dir) {
        QProcess process;
        process.start(peerPython(),
                      {"-W", "ignore", QStringLiteral(SWITCHYARD_SOURCE_DIR "/tests/reference/tensorboard_events.py"),
                       run_dir + "/tb"});
        if (!process.waitForFinished(120'000) || process.exitCode() != 0) {
            qWarning("%s", process.readAllStandardError().constData());
            return {};
        }
        return QJsonDocument::fromJson(process.readAllStandardOutput().trimmed().split('\n').last()).object();
    }

    /// Every scalar that TensorBoard has is the database's, rounded to 32 bits, and the other way round.
    void compareScalars(const QString& run_dir, const QJsonObject& theirs) {
        const auto ours = recorded(run_dir);
        const QJsonObject scalars = theirs["scalars"].toObject();
        QStringList names;
        for (const auto& [tag, values] : ours) names << tag;
        QStringList shown = scalars.keys();
        names.sort();
        shown.sort();
        QCOMPARE(shown, names);
        for (const auto& [tag, values] : ours) {
            const QJsonArray list = scalars[tag].toArray();
            QCOMPARE(static_cast<std::size_t>(list.size()), values.size());
            qsizetype at = 0;
            for (const auto& [step, value] : values) {
                const QJsonArray row = list[at++].toArray();
                QCOMPARE(row[0].toInteger(), step);
                const auto rounded = static_cast<double>(static_cast<float>(value));
                const double found = valueOf(row[1]);
                QVERIFY2(found == rounded || (std::isnan(found) && std::isnan(rounded)),
                         qPrintable(QString("%1 at step %2: %3, not %4").arg(tag).arg(step).arg(found).arg(rounded)));
            }
        }
    }

    /// Each histogram's bars are the expert loads of that step; the tenth record of ten and the last have one.
    void compareHistograms(const QString& run_dir, const QJsonObject& theirs, qint64 last) {
        std::map<QString, std::map<qint64, std::vector<std::int32_t>>> ours;
        runs::RunDbReader reader((run_dir + "/run.db").toStdString());
        std::int64_t cursor = 0;
        for (const runs::ExpertLoad& load : reader.expertLoads(&cursor)) {
            const QString tag = QString("moe/%1/load_%2").arg(load.layer.c_str(), load.modality.c_str());
            if (load.step % 10 == 0 || load.step == last) ours[tag][load.step] = load.counts;
        }
        const QJsonObject histograms = theirs["histograms"].toObject();
        QVERIFY(ours.size() >= 2);
        QCOMPARE(static_cast<std::size_t>(histograms.size()), ours.size());
        for (const auto& [tag, steps] : ours) {
            const QJsonArray list = histograms[tag].toArray();
            QCOMPARE(static_cast<std::size_t>(list.size()), steps.size());
            qsizetype at = 0;
            for (const auto& [step, counts] : steps) {
                const QJsonArray row = list[at++].toArray();
                QCOMPARE(row[0].toInteger(), step);
                const QJsonArray bars = row[1].toArray();
                QCOMPARE(static_cast<std::size_t>(bars.size()), counts.size());
                for (std::size_t i = 0; i < counts.size(); ++i) {
                    const QJsonArray bar = bars[static_cast<qsizetype>(i)].toArray();
                    QCOMPARE(bar[0].toDouble(), static_cast<double>(i));
                    QCOMPARE(bar[1].toDouble(), static_cast<double>(i + 1));
                    QCOMPARE(bar[2].toDouble(), static_cast<double>(counts[i]));
                }
            }
        }
    }

private Q_SLOTS:
    void initTestCase() {
        QProcess probe;
        probe.start(peerPython(), {"-c", "import tensorboard.backend.event_processing.event_accumulator"});
        if (!probe.waitForFinished(120'000) || probe.exitCode() != 0)
            QSKIP("TensorBoard's Python package is not there: bash installer/setup.sh --tests");
    }

    void everythingIsThereAndEqual() {
        const QString run = temp_.filePath("run");
        const QStringList common = set({"log.every=1", "checkpoint.every=10", "checkpoint.keep=9"});
        const Outcome first = cli(endlessRun(run, 1) + common + set({"train.steps=34"}), 200'000);
        QVERIFY2(first.code == 0, first.err);
        QJsonObject theirs = read(run);
        QCOMPARE(theirs["files"].toObject().size(), 1);
        compareScalars(run, theirs);
        compareHistograms(run, theirs, 34);
        if (QTest::currentTestFailed()) return;
        // Resumed from step 20, fourteen recorded steps earlier: they are recorded anew and stand there once. Names
        // of event files hold the second: the next one must sort behind the first.
        QTest::qWait(1100);
        const Outcome again =
            cli(endlessRun(run, 1) + common + set({"train.steps=50"}) + QStringList{"--resume", checkpointOf(run, 20)},
                200'000);
        QVERIFY2(again.code == 0, again.err);
        theirs = read(run);
        const QJsonObject files = theirs["files"].toObject();
        QCOMPARE(files.size(), 2);
        qint64 records = 0;
        for (const QJsonValue file : files) {
            QCOMPARE(file["left_over"].toInt(-1), 0);
            records += file["records"].toInteger();
        }
        compareScalars(run, theirs);
        compareHistograms(run, theirs, 50);
        if (QTest::currentTestFailed()) return;
        QCOMPARE(theirs["scalars"].toObject()["loss/total"].toArray().size(), 50);
        qInfo("%lld records in 2 files, %lld tags of scalars", static_cast<long long>(records),
              static_cast<long long>(theirs["scalars"].toObject().size()));
        // The configuration of each start, as the run folder has it.
        const QJsonArray texts = theirs["texts"].toObject()["config"].toArray();
        QCOMPARE(texts.size(), 2);
        QFile resolved(run + "/config.resolved.yaml");
        QVERIFY(resolved.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(resolved.readAll());
        QVERIFY(text.contains("steps: 50"));
        QCOMPARE(texts[1].toArray()[1].toString(), "```yaml\n" + text + "```\n");
        QCOMPARE(texts[0].toArray()[0].toInteger(), 0);
        QCOMPARE(texts[1].toArray()[0].toInteger(), 20);
    }

    void aDamagedRecordIsNoticed() {
        // The test's own reader must see what it is there to see.
        const QString run = temp_.filePath("damaged");
        const Outcome trained = cli(endlessRun(run, 1) + set({"log.every=1", "train.steps=3"}), 200'000);
        QVERIFY2(trained.code == 0, trained.err);
        QVERIFY(!read(run).isEmpty());
        const QString name = QDir(run + "/tb").entryList(QDir::Files).first();
        QFile file(run + "/tb/" + name);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(file.size() / 2));
        char byte = 0;
        QCOMPARE(file.peek(&byte, 1), 1);
        byte = static_cast<char>(byte ^ 4);
        QCOMPARE(file.write(&byte, 1), 1);
        file.close();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression("DataLossError|out of range|truncated"));
        QVERIFY(read(run).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TensorboardTest)
#include "tensorboard_test.moc"
