// SPDX-License-Identifier: MIT
// `switchyard data check` of every format on every kind of hostile data: exit code 65 and the place named, nothing read
// that lies outside, nothing waited for, nothing shown that a terminal would obey, no memory by the size of the data.
#include <sys/stat.h>

#include <QBuffer>
#include <QImage>
#include <QTemporaryDir>
#include <QtTest>
#include <functional>

#include "faults/faulty_run.h"
#include "support/measured.h"
#include "support/tar_files.h"

using namespace switchyard::test;

namespace {

constexpr qint64 kMostMemory = 100'000'000;

QByteArray jpeg() {
    QImage picture(64, 64, QImage::Format_RGB888);
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x) picture.setPixel(x, y, qRgb(x * 4, y * 4, (x * y) % 256));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    picture.save(&buffer, "JPG");
    return bytes;
}

/// Chunks up to the size, whose pixels never come.
QByteArray giantPng() {
    return QByteArray::fromHex("89504e470d0a1a0a0000000d494844520000ffff00007fff0802000000") + QByteArray(6, '\0');
}

enum Format { kJsonl, kCoco, kVqa2, kTar, kTsv, kFormats };
constexpr const char* kNames[] = {"jsonl", "coco", "vqa2", "tar", "tsv"};

}  // namespace

class FormatFaultsTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    QString path(const QString& name) const { return temp_->filePath(name); }
    QString data(int format) const {
        return path(QString("data_") + kNames[format] +
                    (format == kCoco || format == kVqa2 ? ".json" : QString(".") + kNames[format]));
    }
    /// The name that a data set of this format gives its one picture: VQA's are numbered.
    static QByteArray pictureName(int format) { return format == kVqa2 ? "COCO_val2014_000000000007.jpg" : "p.jpg"; }

    void put(const QString& name, const QByteArray& bytes) const {
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }
    /// Text as it stands in the file, in a data set of one sample; for tar the picture's bytes go in too.
    void write(int format, const QByteArray& image, const QByteArray& text, const QByteArray& picture) const {
        switch (format) {
            case kJsonl:
                return put(data(format), "{\"image\": \"" + image + "\", \"text\": \"" + text + "\"}\n");
            case kCoco:
                return put(data(format), "{\"images\": [{\"id\": 1, \"file_name\": \"" + image +
                                             "\"}], \"annotations\": [{\"id\": 5, \"image_id\": 1, \"caption\": \"" +
                                             text + "\"}]}");
            case kVqa2:
                return put(data(format),
                           "{\"data_subtype\": \"val2014\", \"questions\": [{\"question_id\": 5, \"image_id\": 7, "
                           "\"question\": \"" +
                               text + "\"}]}");
            case kTar:
                return put(data(format),
                           tarEntry(image, picture) + tarEntry("p.json", "{\"caption\": \"" + text + "\"}") + tarEnd());
            default:
                return put(data(format), "id\ttext\n1\t" + text + "\n");
        }
    }
    Measured check(int format) const {
        return measure("switchyard", {"data", "check", data(format), "--format", kNames[format], "--json"});
    }
    void requireRefused(int format, const QByteArray& message) const {
        const Measured found = check(format);
        QVERIFY2(found.code == 65, QByteArray::number(found.code) + found.out + found.err);
        QVERIFY2((found.out + found.err).contains(message), found.out + found.err);
        QVERIFY2(!(found.out + found.err).contains('\x1b'), found.out + found.err);
        QVERIFY2(found.peak_bytes < kMostMemory, QByteArray::number(found.peak_bytes));
        QVERIFY2(found.elapsed_ms < 60'000, QByteArray::number(found.elapsed_ms));
    }
    static void formats(std::initializer_list<int> which) {
        QTest::addColumn<int>("format");
        for (const int format : which) QTest::newRow(kNames[format]) << format;
    }

private Q_SLOTS:
    void init() {
        temp_ = std::make_unique<QTemporaryDir>();
        for (int format = 0; format < kFormats; ++format) put(path(pictureName(format)), jpeg());
    }

    void good_data() { formats({kJsonl, kCoco, kVqa2, kTar, kTsv}); }
    void good() {
        QFETCH(int, format);
        write(format, pictureName(format), "a red circle", jpeg());
        const Measured found = check(format);
        QVERIFY2(found.code == 0, found.out + found.err);
        QCOMPARE(found.json()["pictures"].toInt(), format == kTsv ? 0 : 1);
        QCOMPARE(found.json()["problems"].toArray().size(), 0);
    }

    void pathOut_data() { formats({kJsonl, kCoco}); }
    void pathOut() {
        QFETCH(int, format);
        for (const QByteArray name : {"../../../../../../../../etc/passwd", "/etc/passwd"}) {
            write(format, name, "x", {});
            requireRefused(format, "out of the data root");
        }
    }
    /// In a shard a name is only a name, and a subtype with a slash is none.
    void pathOutElsewhere() {
        put(data(kTar), tarEntry("../no such file.jpg", jpeg()) + tarEntry("../no such file.txt", "x") + tarEnd());
        QCOMPARE(check(kTar).code, 0);
        QVERIFY(!QFile::exists(path("../no such file.jpg")));
        put(data(kVqa2),
            "{\"data_subtype\": \"../../x\", \"questions\": [{\"question_id\": 5, \"image_id\": 7, \"question\": "
            "\"q\"}]}");
        requireRefused(kVqa2, "data_subtype");
    }

    void linkOut_data() { formats({kJsonl, kCoco, kVqa2, kTar}); }
    void linkOut() {
        QFETCH(int, format);
        for (const QByteArray target : {"/etc/passwd", "/dev/zero"}) {
            if (format == kTar) {
                put(data(format), tarEntry("p.jpg", {}, '2', target) + tarEntry("p.txt", "x") + tarEnd());
                requireRefused(format, "is not a regular file");
                continue;
            }
            QVERIFY(QFile::remove(path(pictureName(format))) && QFile::link(target, path(pictureName(format))));
            write(format, pictureName(format), "x", {});
            requireRefused(format, "out of the data root");
        }
    }

    void pipesAndDevices_data() { formats({kJsonl, kCoco, kVqa2, kTar}); }
    void pipesAndDevices() {
        QFETCH(int, format);
        if (format == kTar) {
            for (const char kind : {'3', '4', '6', '1'}) {
                put(data(format), tarEntry("p.jpg", {}, kind) + tarEntry("p.txt", "x") + tarEnd());
                requireRefused(format, "is not a regular file");
            }
            return;
        }
        QVERIFY(QFile::remove(path(pictureName(format))));
        QCOMPARE(mkfifo(qPrintable(path(pictureName(format))), 0600), 0);
        write(format, pictureName(format), "x", {});
        requireRefused(format, "Not a regular file");
    }
    /// The data file itself is a pipe, a device or a folder.
    void noFile_data() { formats({kJsonl, kCoco, kVqa2, kTar, kTsv}); }
    void noFile() {
        QFETCH(int, format);
        QCOMPARE(mkfifo(qPrintable(data(format)), 0600), 0);
        requireRefused(format, "Not a regular file");
        QVERIFY(QFile::remove(data(format)) && QFile::link("/dev/zero", data(format)));
        requireRefused(format, "Not a regular file");
        QVERIFY(QFile::remove(data(format)) && QDir().mkdir(data(format)));
        requireRefused(format, "Not a regular file");
        QVERIFY(QDir().rmdir(data(format)));
        requireRefused(format, data(format).toUtf8());
    }

    void pictures_data() { formats({kJsonl, kCoco, kVqa2, kTar}); }
    void pictures() {
        QFETCH(int, format);
        const QByteArray whole = jpeg();
        for (const auto& [bytes, message] : {std::pair<QByteArray, QByteArray>{giantPng(), "65535x32767"},
                                             {whole.left(whole.size() / 2), "cut off"},
                                             {{}, "empty"},
                                             {"GIF89a..........", "Not a JPEG"}}) {
            put(path(pictureName(format)), bytes);
            write(format, pictureName(format), "x", bytes);
            requireRefused(format, message);
        }
    }

    void texts_data() { formats({kJsonl, kCoco, kVqa2, kTar, kTsv}); }
    void texts() {
        QFETCH(int, format);
        write(format, pictureName(format), "caf\xe9", jpeg());
        requireRefused(format, "Not UTF-8");
        if (format == kTsv) return;
        write(format, pictureName(format), "\\ud83d", jpeg());
        requireRefused(format, "surrogate");
    }

    void gigabyte_data() { formats({kJsonl, kCoco, kVqa2, kTar, kTsv}); }
    void gigabyte() {
        QFETCH(int, format);
        QFile file(data(format));
        if (format == kTar) {
            put(data(format), tarEntry("p.jpg", jpeg()) + tarHeader("p.txt", 1LL << 30));
            const qint64 size = file.size() + (1LL << 30);
            QVERIFY(file.resize(size + 1024));
        } else {
            write(format, pictureName(format), "x", {});
            QVERIFY(file.resize(file.size() - (format == kCoco || format == kVqa2 ? 4 : 2)));
            QVERIFY(file.open(QIODevice::Append) && file.write(QByteArray(2'000'000, 'x')) > 0);
            file.close();
            QVERIFY(file.resize(file.size() + (1LL << 30)));  // a hole: no disk is taken
        }
        requireRefused(format, "longer than 1 MiB");
    }

    /// A caption like any other; shown, its bytes do nothing.
    void escapes_data() { formats({kJsonl, kCoco, kVqa2, kTar, kTsv}); }
    void escapes() {
        QFETCH(int, format);
        write(format, pictureName(format), format == kTsv ? "\x1b[31mred" : "\\u001b[31mred \\u202e", jpeg());
        const Measured good = check(format);
        QVERIFY2(good.code == 0 && !(good.out + good.err).contains('\x1b'), good.out + good.err);
        if (format == kTsv || format == kVqa2) return;
        const QByteArray name = format == kTar ? QByteArray("\x1b[2Jx") : QByteArray("\\u001b[2Jx.jpg");
        write(format, name, "a", {});
        const Measured bad = measure("switchyard", {"data", "check", data(format)});
        QVERIFY2(bad.code == 65 && bad.out.contains("\\x1b[2Jx") && !bad.out.contains('\x1b'), bad.out + bad.err);
    }

    void emptyFile_data() { formats({kJsonl, kCoco, kVqa2, kTar, kTsv}); }
    void emptyFile() {
        QFETCH(int, format);
        put(data(format), {});
        requireRefused(format, data(format).toUtf8());
    }

    /// 4 shards of 384 MiB: pictures with a long tail, of which the disk takes nothing. Ranks read them one by one.
    void shardsLargerThanMemory() {
        const qint64 each = 24 << 20;
        for (int shard = 0; shard < 4; ++shard) {
            QFile file(path(QString("s%1.tar").arg(shard)));
            QVERIFY(file.open(QIODevice::WriteOnly));
            for (int i = 0; i < 16; ++i) {
                const QByteArray name = QByteArray::number(i);
                QVERIFY(file.write(tarHeader(name + ".jpg", each) + jpeg()) > 0);
                QVERIFY(file.seek(file.pos() - jpeg().size() + each));
                file.write(tarEntry(name + ".txt", "a red circle number " + name));
            }
            file.write(tarEnd());
        }
        for (const int ranks : {1, 2}) {
            const QString run = path(QString("run%1").arg(ranks));
            const Measured trained =
                measure("switchyard", tinyRun(run, ranks, {"train.steps=20", "data.format=tar", "data.train=[s*.tar]",
                                                           "data.root=" + temp_->path(), "checkpoint.every=0"}));
            QVERIFY2(trained.code == 0, trained.err);
            qInfo("%d ranks: peak memory of the largest process %lld MiB", ranks, trained.peak_bytes >> 20);
            QVERIFY2(trained.peak_bytes < 700'000'000, QByteArray::number(trained.peak_bytes));
            QVERIFY(trained.out.contains("loss/total"));
        }
    }

    /// 60,000 captions in one line of JSON: what is kept is names and captions.
    void largeJson() {
        QFile file(data(kCoco));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"images\": [{\"id\": 1, \"file_name\": \"p.jpg\"}], \"info\": [");
        const QByteArray filler = "{\"x\": \"" + QByteArray(1000, 'x') + "\"},";
        for (int i = 0; i < 200'000; ++i) file.write(filler);
        file.write("0], \"annotations\": [");
        for (int i = 0; i < 60'000; ++i)
            file.write("{\"id\": " + QByteArray::number(i) + ", \"image_id\": 1, \"caption\": \"a red circle\"},");
        file.write("{\"id\": -1, \"image_id\": 1, \"caption\": \"the last\"}]}");
        file.close();
        QVERIFY(file.size() > 200'000'000);
        const Measured found = check(kCoco);
        QVERIFY2(found.code == 0, found.out.left(500) + found.err);
        QCOMPARE(found.json()["rows"].toInt(), 60'001);
        QVERIFY2(found.peak_bytes < kMostMemory, QByteArray::number(found.peak_bytes));
    }
};

QTEST_GUILESS_MAIN(FormatFaultsTest)
#include "formats_test.moc"
