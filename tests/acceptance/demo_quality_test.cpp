// SPDX-License-Identifier: MIT
// What configs/demo.yaml and configs/flickr8k.yaml promise in their first lines. Takes as long as the training does.
#include <QTemporaryDir>
#include <QtTest>

#include "support/program.h"

using switchyard::test::Outcome;
using switchyard::test::importedData;
using switchyard::test::shippedConfig;
using switchyard::test::cli;

class DemoQualityTest : public QObject {
    Q_OBJECT

    static QJsonObject evaluate(const QString& run, const QString& file) {
        return cli({"eval", "--checkpoint", run, "--task", "retrieval", "--data", file, "--json"}, 600'000).json();
    }

private Q_SLOTS:
    void demo() {
        QVERIFY2(QFile::exists(importedData() + "/train.jsonl"), "run: switchyard data import emoji tuxpaint");
        QTemporaryDir temp;
        const QString run = temp.filePath("run");
        const Outcome train = cli({"train", "--config", shippedConfig("demo.yaml"), "--run-dir", run}, 900'000);
        QVERIFY2(train.code == 0, train.err);
        qInfo("trained in %.1f minutes", static_cast<double>(train.elapsed_ms) / 60000.0);
        QVERIFY(train.elapsed_ms <= 8 * 60'000);
        const QJsonObject own = evaluate(run, importedData() + "/train.jsonl");
        const QJsonObject held_out = evaluate(run, importedData() + "/dev.jsonl");
        const double r1 = own["metrics"].toObject()["text_to_image_r1"].toDouble();
        const double r10 = held_out["metrics"].toObject()["text_to_image_r10"].toDouble(), chance = held_out["chance_r10"].toDouble();
        qInfo("own pictures R@1 %.3f; held-out stamps R@10 %.3f (chance %.3f)", r1, r10, chance);
        QVERIFY(r1 >= 0.70);
        QVERIFY(chance > 0 && r10 >= 3 * chance);
    }

    void flickr8k() {
        const QString root = qEnvironmentVariable("SWITCHYARD_FLICKR8K");
        if (root.isEmpty()) QSKIP("set SWITCHYARD_FLICKR8K to the folder of train.jsonl and dev.jsonl");
        QTemporaryDir temp;
        const QString run = temp.filePath("run");
        const Outcome train = cli({"train", "--config", shippedConfig("flickr8k.yaml"), "--run-dir", run, "--set",
                                          "data.root=" + root}, 4'500'000);
        QVERIFY2(train.code == 0, train.err);
        qInfo("trained in %.1f minutes", static_cast<double>(train.elapsed_ms) / 60000.0);
        QVERIFY(train.elapsed_ms <= 60 * 60'000);
        const double r10 = evaluate(run, root + "/dev.jsonl")["metrics"].toObject()["text_to_image_r10"].toDouble();
        qInfo("dev text to image R@10 %.3f", r10);
        QVERIFY(r10 >= 0.16);
    }
};

QTEST_GUILESS_MAIN(DemoQualityTest)
#include "demo_quality_test.moc"
