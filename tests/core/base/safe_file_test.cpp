// SPDX-License-Identifier: MIT
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;

class SafeFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsBelowTheRoot() {
        const TempFolder folder;
        folder.write("root/a/b.txt", "hello");
        QCOMPARE(io::readBelow(folder / "root", "a/b.txt", 5), toBytes("hello"));
        QCOMPARE(io::readBelow(folder / "root", "a/../a/b.txt", 5), toBytes("hello"));
        fs::create_symlink("b.txt", folder / "root/a/inside");
        QCOMPARE(io::readBelow(folder / "root", "a/inside", 5), toBytes("hello"));
    }

    void refusesWhatLeadsOut() {
        const TempFolder folder;
        folder.write("root/x", "x");
        folder.write("secret", "s");
        fs::create_symlink("../secret", folder / "root/link");
        fs::create_directory_symlink("..", folder / "root/up");
        fs::create_symlink("loop", folder / "root/loop");
        for (const char* path :
             {"../secret", "../../etc/passwd", "/etc/passwd", "link", "up/secret", "loop", "x/../../secret"}) {
            QVERIFY2(throwsError(ExitCode::kBadData, path, [&] { io::readBelow(folder / "root", path, 1000); }), path);
        }
        QVERIFY(throwsError(ExitCode::kBadData, "usable", [&] { io::readBelow(folder / "root", "", 10); }));
        QVERIFY(throwsError(ExitCode::kBadData, "usable",
                            [&] { io::readBelow(folder / "root", std::string("x\0y", 3), 10); }));
    }

    void refusesWhatIsNoPlainFile() {
        const TempFolder folder;
        QCOMPARE(mkfifo((folder / "fifo").c_str(), 0600), 0);
        fs::create_directory(folder / "dir");
        // Would wait for a writer if the FIFO were opened for blocking reads.
        for (const char* path : {"fifo", "dir"}) {
            QVERIFY(
                throwsError(ExitCode::kBadData, "Not a regular file", [&] { io::readBelow(folder.path(), path, 10); }));
        }
        QVERIFY(throwsError(ExitCode::kBadData, "Not a regular file", [] { io::readBelow("/dev", "zero", 10); }));
        QVERIFY(throwsError(ExitCode::kBadData, "No such file", [&] { io::readBelow(folder.path(), "none", 10); }));
        QVERIFY(throwsError(ExitCode::kBadData, "data root", [&] { io::readBelow(folder / "none", "x", 10); }));
        folder.write("six", "123456");
        QVERIFY(throwsError(ExitCode::kBadData, "limit of 5", [&] { io::readBelow(folder.path(), "six", 5); }));
        QVERIFY(throwsError(ExitCode::kIo, "limit of 5", [&] { io::readText(folder / "six", 5); }));
    }

    void escapesNamesInMessages() {
        const TempFolder folder;
        const auto error = errorOf([&] { io::readBelow(folder.path(), "\x1b[31mred", 10); });
        QVERIFY(error.has_value());
        QVERIFY(!contains(error->what(), "\x1b"));
        QVERIFY(contains(error->what(), "\\x1b[31mred"));
    }

    void writesAtomically() {
        const TempFolder folder;
        io::writeAtomically(folder / "f", "one");
        io::writeAtomically(folder / "f", "two");
        QCOMPARE(readFile(folder / "f"), std::string("two"));
        QVERIFY(throwsError(ExitCode::kIo, "folder", [&] { io::writeAtomically(folder / "none/f", "x"); }));
        fs::create_directory(folder / "taken");
        QVERIFY(throwsError(ExitCode::kIo, "taken", [&] { io::writeAtomically(folder / "taken", "x"); }));
        QCOMPARE(std::distance(fs::directory_iterator(folder.path()), {}), 2);  // no temporary file is left
    }

    void keepsTheOldFileWhenTheDiskIsFull() {
        const TempFolder folder;
        const fs::path file = folder.write("f", "old");
        const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        rlimit small = before;
        small.rlim_cur = 1000;
        setrlimit(RLIMIT_FSIZE, &small);
        const bool refused =
            throwsError(ExitCode::kIo, "write", [&] { io::writeAtomically(file, std::string(5000, 'x')); });
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, old_handler);
        QVERIFY(refused);
        QCOMPARE(readFile(file), std::string("old"));
        QCOMPARE(std::distance(fs::directory_iterator(folder.path()), {}), 1);
    }

    void asksForSpace() {
        const TempFolder folder;
        io::requireSpace(folder.path(), 1);
        QVERIFY(throwsError(ExitCode::kIo, "Too little space", [&] { io::requireSpace(folder.path(), 1ULL << 60); }));
        QVERIFY(throwsError(ExitCode::kIo, "written", [&] { io::requireSpace(folder / "none", 1); }));
    }

    void hashes() {
        // FIPS 180-2, appendix B.1
        const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        QCOMPARE(io::sha256("abc", 3), abc);
        const TempFolder folder;
        QCOMPARE(io::sha256File(folder.write("f", "abc").string()), abc);
        io::Sha256 parts;
        parts.update("a", 1);
        parts.update("bc", 2);
        QCOMPARE(parts.hex(), abc);
        QVERIFY(throwsError(ExitCode::kIo, "none", [&] { io::sha256File((folder / "none").string()); }));
    }
};

QTEST_GUILESS_MAIN(SafeFileTest)
#include "safe_file_test.moc"
