// SPDX-License-Identifier: MIT
// `switchyard plan`: what it prints, what it refuses, and its peak against that of real trainings. With
// SWITCHYARD_ALL_PLANS=1 all cases of plan/cases.json, not only the quick ones; with SWITCHYARD_PLAN_TABLE=FILE the
// results as a table between FILE's markers (docs/planning.md).
#include <QDate>
#include <QImage>
#include <QRandomGenerator>
#include <QtTest>

#include "support/config_trainings.h"
#include "support/document_table.h"

using switchyard::test::cli;
using switchyard::test::Outcome;
using switchyard::test::shippedConfig;

namespace {

constexpr double kMiB = 1 << 20;

QString planFile(const QString& name) {
    return QStringLiteral(SWITCHYARD_SOURCE_DIR "/tests/process/plan/") + name;
}

QStringList planning(const QString& config, const QStringList& more = {}) {
    return QStringList{"plan", "--config", config, "--json"} + more;
}

}  // namespace

class PlanTest : public switchyard::test::ConfigTrainings {
    Q_OBJECT
    QTemporaryDir cache_;
    QStringList rows_;

    void writeTables() {
        QRandomGenerator draw(1);
        const QStringList words = QString(
                                      "the a film book song meal trip was great lovely fine awful dull poor and we all "
                                      "saw it in town with our friends "
                                      "before long evening rain")
                                      .split(' ');
        const auto sentence = [&](int least, int most) {
            QStringList chosen;
            for (int i = least + draw.bounded(most - least + 1); i > 0; --i)
                chosen << words[draw.bounded(static_cast<int>(words.size()))];
            return chosen.join(' ');
        };
        QFile mood(temp_.filePath("mood.tsv")), same(temp_.filePath("same.tsv"));
        QVERIFY(mood.open(QIODevice::WriteOnly) && same.open(QIODevice::WriteOnly));
        mood.write("sentence\tlabel\n");
        same.write("index\tsentence1\tsentence2\tlabel\n");
        for (int i = 0; i < 400; ++i) {
            mood.write(QString("%1\t%2\n").arg(sentence(5, 60)).arg(draw.bounded(2)).toUtf8());
            same.write(
                QString("%1\t%2\t%3\t%4\n")
                    .arg(i)
                    .arg(sentence(5, 25), sentence(5, 25), draw.bounded(2) == 1 ? "entailment" : "not_entailment")
                    .toUtf8());
        }
    }

    void writeQuestions() {
        QRandomGenerator draw(2);
        QFile rows(temp_.filePath("questions.jsonl"));
        QVERIFY(rows.open(QIODevice::WriteOnly));
        for (int i = 0; i < 100; ++i) {
            QImage image(32, 32, QImage::Format_RGB32);
            const QString colour = QStringList{"red", "green", "blue"}[draw.bounded(3)];
            image.fill(QColor(colour));
            const QString file = QString("picture-%1.png").arg(i);
            QVERIFY(image.save(temp_.filePath(file)));
            rows.write(
                QString("{\"image\": \"%1\", \"question\": \"what colour is the square?\", \"answer\": \"%2\"}\n")
                    .arg(file, colour)
                    .toUtf8());
            rows.write(QString("{\"image\": \"%1\", \"question\": \"is the square red?\", \"answer\": \"%2\"}\n")
                           .arg(file, colour == "red" ? "yes" : "no")
                           .toUtf8());
        }
    }

    /// The case's configuration with the test's own data. @return its file
    QString configOf(const QJsonObject& of) {
        const QString data = of["data"].toString();
        QFile from(planFile((data.isEmpty() ? QString("base") : data) + ".yaml"));
        if (!from.open(QIODevice::ReadOnly)) return {};
        writeConfig(QString::fromUtf8(from.readAll()).replace("root: DATA", "root: " + temp_.path()));
        return temp_.filePath("config.yaml");
    }

    /// Of the rank's log: "390402 parameters, 512 samples, ..."
    double parametersIn(const QString& run) const {
        for (const QFileInfo& log : QDir(temp_.filePath(run + "/logs")).entryInfoList({"rank-0*"})) {
            QFile file(log.filePath());
            if (!file.open(QIODevice::ReadOnly)) continue;
            const auto found = QRegularExpression("(\\d+) parameters, ").match(QString::fromUtf8(file.readAll()));
            if (found.hasMatch()) return found.captured(1).toDouble();
        }
        return -1;
    }

    void writeTable() {
        QVERIFY(switchyard::test::writeTableRows(
            "SWITCHYARD_PLAN_TABLE", "measured",
            QString("Measured on %1, %2:\n\n| configuration | parameters | planned, MiB | measured, MiB | "
                    "difference |\n|---|--:|--:|--:|--:|\n")
                .arg(QDate::currentDate().toString(Qt::ISODate), switchyard::test::processorName()),
            rows_));
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CACHE_HOME", cache_.path().toUtf8());
        writeTables();
        writeQuestions();
    }
    void cleanupTestCase() { writeTable(); }

    void theFieldsThatScriptsReadAreThere() {
        const Outcome outcome = cli(planning(shippedConfig("smoke.yaml"), {"--set", "parallel.threads=1"}));
        QCOMPARE(outcome.code, 0);
        const QJsonObject plan = outcome.json();
        QCOMPARE(plan["parameters"].toObject()["total"].toInt(), 390402);
        QCOMPARE(plan["parameters"].toObject()["trainable"].toInt(), 390402);
        QCOMPARE(plan["parameters"].toObject()["active_per_token"].toInt(), 277826);
        QVERIFY(plan["flops_per_token"].toDouble() > 1e5);
        const QJsonObject rank = plan["per_rank"].toObject(), at_peak = rank["at_peak"].toObject();
        for (const char* part : {"weights", "gradients", "optimizer", "activations", "all_to_all"})
            QVERIFY(rank[QString(part) + "_bytes"].isDouble());
        QCOMPARE(rank["weights_bytes"].toInt(), 4 * 390402);
        QCOMPARE(rank["optimizer_bytes"].toInt(), 8 * 390402);
        // A field that is not there reads as 0: the smallest process is larger than this.
        QVERIFY(rank["peak_bytes"].toDouble() > 100 * kMiB);
        QVERIFY(at_peak.size() >= 5);
        double sum = 0;
        for (const QJsonValue& part : at_peak) sum += part.toDouble();
        QVERIFY(std::abs(sum - rank["peak_bytes"].toDouble()) < 16);
        QVERIFY(plan["fits"].toBool());
        QVERIFY(plan["assumptions"].toArray()[0].toString().contains("training texts"));
        QVERIFY(outcome.err.isEmpty());
    }

    void setsAndRanksCount() {
        const auto peak = [](const QStringList& more) {
            const Outcome outcome = cli(planning(shippedConfig("smoke.yaml"), more));
            return outcome.json()["per_rank"].toObject()["peak_bytes"].toDouble();
        };
        const double usual = peak({});
        QVERIFY(peak({"--set", "train.global_batch=512", "--set", "task.matching_share=1"}) > usual + 100 * kMiB);
        const QJsonObject two = cli(planning(shippedConfig("smoke.yaml"), {"--ranks", "2"})).json();
        QCOMPARE(two["ranks"].toInt(), 2);
        QVERIFY(two["per_rank"].toObject()["peak_bytes"].toDouble() > 100 * kMiB);
        QVERIFY(two["needed_bytes"].toDouble() > 1.99 * two["per_rank"].toObject()["peak_bytes"].toDouble());
    }

    void whatDoesNotFitSaysWhatWould() {
        const Outcome outcome = cli(planning(shippedConfig("base.yaml"), {"--gpu-memory", "12"}));
        QCOMPARE(outcome.code, 0);  // a plan was asked for, and it is one
        const QJsonObject plan = outcome.json();
        QVERIFY(!plan["fits"].toBool());
        QCOMPARE(plan["memory_bytes"].toDouble(), 12.0 * 1024 * kMiB);
        const QJsonArray found = plan["alternatives"].toArray();
        QVERIFY(!found.isEmpty());
        QStringList sets;
        for (const QJsonValue& set : found[0].toObject()["set"].toArray()) sets << "--set" << set.toString();
        const QJsonObject again =
            cli(planning(shippedConfig("base.yaml"), QStringList{"--gpu-memory", "12"} + sets)).json();
        QCOMPARE(again["fits"].toBool(), found[0].toObject()["fits"].toBool());
        QVERIFY(again["per_rank"].toObject()["peak_bytes"].toDouble() > 1024 * kMiB);
        QVERIFY(again["per_rank"].toObject()["peak_bytes"].toDouble() <
                plan["per_rank"].toObject()["peak_bytes"].toDouble());
        const Outcome text = cli({"plan", "--config", shippedConfig("base.yaml"), "--gpu-memory", "12"});
        QVERIFY(text.out.contains("Does not fit") && text.out.contains("--set ") &&
                text.out.contains("the largest part"));
    }

    void badConfigurationsAreRefused() {
        const Outcome bad = cli(planning(shippedConfig("smoke.yaml"), {"--set", "model.text.dim=65"}));
        QCOMPARE(bad.code, 78);
        QVERIFY(bad.json().contains("error") || bad.err.contains("heads"));
        QCOMPARE(cli(planning("/nowhere.yaml")).code, 78);
        QCOMPARE(cli(planning(shippedConfig("smoke.yaml"), {"--set", "modle.x=1"})).code, 78);
        QCOMPARE(cli(planning(shippedConfig("smoke.yaml"), {"--ranks", "0"})).code, 2);
        QCOMPARE(cli(planning(shippedConfig("smoke.yaml"), {"--gpu-memory", "-1"})).code, 2);
        QCOMPARE(cli({"plan"}).code, 2);
        QCOMPARE(cli(planning(shippedConfig("smoke.yaml"), {"--ranks", "3"})).code, 78);  // 64 samples do not divide
    }

    void missingDataIsAssumed() {
        const Outcome outcome = cli(planning(shippedConfig("vqa.yaml"), {"--set", "data.root=/nowhere"}));
        QCOMPARE(outcome.code, 0);
        QVERIFY(outcome.json()["assumptions"].toArray()[0].toString().contains("max_tokens"));
    }

    void peaksOfTrainings_data() {
        QTest::addColumn<QJsonObject>("of");
        QFile file(planFile("cases.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const bool all = qEnvironmentVariableIsSet("SWITCHYARD_ALL_PLANS");
        for (const QJsonValue& of : QJsonDocument::fromJson(file.readAll()).array()) {
            if (all || of.toObject()["ci"].toBool())
                QTest::newRow(qPrintable(of.toObject()["name"].toString())) << of.toObject();
        }
    }

    /// The parameters are those of the model, and the peak is the worker's within 10 %.
    void peaksOfTrainings() {
        QFETCH(QJsonObject, of);
        const QString config = configOf(of);
        QStringList keys, sets;
        for (const QJsonValue& set : of["set"].toArray()) keys << set.toString();
        for (const QString& key : keys) sets << "--set" << key;
        const QStringList ranks = {"--ranks", QString::number(of["ranks"].toInt(1))};
        const Outcome planned = cli(planning(config, sets + ranks));
        QVERIFY2(planned.code == 0, planned.err.constData());
        QDir(temp_.filePath("run")).removeRecursively();
        const Outcome trained = cli(training("run", keys) + ranks, 600'000);
        QVERIFY2(trained.code == 0, trained.err.constData());
        const QJsonObject plan = planned.json();
        const double parameters = plan["parameters"].toObject()["total"].toDouble(), made = parametersIn("run");
        QCOMPARE(parameters, made);
        const double peak = plan["per_rank"].toObject()["peak_bytes"].toDouble(),
                     measured = metric("run", "memory/peak_bytes");
        const double difference = peak / measured - 1;
        rows_ << QString("| %1 | %2 | %3 | %4 | %5 % |")
                     .arg(QString::fromUtf8(QTest::currentDataTag()),
                          QLocale(QLocale::English).toString(static_cast<qint64>(made)))
                     .arg(peak / kMiB, 0, 'f', 0)
                     .arg(measured / kMiB, 0, 'f', 0)
                     .arg((difference < 0 ? QString::fromUtf8("−") : QString("+")) +
                          QString::number(std::abs(100 * difference), 'f', 1));
        qInfo("planned %.1f MiB, measured %.1f MiB, %+.1f %%", peak / kMiB, measured / kMiB, 100 * difference);
        QVERIFY2(std::abs(difference) <= 0.1, qPrintable(rows_.last()));
    }
};

QTEST_GUILESS_MAIN(PlanTest)
#include "plan_test.moc"
