// SPDX-License-Identifier: MIT
// The file of fitted pictures: what is there, what is as good as absent, and who may write.
#include "core/base/dataset/picture_file.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using dataset::PictureFile;

namespace {

const PictureFile::Key kKey = {std::string(32, 'a'), 10, 4};

io::Image shade(int value) {
    return {4, 4, std::vector<std::uint8_t>(48, static_cast<std::uint8_t>(value))};
}

bool holds(const PictureFile& file, std::uint64_t picture, std::uint64_t stamp, int value) {
    io::Image image;
    return file.read(picture, stamp, &image) && image.pixels == shade(value).pixels && image.width == 4;
}

}  // namespace

class PictureFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsPictures() {
        const TempFolder folder;
        io::Image none;
        {
            PictureFile file(folder.path(), kKey);
            QVERIFY(!file.read(3, 7, &none));
            file.write(3, 7, shade(30));
            file.write(0, 1, shade(1));
            QVERIFY(holds(file, 3, 7, 30));
        }
        PictureFile file(folder.path(), kKey), beside(folder.path(), kKey);
        QVERIFY(holds(file, 3, 7, 30) && holds(file, 0, 1, 1));
        QVERIFY(!file.read(3, 8, &none));  // its source has changed
        QVERIFY(!file.read(4, 7, &none));
        QVERIFY(!file.read(10, 0, &none));  // beyond the end
        file.write(10, 0, shade(1));
        file.write(9, 5, shade(9));
        QVERIFY(holds(beside, 9, 5, 9));
        QCOMPARE(fs::file_size(file.path()), std::uintmax_t{PictureFile::fullSize(kKey)});
        QVERIFY(PictureFile(folder.path(), {std::string(32, 'b'), 10, 4}).path() != file.path());
    }

    void halfWrittenIsAbsent() {
        const TempFolder folder;
        fs::path path;
        {
            PictureFile file(folder.path(), kKey);
            path = file.path();
            for (std::uint64_t i = 0; i < 10; ++i) file.write(i, i + 1, shade(static_cast<int>(i)));
        }
        const std::string whole = readFile(path);
        // Any byte of the records or pixels: that picture is decoded again, the others stay.
        for (std::size_t at = 4096; at < whole.size(); at += 7) {
            if (at >= 4096 + 240 && at < 8192) continue;  // between records and pixels
            std::string broken = whole;
            broken[at] = static_cast<char>(~broken[at]);
            folder.write(path.filename().string(), broken);
            PictureFile file(folder.path(), kKey);
            int there = 0;
            for (std::uint64_t i = 0; i < 10; ++i) there += holds(file, i, i + 1, static_cast<int>(i)) ? 1 : 0;
            QCOMPARE(there, 9);
        }
        // A header or length that is wrong: the file is made anew.
        for (const std::string& broken :
             {std::string(), std::string("x"), whole.substr(1), whole + "x", std::string(whole.size(), '\0')}) {
            folder.write(path.filename().string(), broken);
            PictureFile file(folder.path(), kKey);
            io::Image image;
            QVERIFY(!file.read(0, 1, &image));
            file.write(0, 1, shade(1));
            QVERIFY(holds(PictureFile(folder.path(), kKey), 0, 1, 1));
        }
        int files = 0;
        for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.path())) ++files;
        QCOMPARE(files, 1);
    }

    void severalProcesses() {
        const TempFolder folder;
        const PictureFile::Key key = {std::string(32, 'c'), 200, 4};
        for (int child = 0; child < 4; ++child) {
            if (fork() == 0) {
                PictureFile file(folder.path(), key);
                for (std::uint64_t i = 0; i < 200; ++i)
                    file.write((i + static_cast<std::uint64_t>(child) * 50) % 200, 1,
                               shade(static_cast<int>((i + static_cast<std::uint64_t>(child) * 50) % 200)));
                _exit(file.failure().empty() ? 0 : 1);
            }
        }
        for (int child = 0; child < 4; ++child) {
            int status = 0;
            wait(&status);
            QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        const PictureFile file(folder.path(), key);
        for (std::uint64_t i = 0; i < 200; ++i) QVERIFY(holds(file, i, 1, static_cast<int>(i)));
    }

    /// In a child that may write 9000 bytes to a file: the limit, as a full disk, is no end.
    void fullDisk() {
        const TempFolder folder;
        { PictureFile made(folder.path(), kKey); }
        if (fork() == 0) {
            signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{8200, 8200};
            setrlimit(RLIMIT_FSIZE, &limit);
            PictureFile file(folder.path(), kKey);
            file.write(5, 1, shade(5));
            io::Image image;
            const bool right = !file.failure().empty() && !file.read(5, 1, &image);
            file.write(0, 1, shade(5));  // would have room, but no more is tried
            _exit(right && !file.read(0, 1, &image) ? 0 : 1);
        }
        int status = 0;
        wait(&status);
        QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }

    void forgottenFilesGo() {
        const TempFolder folder;
        const auto old = [&](const std::string& name) {
            const fs::path file = folder.write(name, "x");
            fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(24 * 40));
            return file;
        };
        const fs::path ours = old(std::string(32, 'f') + ".pictures"),
                       temporary = old("." + std::string(32, 'f') + ".1-2.tmp");
        const fs::path theirs = old("holiday.pictures"), other = old("notes.tmp"),
                       fresh = folder.write(std::string(32, 'e') + ".pictures", "x");
        { PictureFile file(folder.path(), kKey); }
        QVERIFY(!fs::exists(ours) && !fs::exists(temporary));
        QVERIFY(fs::exists(theirs) && fs::exists(other) && fs::exists(fresh));
    }

    void whereItIs() {
        const TempFolder folder;
        RunConfig config;
        config.data.format = DataFormat::kJsonl;
        std::string note;
        config.data.cache = (folder / "c").string();
        QCOMPARE(dataset::pictureFolder(config, 1000, &note), folder / "c");
        QVERIFY(note.empty());
        QVERIFY(dataset::pictureFolder(config, std::uint64_t{1} << 60, &note).empty());
        QVERIFY(contains(note, "are free"));
        note.clear();
        config.data.cache = "false";
        QVERIFY(dataset::pictureFolder(config, 1000, &note).empty());
        config.data.cache = folder.write("a file", "x").string() + "/c";
        QVERIFY(dataset::pictureFolder(config, 1000, &note).empty() && contains(note, "not kept"));
        note.clear();
        config.data.cache = "auto";
        config.data.format = DataFormat::kTar;
        QVERIFY(dataset::pictureFolder(config, 1000, &note).empty() && note.empty());
        qputenv("XDG_CACHE_HOME", folder.path().c_str());
        config.data.cache = "true";
        QCOMPARE(dataset::pictureFolder(config, 1000, &note), folder / "switchyard/pictures");
        config.data.cache = "auto";
        config.data.format = DataFormat::kCoco;
        QVERIFY(dataset::pictureFolder(config, 1000, &note).empty());
        QVERIFY(note.empty());
        QCOMPARE(dataset::pictureFolder(config, 100U << 20, &note), folder / "switchyard/pictures");
        QVERIFY(dataset::pictureFolder(config, std::uint64_t{1} << 60, &note).empty());
    }
};

QTEST_GUILESS_MAIN(PictureFileTest)
#include "picture_file_test.moc"
