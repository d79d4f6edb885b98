// SPDX-License-Identifier: MIT
// Hostile and wrong configurations, by the real program: exit code 78, the line named, within 1 s and 100 MB.
#include <QTemporaryDir>
#include <QtTest>

#include "support/measured.h"

using namespace switchyard::test;

namespace {

QByteArray billionLaughs() {
    QByteArray text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 40; ++i) {
        const QByteArray before = "*a" + QByteArray::number(i - 1);
        text += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + before;
        for (int k = 0; k < 8; ++k) text += ", " + before;
        text += "]\n";
    }
    return text;
}

QByteArray deepBlocks() {
    QByteArray text = "run:\n";
    for (int i = 1; i <= 1400; ++i) text += QByteArray(i, ' ') + "a:\n";
    return text;
}

}  // namespace

class ConfigFaultsTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    /// 0: no line.
    void requireRefused(const QString& file, int line, const QString& message) const {
        const QString run = temp_.filePath("run");
        for (const QStringList& words :
             {QStringList{"config", "check", file}, QStringList{"train", "--config", file, "--run-dir", run}}) {
            const Measured refused = measure("switchyard", words);
            const QByteArray what =
                words[0].toUtf8() + ": " + QByteArray::number(refused.code) + " " + refused.err.left(600);
            QVERIFY2(refused.code == 78, what);
            const QByteArray place = file.toUtf8() + (line > 0 ? ":" + QByteArray::number(line) + ": " : QByteArray());
            QVERIFY2(refused.err.contains(place), what);
            QVERIFY2(refused.err.contains(message.toUtf8()), what);
            // Of the processor: other tests run beside this one.
            QVERIFY2(refused.processor_s < 1, QByteArray::number(refused.processor_s));
            QVERIFY2(refused.peak_bytes < 100'000'000, QByteArray::number(refused.peak_bytes));
            QVERIFY2(!QFile::exists(run), what);
            for (const char c : refused.err) QVERIFY2(c == '\n' || static_cast<unsigned char>(c) >= 0x20, what);
        }
    }

private Q_SLOTS:
    void refused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const QByteArray& text, int line, const char* message) {
            QTest::newRow(name) << text << line << QString(message);
        };
        row("billion laughs", billionLaughs(), 1, "Anchors (&name) are not allowed");
        row("billion laughs, used", "run: {seed: 1}\n" + billionLaughs() + "run2: *a39\n", 3,
            "Aliases (*name) are not allowed");
        row("alias cycle", "optim: {lr: 0.1}\nrun: &r\n  name: *r\n", 3, "Aliases (*name) are not allowed");
        row("10k deep, in brackets", "run: " + QByteArray(10000, '['), 1, "nested deeper than 32");
        row("10k deep, closed", "\nrun: " + QByteArray(10000, '[') + QByteArray(10000, ']'), 2,
            "nested deeper than 32");
        row("10k deep, maps", "run: " + QByteArray("{a: ").repeated(10000), 1, "nested deeper than 32");
        row("10k deep, dashes", QByteArray("- ").repeated(10000) + "x", 1, "nested deeper than 32");
        row("a megabyte deep, in lines", deepBlocks(), 33, "nested deeper than 32");
        row("larger than 1 MiB", "run: {seed: 1}\n#" + QByteArray(2 << 20, 'x'), 0, "larger than");
        row(".nan", "optim:\n  lr: .nan\n", 2, "optim.lr must be a finite number");
        row(".inf", "optim:\n  lr: -.inf\n", 2, "optim.lr must be a finite number");
        row("1e400", "optim:\n  weight_decay: 0.1\n  lr: 1e400\n", 3, "beyond what a 64-bit number can hold");
        row("2^63 samples", "train: {steps: 5,\n  global_batch: 9223372036854775808}\n", 2, "does not fit in 64 bits");
        row("2^63 - 1 samples", "train: {steps: 5,\n  global_batch: 9223372036854775807}\n", 2,
            "train.global_batch must be 1 to");
        row("overflowing product",
            "train: {global_batch: 16777216}\nmodel: {vision: {image_size: 4096, patch_size: 4}}\n", 1,
            "more than any computer holds");
        row("duplicate key", "run:\n  seed: 1\n  name: a\n  seed: 2\n", 4, "given twice");
        row("unknown key", "run: {seed: 1}\noptim: {lrr: 1}\n", 2, "There is no key optim.lrr. Did you mean optim.lr?");
        row("not UTF-8", "run: {seed: 1}\n# caf\xE9\n", 2, "not valid UTF-8");
        row("overlong UTF-8", "run: {name: \xC0\xAF}\n", 1, "not valid UTF-8");
        row("NUL", QByteArray("run: {seed: 1}\n\nrun\0: 1\n", 24), 3, "control character");
        row("ESC", "run: {name: \x1b[31m}\n", 1, "control character");
        row("experts not divisible by ranks", "model: {moe: {experts: 6}}\nparallel: {ranks: 4, expert: 4}\n", 1,
            "6 experts do not divide over 4 expert ranks");
        row("not YAML", "run: {seed: 1\noptim: [\n", 2, "not valid YAML");
        row("a JPEG", QByteArray::fromHex("ffd8ffe000104a46494600"), 1, "not valid UTF-8");
    }
    void refused() {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QFETCH(QString, message);
        const QString path = temp_.filePath("c.yaml");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        file.close();
        requireRefused(path, line, message);
    }

    void noFile() {
        requireRefused(temp_.filePath("none.yaml"), 0, "No such file");
        requireRefused(temp_.path(), 0, "");
        requireRefused("/dev/zero", 0, "");
    }
};

QTEST_GUILESS_MAIN(ConfigFaultsTest)
#include "config_test.moc"
