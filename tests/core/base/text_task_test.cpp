// SPDX-License-Identifier: MIT
// Tables of text tasks: GLUE's columns, any table's, and everything that can be wrong with a row.
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "core/base/config/config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/dataset/text_task.h"
#include "core/base/util/error.h"

using namespace switchyard;
namespace fs = std::filesystem;

class TextTaskTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    int files_ = 0;

    fs::path write(const std::string& content) {
        const fs::path file = fs::path(folder_.path().toStdString()) / ("t" + std::to_string(files_++) + ".tsv");
        std::ofstream(file, std::ios::binary) << content;
        return file;
    }
    static std::vector<dataset::TextRow> rowsOf(const fs::path& file, const dataset::TextTask& task, std::vector<io::BadRow>* bad = nullptr) {
        std::vector<dataset::TextRow> rows;
        dataset::readTextRows(
            file, task,
            [&](dataset::TextRow&& row) {
                rows.push_back(std::move(row));
                return true;
            },
            bad);
        return rows;
    }
    static std::string messageOf(const fs::path& file, const dataset::TextTask& task) {
        try {
            rowsOf(file, task);
        } catch (const Error& error) {
            if (error.code() != ExitCode::kBadData) return "another code";
            return error.what();
        }
        return "nothing";
    }

private Q_SLOTS:
    void glueTables() {
        const RunConfig::Task none;
        auto rows = rowsOf(write("sentence\tlabel\nhide new secretions \t0\r\n\na \"quoted\" one\t1\n"), dataset::textTask("sst2", none));
        QCOMPARE(rows.size(), 2U);
        QCOMPARE(rows[0].text, "hide new secretions");
        QCOMPARE(rows[0].label, "0");
        QCOMPARE(rows[1].text, "a \"quoted\" one");  // no quoting: a mark is a character
        QCOMPARE(rows[1].line, 4);
        rows = rowsOf(write("gj04\t1\t\tOur friends won't buy this.\ngj04\t0\t*\tThey drank.\n"), dataset::textTask("cola", none));
        QCOMPARE(rows[1].text, "They drank.");
        QCOMPARE(rows[1].label, "0");
        rows = rowsOf(write("\xef\xbb\xbfQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\tA b\tC d\n"), dataset::textTask("mrpc", none));
        QCOMPARE(rows[0].pair, "C d");
        rows = rowsOf(write("index\tsentence1\tsentence2\tscore\n0\ta\tb\t3.800\n"), dataset::textTask("stsb", none));
        QCOMPARE(rows[0].label, "3.800");
        RunConfig::Task own;
        own.tsv_text = "title";
        own.tsv_label = "topic";
        rows = rowsOf(write("topic\ttitle\nsport\tGoal!\n"), dataset::textTask("tsv", own));
        QCOMPARE(rows[0].label, "sport");
    }

    void badRowsAreNamed_data() {
        QTest::addColumn<QByteArray>("row");
        QTest::addColumn<QString>("message");
        QTest::newRow("columns missing") << QByteArray("only text") << "1 columns instead of 2";
        QTest::newRow("too many columns") << QByteArray("a\t1\tx") << "3 columns instead of 2";
        QTest::newRow("no text") << QByteArray("  \t1") << "No text";
        QTest::newRow("no label") << QByteArray("a\t") << "No label";
        QTest::newRow("another label") << QByteArray("a\t2") << "none of the task's classes";
        QTest::newRow("not UTF-8") << QByteArray("a\xff\t1") << "Not UTF-8";
        QTest::newRow("half a surrogate pair") << QByteArray("a\xed\xa0\x80\t1") << "Not UTF-8";
        QTest::newRow("NUL") << QByteArray("a\0b\t1", 5) << "NUL";
        QTest::newRow("escape sequence in a label") << QByteArray("a\t\x1b[31m") << "\\x1b";
        QTest::newRow("long line") << (QByteArray(2 << 20, 'x') + "\t1") << "longer than 1 MiB";
    }
    void badRowsAreNamed() {
        QFETCH(QByteArray, row);
        QFETCH(QString, message);
        const dataset::TextTask task = dataset::textTask("sst2", {});
        const fs::path file = write("sentence\tlabel\ngood\t1\n" + row.toStdString() + "\nalso good\t0\n");
        std::vector<io::BadRow> bad;
        QCOMPARE(rowsOf(file, task, &bad).size(), 2U);
        QCOMPARE(bad.size(), 1U);
        QCOMPARE(bad[0].line, 3);
        QVERIFY2(QString::fromStdString(bad[0].message).contains(message), bad[0].message.c_str());
        const QString thrown = QString::fromStdString(messageOf(file, task));
        QVERIFY2(thrown.contains(message) && thrown.contains(":3"), qPrintable(thrown));
    }

    void scoresAreNumbers_data() {
        QTest::addColumn<QString>("score");
        for (const char* text : {"nan", "inf", "1e999", "", "1.5x", "0x10"}) QTest::newRow(*text == 0 ? "empty" : text) << text;
    }
    void scoresAreNumbers() {
        QFETCH(QString, score);
        const fs::path file = write("sentence1\tsentence2\tscore\na\tb\t" + score.toStdString() + "\n");
        QVERIFY(messageOf(file, dataset::textTask("stsb", {})).find("is no number") != std::string::npos);
    }

    void badFiles() {
        const dataset::TextTask task = dataset::textTask("sst2", {});
        QVERIFY(messageOf(write(""), task).find("empty") != std::string::npos);
        QVERIFY(messageOf(write("sentence\tlabel\n"), task).find("no rows") != std::string::npos);
        QVERIFY(messageOf(write("text\tlabel\na\t1\n"), task).find("no column \"sentence\"") != std::string::npos);
        QVERIFY(messageOf("/dev/zero", task).find("regular file") != std::string::npos);
        QVERIFY(messageOf(fs::path(folder_.path().toStdString()) / "none.tsv", task).find("open") != std::string::npos);
    }

    void classesAreFoundAndKept() {
        RunConfig config;
        config.task.kind = TaskKind::kText;
        config.task.names = {"tsv", "stsb"};
        config.task.tsv_text = "t";
        config.task.tsv_label = "l";
        config.data.format = DataFormat::kTsv;
        config.data.root = "/";
        config.data.train = {write("t\tl\na\tpear\nb\tapple\nc\tpear\n").string(), write("sentence1\tsentence2\tscore\na\tb\t1.5\n").string()};
        config.data.eval = {write("t\tl\na\tapple\nb\tfig\n").string(), write("sentence1\tsentence2\tscore\na\tb\t2\n").string()};
        const auto train = dataset::openDataset(config, dataset::Split::kTrain);
        QCOMPARE(train->labels().size(), 2U);
        QCOMPARE(train->labels()[0].classes, (std::vector<std::string>{"apple", "pear"}));
        QCOMPARE(train->labels()[1].outputs(), 1);
        QCOMPARE(train->samples()[0].label, 1.0);
        QCOMPARE(train->samples()[3].task, 1);
        QCOMPARE(train->samples()[3].label, 1.5);
        const fs::path file = fs::path(folder_.path().toStdString()) / "labels.json";
        dataset::writeLabels(file, train->labels());
        const auto eval = dataset::openDataset(config, dataset::Split::kEval, dataset::readLabels(file));
        QCOMPARE(eval->labels()[0].classes, train->labels()[0].classes);
        QCOMPARE(eval->samples()[0].label, 0.0);
        QCOMPARE(eval->samples()[1].label, -1.0);  // no class of the training
        QCOMPARE(eval->samples()[2].task, 1);
        // One table of a model with several tasks keeps the model's numbers.
        const auto one = dataset::openTextTable(config.data.eval[1], "stsb", config.task, train->labels());
        QCOMPARE(one->samples()[0].task, 1);
        QVERIFY(train->hash() != eval->hash());
    }
};

QTEST_APPLESS_MAIN(TextTaskTest)
#include "text_task_test.moc"
