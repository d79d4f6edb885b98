// SPDX-License-Identifier: MIT
// `switchyard index` on JSON Lines and folders: killed and begun again, with pictures that can not be read, and small.
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "support/program.h"

using namespace switchyard::test;

constexpr int kMany = 20'000;

class IndexProgramTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString run_, pictures_;

    QString path(const char* name) const { return temp_.filePath(name); }
    QStringList index(const QString& data, const QString& out, const QStringList& more = {}) const {
        return QStringList{"index", "--checkpoint", run_, "--data", data, "--out", out, "--json"} + more;
    }
    static QByteArray bytesOf(const QString& file) {
        QFile in(file);
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }
    static qint64 sampled(const QString& part) {
        return QJsonDocument::fromJson(bytesOf(part + "/state.json"))["samples_done"].toInteger();
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("OMP_NUM_THREADS", "1");
        run_ = path("run");
        const Outcome trained = cli({"train", "--config", shippedConfig("smoke.yaml"), "--ranks", "1", "--run-dir", run_,
                                     "--set", "train.steps=3", "--set", "parallel.threads=1", "--set", "eval.tasks=[]"});
        QVERIFY2(trained.code == 0, trained.err);
        pictures_ = path("pictures");
        QDir().mkpath(pictures_ + "/deep/.thumbnails");
        for (int i = 0; i < 40; ++i) {
            QImage image(48, 40, QImage::Format_RGB32);
            image.fill(QColor::fromHsv(9 * i, 255, 200));
            QVERIFY(image.save(pictures_ + (i % 2 ? "/deep/" : "/") + QString("%1.png").arg(i, 2, 10, QChar('0'))));
        }
        QFile::copy(pictures_ + "/00.png", pictures_ + "/deep/.thumbnails/no.png");
        QFile::copy(pictures_ + "/00.png", pictures_ + "/not-a-picture.txt");
    }

    void aFolderOfPicturesIsSearchedByTextAndByPicture() {
        QFile broken(pictures_ + "/deep/broken.png");
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("no picture");
        broken.close();
        const Outcome built = cli(index(pictures_, path("folder")));
        QVERIFY2(built.code == 0, built.err);
        QCOMPARE(built.json()["pictures"].toInt(), 40);
        QCOMPARE(built.json()["captions"].toInt(), 0);
        QCOMPARE(built.json()["skipped"].toInt(), 1);
        QVERIFY(built.json()["skips"].toArray().at(0).toString().contains("broken.png"));
        QVERIFY(broken.remove());
        const Outcome found = cli({"retrieve", "--index", path("folder"), "--text", "red", "--k", "3", "--json"});
        QVERIFY2(found.code == 0, found.err);
        QCOMPARE(found.json()["results"].toArray().size(), 3);
        QVERIFY(QFile::exists(found.json()["results"].toArray().at(0)["image"].toString()));
    }

    void textAndPictureAreJoinedByTheirWeights() {
        const QString picture = pictures_ + "/06.png";
        const auto ask = [&](const QStringList& query) {
            const Outcome found = cli(QStringList{"retrieve", "--index", path("folder"), "--k", "40", "--json"} + query);
            if (found.code != 0) qWarning("%s", found.err.constData());
            QMap<QString, double> scores;
            for (const QJsonValue& row : found.json()["results"].toArray()) scores[row["id"].toString()] = row["score"].toDouble(qQNaN());
            return scores;
        };
        const auto by_text = ask({"--text", "a blue square"});
        const auto by_picture = ask({"--image", picture, "--find", "pictures"});
        QCOMPARE(by_picture.size(), 40);
        QVERIFY(std::abs(by_picture["06.png"] - 1) < 1e-4);  // itself
        const auto joined = ask({"--text", "a blue square", "--image", picture, "--image-weight", "0.25"});
        QCOMPARE(joined.size(), 40);
        // (0.75 t + 0.25 p) / |...| times a picture: the same multiple of 0.75 and 0.25 of the two scores for all.
        const double factor = joined["06.png"] / (0.75 * by_text["06.png"] + 0.25 * by_picture["06.png"]);
        for (auto it = joined.begin(); it != joined.end(); ++it) {
            const double expected = factor * (0.75 * by_text[it.key()] + 0.25 * by_picture[it.key()]);
            QVERIFY2(std::abs(it.value() - expected) < 1e-4, qPrintable(it.key()));
        }
        QCOMPARE(cli({"retrieve", "--index", path("folder"), "--json"}).code, 2);
    }

    void picturesAlikeAreFoldedIntoTheBestOfThem() {
        QDir().mkpath(path("doubled"));
        for (const char* name : {"00", "04", "08", "20"}) {
            QVERIFY(QFile::copy(pictures_ + "/" + name + ".png", path("doubled") + "/" + name + ".png"));
            QVERIFY(QFile::copy(pictures_ + "/" + name + ".png", path("doubled") + "/" + name + "-again.png"));
        }
        QVERIFY(cli(index(path("doubled"), path("doubles"))).code == 0);
        const QStringList ask = {"retrieve", "--index", path("doubles"), "--text", "red", "--k", "8", "--json"};
        QCOMPARE(cli(ask).json()["results"].toArray().size(), 8);
        const QJsonArray folded = cli(ask + QStringList{"--fold", "0.99999"}).json()["results"].toArray();
        QCOMPARE(folded.size(), 4);
        for (const QJsonValue& row : folded) {
            QCOMPARE(row["alike_count"].toInt(), 1);
            QCOMPARE(row["alike"].toArray().size(), 1);
            QCOMPARE(row["alike"][0]["id"].toString().left(2), row["id"].toString().left(2));
            QVERIFY(row["alike"][0]["id"].toString() != row["id"].toString());
        }
    }

    void nothingToIndexIsBadData() {
        QDir().mkpath(path("empty"));
        const Outcome empty = cli(index(path("empty"), path("no-index")));
        QCOMPARE(empty.code, 65);
        QVERIFY2(empty.err.contains("no pictures"), empty.err);
        QDir().mkpath(path("bad"));
        QFile broken(path("bad") + "/a.png");
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("no picture");
        broken.close();
        const Outcome bad = cli(index(path("bad"), path("no-index")));
        QCOMPARE(bad.code, 65);
        QVERIFY2(bad.err.contains("a.png"), bad.err);
        QVERIFY(!QFile::exists(path("no-index")));
    }

    void aKilledBuildGoesOnAndGivesTheSameIndex() {
        // So many rows that the build takes some seconds on any machine: it keeps its work every second.
        QFile rows(path("many.jsonl"));
        QVERIFY(rows.open(QIODevice::WriteOnly));
        QDir().mkpath(path("links"));
        for (int i = 0; i < kMany; ++i) {
            const QString name = QString("links/%1.png").arg(i);
            const QByteArray from = QString("%1/%2%3.png").arg(pictures_, i % 2 ? "deep/" : "").arg(i % 40, 2, 10, QChar('0')).toUtf8();
            QVERIFY(::link(from.constData(), temp_.filePath(name).toUtf8().constData()) == 0);
            rows.write(QString(R"({"id": "%1", "image": "%2", "text": "picture %1"})").arg(i).arg(name).toUtf8() + "\n");
        }
        rows.close();
        const Outcome whole = cli(index(rows.fileName(), path("whole")));
        QVERIFY2(whole.code == 0, whole.err);
        QCOMPARE(whole.json()["pictures"].toInt(), kMany);

        const QString out = path("killed"), part = out + ".part";
        for (const bool early : {false, true}) {  // after its first commit, and once more before it has done anything
            QProcess program;
            program.start(SWITCHYARD_BIN_DIR "/switchyard", index(rows.fileName(), out));
            QVERIFY(program.waitForStarted());
            if (early) QTest::qWait(50);
            QTRY_VERIFY_WITH_TIMEOUT(sampled(part) > 0 || QFile::exists(out), 60'000);
            QVERIFY2(!QFile::exists(out), "the build ended before it could be killed");
            program.kill();
            QVERIFY(program.waitForFinished());
            QTest::qWait(300);  // its worker ends with it
        }
        const qint64 kept = sampled(part);
        QVERIFY(kept > 0 && kept < kMany);
        const Outcome rest = cli(index(rows.fileName(), out));
        QVERIFY2(rest.code == 0, rest.err);
        QCOMPARE(rest.json()["pictures"].toInt(), kMany);
        for (const char* file : {"/vectors.safetensors", "/items.jsonl"}) QCOMPARE(bytesOf(out + file), bytesOf(path("whole") + file));
        QVERIFY(!QFile::exists(part));
    }

    void aGraphOnChoiceAnswersAsAllProductsDo() {
        const Outcome built = cli(index(path("many.jsonl"), path("graph"), {"--search", "graph"}));
        QVERIFY2(built.code == 0, built.err);
        QCOMPARE(built.json()["search"].toString(), QString("graph"));
        const QStringList ask = {"--text", "picture 77", "--k", "5", "--json"};
        const QJsonArray by_graph = cli(QStringList{"retrieve", "--index", path("graph")} + ask).json()["results"].toArray();
        const QJsonArray exact = cli(QStringList{"retrieve", "--index", path("whole")} + ask).json()["results"].toArray();
        QCOMPARE(by_graph.size(), 5);
        // Forty pictures, each many times: which of equal ones comes first is open, their scores are not.
        for (int i = 0; i < 5; ++i) QVERIFY(std::abs(by_graph[i]["score"].toDouble(qQNaN()) - exact[i]["score"].toDouble(qQNaN())) < 1e-6);
    }
};

QTEST_GUILESS_MAIN(IndexProgramTest)
#include "index_test.moc"
