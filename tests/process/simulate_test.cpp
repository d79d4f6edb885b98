// SPDX-License-Identifier: MIT
// `switchyard simulate` against real trainings of 1, 2 and 4 ranks: collectives exactly, memory within 5 %. With
// SWITCHYARD_ALL_SIMULATIONS=1 all cases of plan/simulated.json, not only the quick ones; with
// SWITCHYARD_SIMULATION_TABLE=FILE the results as a table between FILE's markers (docs/planning.md).
#include <QDate>
#include <QtTest>

#include "process/plan/layouts.h"
#include "support/config_trainings.h"
#include "support/document_table.h"

using switchyard::test::cli;
using switchyard::test::keysOf;
using switchyard::test::Outcome;
using switchyard::test::planFile;
using switchyard::test::shippedConfig;
using switchyard::test::simulatedLayouts;
using switchyard::test::simulating;
using switchyard::test::writeTableRows;

namespace {

constexpr double kMiB = 1 << 20;
constexpr int kSteps = 3;

/// Collectives by what they are, "all_reduce gradients 2", with their count and bytes.
using Exchanged = std::pair<double, double>;
using Collectives = QMap<QString, Exchanged>;

Collectives collectivesIn(const QJsonArray& list) {
    Collectives found;
    for (const QJsonValue& of : list) {
        const QString key =
            QString("%1 %2 %3").arg(of["op"].toString(), of["name"].toString()).arg(of["ranks"].toInt());
        found[key] = {of["count"].toDouble(), of["bytes"].toDouble()};
    }
    return found;
}

void add(Collectives* sums, const Collectives& more) {
    for (auto it = more.begin(); it != more.end(); ++it) {
        (*sums)[it.key()].first += it->first;
        (*sums)[it.key()].second += it->second;
    }
}

/// What differs, in words; empty = nothing. A fraction of a byte a rank is lost to rounding where rows are means.
QString difference(const Collectives& simulated, const Collectives& counted, double rounding) {
    QStringList words;
    for (const QString& key : simulated.keys() + counted.keys()) {
        const Exchanged one = simulated.value(key), other = counted.value(key);
        if (one.first == other.first && std::abs(one.second - other.second) <= rounding) continue;
        words << QString("%1: simulated %2 x, %3 bytes, counted %4 x, %5 bytes")
                     .arg(key)
                     .arg(one.first)
                     .arg(one.second, 0, 'f', 0)
                     .arg(other.first)
                     .arg(other.second, 0, 'f', 0);
    }
    words.removeDuplicates();
    return words.join('\n');
}

}  // namespace

class SimulateTest : public switchyard::test::ConfigTrainings {
    Q_OBJECT
    QTemporaryDir cache_;
    QStringList rows_;

    QJsonArray countedBy(int rank) const {
        QFile file(temp_.filePath(QString("run/logs/traffic-%1.json").arg(rank)));
        if (!file.open(QIODevice::ReadOnly)) return {};
        const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
        return object["steps"].toInt() == kSteps ? object["collectives"].toArray() : QJsonArray();
    }
    /// The group that a rank is in.
    static QJsonObject groupOf(const QJsonObject& simulation, int rank) {
        for (const QJsonValue& group : simulation["rank_groups"].toArray())
            if (group["ranks"].toArray().contains(rank)) return group.toObject();
        return {};
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CACHE_HOME", cache_.path().toUtf8());
        writeConfig(QString::fromUtf8(planFile("base.yaml")));
    }
    void cleanupTestCase() {
        QVERIFY(writeTableRows("SWITCHYARD_SIMULATION_TABLE", "simulated",
                               QString("Compared on %1:\n\n| layout | collectives a step of a rank | simulated, MiB | "
                                       "measured, MiB | difference |\n|---|--:|--:|--:|--:|\n")
                                   .arg(QDate::currentDate().toString(Qt::ISODate)),
                               rows_));
    }

    void theFieldsThatScriptsReadAreThere() {
        const Outcome outcome = cli(simulating(shippedConfig("base.yaml"), 4,
                                               {"--hardware", "h100-sxm", "--ranks-per-node", "2", "--steps", "2"}));
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const QJsonObject simulation = outcome.json();
        QCOMPARE(simulation["ranks"].toInt(), 4);
        QCOMPARE(simulation["ranks_per_node"].toInt(), 2);
        const QJsonObject group = simulation["rank_groups"].toArray()[0].toObject();
        QCOMPARE(group["ranks"].toArray().size(), 4);  // of fsdp all ranks are alike
        QVERIFY(group["peak_at"].toString().startsWith("backward of "));
        double sum = 0;
        for (const QJsonValue& part : group["at_peak"].toObject()) sum += part.toDouble();
        QVERIFY(std::abs(sum - group["peak_bytes"].toDouble()) < 16);
        QCOMPARE(simulation["peak_bytes"].toDouble(), group["peak_bytes"].toDouble());
        QVERIFY(group["peak_bytes"].toDouble() > 1024 * kMiB);
        // A step gathers the weights of 1.28 billion numbers twice and cuts their gradients into shares once.
        const Collectives found = collectivesIn(group["collectives"].toArray());
        const double weights = 2 * 2 * 4.0 * 1.28e9, gradients = 2 * 4.0 * 1.28e9;
        QVERIFY(std::abs(found["all_gather weights 4"].second / weights - 1) < 0.1);
        QVERIFY(std::abs(found["reduce_scatter gradients 4"].second / gradients - 1) < 0.1);
        QCOMPARE(found["all_reduce step_agreement 4"].first, 2.0);
        QVERIFY(simulation["links"].toObject()["same_node_bytes_per_step"].toDouble() > 1e9);
        QVERIFY(simulation["links"].toObject()["other_nodes_bytes_per_step"].toDouble() > 1e9);
        const QJsonObject time = simulation["time"].toObject();
        double parts = -time["hidden_exchange_s"].toDouble();
        for (const char* part : {"products_s", "memory_s", "operations_s", "update_s", "exchange_s"}) {
            QVERIFY(time[part].toDouble() > 0);
            parts += time[part].toDouble();
        }
        QVERIFY(std::abs(parts - time["step_s"].toDouble()) < 1e-9);
        QVERIFY(simulation["fits"].toBool());
        const Outcome text = cli({"simulate", "--config", shippedConfig("base.yaml"), "--ranks", "4"});
        QCOMPARE(text.code, 0);
        QVERIFY(text.out.contains("rank 0-3") && text.out.contains("reduce_scatter"));
        QVERIFY(!text.out.contains("fullest experts' share"));
    }

    void batchesAreRaisedToBeSharedOut() {
        const Outcome outcome = cli(simulating(shippedConfig("base.yaml"), 64));
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        QVERIFY(outcome.out.contains("train.global_batch is raised from 8 to 256"));
    }

    /// The large model on many ranks, within 2 GiB of address space.
    void theLargeModelNeedsNoLargeMachine() {
        for (const int ranks : {64, 1024}) {
            QProcess shell;
            shell.start("/bin/sh", {"-c", QString("ulimit -v 2097152; exec %1 simulate --config %2 --ranks %3 --json "
                                                  "--hardware a100-80gb")
                                              .arg(switchyard::test::binary("switchyard"), shippedConfig("large.yaml"))
                                              .arg(ranks)});
            QVERIFY(shell.waitForFinished(120'000));
            QVERIFY2(shell.exitCode() == 0, shell.readAllStandardError().constData());
            const QJsonObject simulation = QJsonDocument::fromJson(shell.readAllStandardOutput()).object();
            const double weights = simulation["rank_groups"].toArray()[0].toObject()["weights_bytes"].toDouble();
            // 13 billion parameters' shares and units that were fetched.
            QVERIFY(weights > 4 * 13.0e9 / ranks && weights < 80.0 * 1024 * kMiB);
            QVERIFY(simulation["links"].toObject()["other_nodes_bytes_per_step"].toDouble() > 0);
        }
    }

    void badRequestsAreRefused() {
        const QString smoke = shippedConfig("smoke.yaml");
        QCOMPARE(cli(simulating(smoke, 0)).code, 2);
        QCOMPARE(cli({"simulate", "--config", smoke}).code, 2);
        QCOMPARE(cli(simulating(smoke, 3, {"--set", "parallel.expert=2"})).code, 78);
        QCOMPARE(cli(simulating("/nowhere.yaml", 2)).code, 78);
        const Outcome profile = cli(simulating(smoke, 2, {"--hardware", "abacus"}));
        QCOMPARE(profile.code, 78);
        QVERIFY(profile.err.contains("h100-sxm"));
        QCOMPARE(cli(simulating(smoke, 2, {"--routing", "/nowhere"})).code, 2);
    }

    /// What doctor measures here, simulate reads.
    void thisMachineIsMeasured() {
        const QString profile = temp_.filePath("here.yaml");
        const Outcome measured = cli({"doctor", "--profile", profile, "--json"}, 300'000);
        QVERIFY2(measured.code == 0, measured.err.constData());
        QVERIFY(measured.json()["device"].toObject()["memory_gb_per_s"].toDouble() > 0);
        QVERIFY(measured.json()["links"].toObject()["latency_us"].toDouble() > 0);
        const Outcome outcome = cli(simulating(shippedConfig("smoke.yaml"), 2, {"--hardware", profile}));
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        QVERIFY(outcome.json()["time"].toObject()["step_s"].toDouble() > 0);
        QVERIFY(outcome.json()["time"].toObject()["hardware"].toString().startsWith("this machine"));
    }

    void trainings_data() {
        QTest::addColumn<QJsonObject>("of");
        const bool all = qEnvironmentVariableIsSet("SWITCHYARD_ALL_SIMULATIONS");
        for (const QJsonValue& of : simulatedLayouts()) {
            if (all || of.toObject()["ci"].toBool())
                QTest::newRow(qPrintable(of.toObject()["name"].toString())) << of.toObject();
        }
    }

    /// Every rank exchanges what its simulated one does, and the fullest takes what the fullest simulated one takes.
    void trainings() {
        QFETCH(QJsonObject, of);
        const int ranks = of["ranks"].toInt(1);
        const QStringList keys = keysOf(of, kSteps);
        QStringList sets;
        for (const QString& key : keys) sets << "--set" << key;
        QDir(temp_.filePath("run")).removeRecursively();
        const Outcome trained = cli(training("run", keys) + QStringList{"--ranks", QString::number(ranks)}, 600'000);
        QVERIFY2(trained.code == 0, trained.err.constData());
        const Outcome outcome =
            cli(simulating(temp_.filePath("config.yaml"), ranks,
                           sets + QStringList{"--steps", QString::number(kSteps), "--routing", temp_.filePath("run")}));
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const QJsonObject simulation = outcome.json();

        Collectives simulated, counted;
        double calls = 0;
        for (int rank = 0; rank < ranks; ++rank) {
            const QJsonArray own = countedBy(rank);
            QVERIFY2(!own.isEmpty(), qPrintable(QString("rank %1 has counted nothing").arg(rank)));
            Collectives one = collectivesIn(groupOf(simulation, rank)["collectives"].toArray()),
                        other = collectivesIn(own);
            add(&simulated, one);
            add(&counted, other);
            for (const Exchanged& exchanged : std::as_const(other)) calls += exchanged.first;
            // How many rows a rank sends to experts is recorded for groups of ranks together.
            one.removeIf([](auto it) { return it.key().startsWith("all_to_all") && !it.key().contains(".counts"); });
            other.removeIf([](auto it) { return it.key().startsWith("all_to_all") && !it.key().contains(".counts"); });
            const QString wrong = difference(one, other, 0);
            QVERIFY2(wrong.isEmpty(), qPrintable(QString("rank %1:\n%2").arg(rank).arg(wrong)));
        }
        const QString wrong = difference(simulated, counted, ranks);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));

        const double peak = simulation["peak_bytes"].toDouble(), measured = metric("run", "memory/peak_bytes");
        const double off = peak / measured - 1;
        qInfo("simulated %.1f MiB, measured %.1f MiB, %+.1f %%", peak / kMiB, measured / kMiB, 100 * off);
        rows_ << QString("| %1 | %2 | %3 | %4 | %5 % |")
                     .arg(QString::fromUtf8(QTest::currentDataTag()))
                     .arg(calls / ranks / kSteps, 0, 'f', 1)
                     .arg(peak / kMiB, 0, 'f', 0)
                     .arg(measured / kMiB, 0, 'f', 0)
                     .arg((off < 0 ? QString::fromUtf8("−") : QString("+")) +
                          QString::number(std::abs(100 * off), 'f', 1));
        QVERIFY2(std::abs(off) <= 0.05, qPrintable(rows_.last()));
    }
};

QTEST_GUILESS_MAIN(SimulateTest)
#include "simulate_test.moc"
