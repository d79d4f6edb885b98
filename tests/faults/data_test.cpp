// SPDX-License-Identifier: MIT
// Hostile and broken data, by the real programs: exit code 65 on every rank, the row or sample named, nothing read that
// lies outside, nothing waited for, nothing shown that a terminal would obey.
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <memory>

#include "faults/faulty_run.h"
#include "support/measured.h"
#include "support/pictures.h"

using namespace switchyard::test;

namespace {

void append(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::Append) && file.write(bytes) == bytes.size());
}

/// Chunks up to the size, whose pixels never come.
QByteArray giantPng() {
    return QByteArray::fromHex("89504e470d0a1a0a0000000d494844520000ffff00007fff0802000000") + QByteArray(6, '\0');
}

QByteArray protobuf(int number, const QByteArray& bytes) {
    return QByteArray(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(bytes.size()) + bytes;
}
QByteArray piece(const QByteArray& text, int kind = 1, const QByteArray& score = QByteArray(4, '\0')) {
    return protobuf(1, protobuf(1, text) + "\x15" + score + "\x18" + static_cast<char>(kind));
}

}  // namespace

class DataFaultsTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    QString path(const QString& name) const { return temp_->filePath(name); }
    QString rows() const { return path("pictures.jsonl"); }

    /// Trains on the rows; over two epochs every rank has met every one of them.
    Outcome train(int ranks, const QStringList& more = {}) const {
        return cli(tinyRun(path("run"), ranks,
                           QStringList{"train.steps=3", "data.format=jsonl", "data.train=[pictures.jsonl]",
                                       "data.root=" + temp_->path(), "checkpoint.every=0"} +
                               more),
                   60'000);
    }
    /// `data check` lists it with its line, and training on two ranks ends with it.
    void requireRefused(const QByteArray& row, const QByteArray& message, bool at_start = false) const {
        append(rows(), row + "\n");
        if (QTest::currentTestFailed()) return;
        const Outcome check = cli({"data", "check", rows(), "--json"}, 20'000);
        QVERIFY2(check.code == 65, QByteArray::number(check.code) + check.err);
        const QJsonArray problems = check.json()["problems"].toArray();
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems[0].toObject()["line"].toInt(), 13);
        QVERIFY2(problems[0].toObject()["message"].toString().contains(message), check.out);
        const Outcome trained = train(2);
        QVERIFY2(trained.code == 65, QByteArray::number(trained.code) + trained.err);
        QCOMPARE(trained.errorLines().size(), 1);
        QVERIFY2(trained.err.contains(message), trained.err);
        QVERIFY2(trained.err.contains(at_start ? ":13" : "bad one"), trained.err);  // its line, or its sample's id
        QVERIFY(!trained.err.contains('\x1b'));
        QVERIFY(ranksAreGone(path("run")));
    }
    static QByteArray row(const QByteArray& image) {
        return "{\"id\": \"bad one\", \"image\": \"" + image + "\", \"text\": \"a red circle\"}";
    }

private Q_SLOTS:
    void init() {
        temp_ = std::make_unique<QTemporaryDir>();
        QVERIFY(!writePictures(QDir(temp_->path())).isEmpty());
    }

    void goodDataTrains() {
        const Outcome trained = train(2);
        QVERIFY2(trained.code == 0, trained.err);
        QCOMPARE(cli({"data", "check", rows()}).code, 0);
    }

    void pathThatLeadsOut() { requireRefused(row("../../../../../../../../etc/passwd"), "out of the data root"); }
    void absolutePath() { requireRefused(row("/etc/passwd"), "out of the data root", /*at_start=*/false); }
    void linkThatLeadsOut() {
        QVERIFY(QFile::link("/etc/passwd", path("link.png")));
        requireRefused(row("link.png"), "out of the data root");
    }
    void linkToADevice() {
        QVERIFY(QFile::link("/dev/zero", path("zero.png")));
        requireRefused(row("zero.png"), "out of the data root");
    }
    void fifo() {
        QCOMPARE(mkfifo(qPrintable(path("fifo.png")), 0600), 0);
        requireRefused(row("fifo.png"), "Not a regular file");
    }
    void aFolder() {
        QVERIFY(QDir().mkdir(path("folder.png")));
        requireRefused(row("folder.png"), "Not a regular file");
    }
    void giantClaim() {
        QCOMPARE(giantPng().size(), 35);
        append(path("giant.png"), giantPng());
        requireRefused(row("giant.png"), "65535x32767");
        // Not even the decoder is asked: no memory is taken.
        QVERIFY(measure("switchyard", {"data", "check", rows()}).peak_bytes < 100'000'000);
    }
    void truncatedJpeg() {
        QImage picture(64, 64, QImage::Format_RGB888);
        for (int y = 0; y < 64; ++y)
            for (int x = 0; x < 64; ++x) picture.setPixel(x, y, qRgb(x * 4, y * 4, (x * y) % 256));
        QByteArray bytes;
        QBuffer buffer(&bytes);
        QVERIFY(buffer.open(QIODevice::WriteOnly) && picture.save(&buffer, "JPG"));
        append(path("cut.jpg"), bytes.left(bytes.size() / 2));
        requireRefused(row("cut.jpg"), "cut off");
    }
    void notUtf8() { requireRefused("{\"image\": \"red-circle.png\", \"text\": \"caf\xe9\"}", "Not UTF-8", true); }
    void loneSurrogate() {
        requireRefused("{\"image\": \"red-circle.png\", \"text\": \"\\ud83d\"}", "surrogate", true);
    }
    void numberTooLarge() {
        requireRefused("{\"image\": \"red-circle.png\", \"text\": \"x\", \"id\": 1e999}", "64-bit", true);
    }
    void nestedDeep() { requireRefused("{\"text\": " + QByteArray(200'000, '['), "Not valid JSON", true); }

    void lineOfAGigabyte() {
        append(rows(), "{\"image\": \"red-circle.png\", \"text\": \"");
        QFile file(rows());
        QVERIFY(file.resize(file.size() + (1LL << 30)));  // a hole: no disk is taken
        const Measured check = measure("switchyard", {"data", "check", rows(), "--json"});
        QCOMPARE(check.code, 65);
        QVERIFY2(check.out.contains("longer than 1 MiB") &&
                     check.json()["problems"].toArray()[0].toObject()["line"].toInt() == 13,
                 check.out);
        QVERIFY2(check.peak_bytes < 100'000'000, QByteArray::number(check.peak_bytes));
        const Outcome trained = train(2);
        QVERIFY2(trained.code == 65 && trained.err.contains(":13: The line is longer than 1 MiB"), trained.err);
    }

    void escapesInACaption() {
        append(
            rows(),
            "{\"id\": \"\\u001b[2Jx\", \"image\": \"red-circle.png\", \"text\": \"\\u001b[31mred \\u202e circle\"}\n");
        const Outcome trained = train(2);
        QVERIFY2(trained.code == 0, trained.err);  // a caption like any other
        for (const QString& words : {QString("data check %1"), QString("data stats %1")}) {
            const Outcome outcome = cli(words.arg(rows()).split(' '));
            QVERIFY2(outcome.code == 0 && !(outcome.out + outcome.err).contains('\x1b'), outcome.out + outcome.err);
        }
        QFile log(path("run/logs/rank-0.log"));
        QVERIFY(log.open(QIODevice::ReadOnly) && !log.readAll().contains('\x1b'));
        // In the name of a picture that is not there, it would reach the terminal.
        append(rows(), "{\"image\": \"\\u001b[2J\\u202ex.png\", \"text\": \"a\"}\n");
        for (const Outcome& outcome : {cli({"data", "check", rows()}), train(1)}) {
            QCOMPARE(outcome.code, 65);
            QVERIFY2((outcome.out + outcome.err).contains("\\x1b[2J\\u202ex.png"), outcome.out + outcome.err);
            QVERIFY(!(outcome.out + outcome.err).contains('\x1b') &&
                    !(outcome.out + outcome.err).contains("\xe2\x80\xae"));
        }
    }

    void craftedTokenizers_data() {
        QTest::addColumn<QByteArray>("model");
        const QByteArray good = piece("<unk>", 2) + piece("a");
        QTest::newRow("no protobuf") << QByteArray("hello world, I am no model");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << good + "\x0a\x7f";
        QTest::newRow("no unknown piece") << piece("a");
        QTest::newRow("two unknown pieces") << good + piece("<other>", 2);
        QTest::newRow("the same piece twice") << good + piece("a");
        QTest::newRow("a score that is no number") << good + piece("b", 1, QByteArray("\x00\x00\xc0\x7f", 4));
        QTest::newRow("rules that point outside")
            << good + protobuf(3, protobuf(2, QByteArray("\x04\0\0\0\0\0\0\x80\0", 9)));
        QTest::newRow("a piece that is not UTF-8") << good + piece("\xff");
    }
    void craftedTokenizers() {
        QFETCH(QByteArray, model);
        append(path("crafted.model"), model);
        const Outcome trained = train(1, {"data.tokenizer=crafted.model"});
        QVERIFY2(trained.code == 65, QByteArray::number(trained.code) + trained.err);
        QCOMPARE(trained.errorLines().size(), 1);
        QVERIFY2(trained.err.contains("crafted.model") || trained.err.contains("tokenizer.model"), trained.err);
    }

    /// Found by fuzzing: an empty caption gave the id -1.
    void unknownPieceOfAnotherName() {
        append(path("own.model"),
               piece("<other>", 2) + piece("\xe2\x96\x81") + piece("a") + piece("r") + piece("e") + piece("d"));
        const Outcome trained = train(1, {"data.tokenizer=own.model"});
        QVERIFY2(trained.code == 0, trained.err);
    }

    void dataChangedSinceTheCheckpoint() {
        QCOMPARE(train(2, {"checkpoint.every=1"}).code, 0);
        QFile file(rows());
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray text = file.readAll();
        text.replace("a red circle", "a red circles");
        QVERIFY(file.resize(0) && file.seek(0) && file.write(text) == text.size());
        file.close();
        const Outcome resumed = train(2, {"train.steps=5"});
        QVERIFY2(resumed.code == 65, QByteArray::number(resumed.code) + resumed.err);
        QVERIFY2(resumed.err.contains("The training data has changed since the checkpoint was saved"), resumed.err);
        QCOMPARE(checkpointsOf(path("run")).last(), QString("step-00000003"));
    }

    void noRowsAndNoFile() {
        QVERIFY(QFile(rows()).resize(0));
        for (const Outcome& outcome : {train(1), cli({"data", "check", rows()})}) {
            QVERIFY2(outcome.code == 65 && outcome.err.contains("The file has no rows"), outcome.err);
            QCOMPARE(outcome.errorLines().size(), 1);
        }
        QVERIFY(QFile::remove(rows()));
        for (const Outcome& outcome : {train(1), cli({"data", "check", rows()})}) {
            QVERIFY2(outcome.code == 65 && outcome.err.contains("pictures.jsonl"), outcome.err);
            QCOMPARE(outcome.errorLines().size(), 1);
        }
        QVERIFY(!QFile::exists(path("run")));
    }
};

QTEST_GUILESS_MAIN(DataFaultsTest)
#include "data_test.moc"
