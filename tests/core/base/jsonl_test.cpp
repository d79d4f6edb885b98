// SPDX-License-Identifier: MIT
#include <sys/stat.h>

#include "core/base/io/jsonl.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;

class JsonlTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsRows() {
        const TempFolder folder;
        const fs::path file =
            folder.write("rows.jsonl",
                         "{\"id\": \"a\", \"image\": \"p/a.png\", \"text\": \"caf\xc3\xa9 \\ud83d\\ude00\", "
                         "\"keywords\": [\"x\", \"y\"], \"emoji\": 3, \"nested\": {\"a\": []}}\r\n"
                         "\n"
                         "{\"id\": 7, \"image\": \"b.png\", \"question\": \"what?\", \"answer\": 2}\n"
                         "{\"text\": \"only words\\u001b\"}");
        const auto rows = io::readJsonl(file);
        QCOMPARE(rows.size(), std::size_t{3});
        QCOMPARE(rows[0].text, std::string("caf\xc3\xa9 \xf0\x9f\x98\x80"));
        QCOMPARE(rows[0].keywords, (std::vector<std::string>{"x", "y"}));
        QCOMPARE(rows[1].id, std::string("7"));
        QCOMPARE(rows[1].answer, std::string("2"));
        QCOMPARE(rows[1].line, 3);
        QCOMPARE(rows[2].id, std::string("rows:4"));
        QCOMPARE(rows[2].text, std::string("only words\x1b"));  // kept as it is; escaped when shown
    }

    void findsBadRows_data() {
        QTest::addColumn<QByteArray>("row");
        QTest::addColumn<QString>("message");
        QTest::newRow("no JSON") << QByteArray("{\"text\": ") << "Not valid JSON";
        QTest::newRow("two values") << QByteArray("{\"text\": \"a\"} {}") << "Not valid JSON";
        QTest::newRow("no object") << QByteArray("[1]") << "Not a JSON object";
        QTest::newRow("overlong UTF-8") << QByteArray("{\"text\": \"\xc0\xaf\"}") << "Not UTF-8";
        QTest::newRow("cut UTF-8") << QByteArray("{\"text\": \"\xe2\x82\"}") << "Not UTF-8";
        QTest::newRow("UTF-8 of a surrogate") << QByteArray("{\"text\": \"\xed\xa0\x80\"}") << "Not UTF-8";
        QTest::newRow("lone high surrogate") << QByteArray("{\"text\": \"\\ud83d\"}") << "surrogate";
        QTest::newRow("lone low surrogate") << QByteArray("{\"text\": \"\\ude00 x\"}") << "surrogate";
        QTest::newRow("raw control") << QByteArray("{\"text\": \"\x1b\"}") << "Not valid JSON";
        QTest::newRow("image is a number")
            << QByteArray("{\"image\": 1, \"text\": \"a\"}") << "\"image\" is not a string";
        QTest::newRow("keywords") << QByteArray("{\"text\": \"a\", \"keywords\": [1]}") << "\"keywords\"";
        QTest::newRow("answers") << QByteArray("{\"text\": \"a\", \"answers\": \"b\"}") << "\"answers\"";
        QTest::newRow("nothing in it") << QByteArray("{\"id\": \"a\"}") << "Neither";
        QTest::newRow("long line") << QByteArray("{\"text\": \"") + QByteArray(1 << 20, 'a') + "\"}"
                                   << "longer than 1 MiB";
        QTest::newRow("number too large")  // found by fuzzing
            << QByteArray("{\"text\": \"a\", \"id\": 1e999}") << "64-bit";
        QTest::newRow("more after a zero byte")  // found by fuzzing
            << QByteArray("{\"text\": \"a\"}\0{oops", 19) << "zero byte";
        QTest::newRow("deep") << QByteArray(200000, '[') << "Not valid JSON";
    }
    void findsBadRows() {
        QFETCH(QByteArray, row);
        QFETCH(QString, message);
        const TempFolder folder;
        const fs::path file =
            folder.write("f.jsonl", "{\"text\": \"good\"}\n" + row.toStdString() + "\n{\"text\": \"good\"}\n");
        QVERIFY(throwsError(ExitCode::kBadData, "f.jsonl:2", [&] { io::readJsonl(file); }));
        std::vector<io::BadRow> bad;
        QCOMPARE(io::readJsonl(file, &bad).size(), std::size_t{2});
        QCOMPARE(bad.size(), std::size_t{1});
        QCOMPARE(bad[0].line, 2);
        QVERIFY2(contains(bad[0].message, message.toStdString()), bad[0].message.c_str());
    }

    void anEndlessLineTakesNoMemory() {
        const TempFolder folder;
        const fs::path file = folder.write("f.jsonl", "");
        fs::resize_file(file, 1ULL << 29);  // sparse: zero bytes without a line end
        std::vector<io::BadRow> bad;
        QVERIFY(io::readJsonl(file, &bad).empty());
        QCOMPARE(bad.size(), std::size_t{1});
        std::ifstream status("/proc/self/status");
        std::int64_t peak_kb = 0;
        for (std::string line; std::getline(status, line);) {
            if (line.rfind("VmHWM:", 0) == 0) peak_kb = std::stoll(line.substr(6));
        }
        QVERIFY2(peak_kb > 0 && peak_kb < 200'000, std::to_string(peak_kb).c_str());
    }

    void refusesFilesWithoutRows() {
        const TempFolder folder;
        QVERIFY(throwsError(ExitCode::kBadData, "no rows", [&] { io::readJsonl(folder.write("f", "")); }));
        QVERIFY(throwsError(ExitCode::kBadData, "no rows", [&] { io::readJsonl(folder.write("f", "\n \n")); }));
        QVERIFY(throwsError(ExitCode::kBadData, "none.jsonl", [&] { io::readJsonl(folder / "none.jsonl"); }));
        QVERIFY(throwsError(ExitCode::kBadData, "Not a regular file", [&] { io::readJsonl(folder.path()); }));
        QCOMPARE(mkfifo((folder / "fifo").c_str(), 0600), 0);
        QVERIFY(throwsError(ExitCode::kBadData, "Not a regular file", [&] { io::readJsonl(folder / "fifo"); }));
    }

    void escapesForDisplay() {
        QCOMPARE(io::escapeForDisplay("a\x1b[0m\n\x7f"), std::string("a\\x1b[0m\\x0a\\x7f"));
        QCOMPARE(io::escapeForDisplay("caf\xc3\xa9"), std::string("caf\xc3\xa9"));
        QCOMPARE(io::escapeForDisplay("\xff\xc2\x85"), std::string("\\ufffd\\x85"));  // C1 control
        QCOMPARE(io::escapeForDisplay("\xe2\x80\xae"
                                      "abc"),
                 std::string("\\u202eabc"));  // right-to-left override
    }

    void knowsUtf8() {
        QVERIFY(io::isUtf8(""));
        QVERIFY(io::isUtf8("\xf4\x8f\xbf\xbf"));
        QVERIFY(!io::isUtf8("\xf4\x90\x80\x80"));  // above U+10FFFF
        QVERIFY(!io::isUtf8("\xe0\x9f\xbf"));      // overlong
        QVERIFY(!io::isUtf8("\x80"));
    }
};

QTEST_GUILESS_MAIN(JsonlTest)
#include "jsonl_test.moc"
