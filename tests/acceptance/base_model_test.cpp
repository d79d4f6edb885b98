// SPDX-License-Identifier: MIT
// configs/base.yaml, 1.28 billion parameters, really trains on this machine: on one rank, and on two with its experts
// shared out. Needs 21 GiB of memory and 16 GB of disk.
#include <QTemporaryDir>
#include <QtTest>
#include <vector>

#include "support/program.h"

using namespace switchyard::test;

namespace {

struct Run {
    std::vector<double> losses;
    double slowest_s = 0, peak_gib = 0;
};

}  // namespace

class BaseModelTest : public QObject {
    Q_OBJECT
    std::vector<double> one_rank_;

    /// Five updates on the same eight samples.
    static Run train(int ranks) {
        QTemporaryDir folder;
        QStringList words = {"train",     "--json", "--config",  shippedConfig("base.yaml"),
                             "--run-dir", folder.filePath("run"), "--ranks", QString::number(ranks),
                             "--set",     "data.synthetic.samples=8", "--set", "data.synthetic.eval_samples=8"};
        if (ranks > 1) words << "--set" << QString("parallel.expert=%1").arg(ranks);
        const Outcome outcome = cli(words, 1'200'000);
        Run run;
        if (outcome.code != 0) {
            qWarning() << outcome.err;
            return run;
        }
        for (const QByteArray& line : outcome.out.split('\n')) {
            const QJsonObject event = QJsonDocument::fromJson(line).object();
            if (event["event"].toString() != "step") continue;
            run.losses.push_back(event["loss/total"].toDouble());
            run.slowest_s = std::max(run.slowest_s, event["perf/step_ms"].toDouble() / 1e3);
            run.peak_gib = std::max(run.peak_gib, event["memory/peak_bytes"].toDouble() / (1 << 30));
        }
        qInfo() << ranks << "ranks: losses" << run.losses << "slowest update" << run.slowest_s << "s, peak"
                << run.peak_gib << "GiB";
        return run;
    }

private Q_SLOTS:
    void fiveUpdatesOnOneRank() {
        const Run run = train(1);
        QCOMPARE(run.losses.size(), std::size_t{5});
        for (const double loss : run.losses) QVERIFY(std::isfinite(loss));
        QVERIFY2(run.losses.back() < 0.9 * run.losses.front(), "the loss does not fall");
        QVERIFY2(run.slowest_s < 60, QByteArray::number(run.slowest_s));
        QVERIFY2(run.peak_gib < 21, QByteArray::number(run.peak_gib));
        one_rank_ = run.losses;
    }

    void theSameOnTwoRanks() {
        const Run run = train(2);
        QCOMPARE(run.losses.size(), std::size_t{5});
        for (std::size_t i = 0; i < run.losses.size(); ++i) {
            QVERIFY2(std::abs(run.losses[i] - one_rank_.at(i)) < 1e-3 * one_rank_.at(i),
                     QByteArray::number(run.losses[i]));
        }
        QVERIFY2(run.slowest_s < 60, QByteArray::number(run.slowest_s));
        QVERIFY2(2 * run.peak_gib < 21, QByteArray::number(run.peak_gib));
    }
};

QTEST_GUILESS_MAIN(BaseModelTest)
#include "base_model_test.moc"
