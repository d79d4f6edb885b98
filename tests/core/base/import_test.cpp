// SPDX-License-Identifier: MIT
// Imports from the installed packages; skipped where they are missing.
#include "core/base/dataset/import.h"

#include <set>

#include "core/base/dataset/dataset.h"
#include "core/base/text/tokenizer.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;

namespace {

std::set<std::string> textsOf(const dataset::Dataset& data) {
    std::set<std::string> texts;
    for (const auto& sample : data.samples()) texts.insert(sample.texts.begin(), sample.texts.end());
    return texts;
}

/// Mean of each colour.
std::vector<double> meanColour(const io::Image& image) {
    std::vector<double> mean(3);
    for (std::size_t i = 0; i < image.pixels.size(); ++i) mean[i % 3] += image.pixels[i];
    for (double& value : mean) value /= static_cast<double>(image.pixels.size() / 3);
    return mean;
}

bool installed(const char* source) {
    const TempFolder nothing;
    return !errorOf([&] { dataset::completedImport(nothing.path(), source); });
}

}  // namespace

class ImportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void emojiAndStamps() {
        if (!installed("emoji") || !installed("tuxpaint"))
            QSKIP("fonts-noto-color-emoji, unicode-cldr-core or tuxpaint-stamps-default is missing");
        const TempFolder folder;
        const fs::path out = folder / "demo";
        std::int64_t last_done = 0, last_total = 0;
        const auto progress = [&](std::int64_t done, std::int64_t total) {
            last_done = done;
            last_total = total;
            return true;
        };
        const dataset::ImportReport emoji = dataset::importEmoji(out, progress);
        QVERIFY2(emoji.train > 1600 && emoji.train < 2000, std::to_string(emoji.train).c_str());
        QCOMPARE(last_done, last_total);
        QCOMPARE(emoji.dev, 0);
        QVERIFY(dataset::completedImport(out, "emoji").has_value());
        QVERIFY(!dataset::completedImport(out, "tuxpaint").has_value());

        const dataset::ImportReport stamps = dataset::importTuxpaint(out, {});
        QVERIFY2(stamps.train + stamps.dev > 750, std::to_string(stamps.train).c_str());
        QVERIFY(stamps.dev * 20 > stamps.train && stamps.dev * 6 < stamps.train);
        dataset::finishImport(out, 2000);
        QCOMPARE(text::Tokenizer(out / "tokenizer.model").vocabSize(), 2000);

        const auto train = dataset::openJsonl(out / "train.jsonl", "", true);
        const auto dev = dataset::openJsonl(out / "dev.jsonl", "", true);
        QCOMPARE(static_cast<std::int64_t>(train->samples().size()), emoji.train + stamps.train);
        QCOMPARE(static_cast<std::int64_t>(dev->samples().size()), stamps.dev);
        const auto seen = textsOf(*train);
        for (const std::string& text : textsOf(*dev)) QVERIFY2(seen.count(text) == 0, text.c_str());

        // Known pictures: a sequence of two regional indicators, a ZWJ sequence, and colours.
        const auto colourOf = [&](const std::string& name) {
            for (const auto& sample : train->samples()) {
                if (sample.texts[0] == name) return meanColour(train->picture(sample));
            }
            return std::vector<double>();
        };
        QVERIFY(seen.count("flag: France") == 1 && seen.count("flag: Clipperton Island") == 0);  // drawn alike
        QVERIFY(seen.count("polar bear") == 1 && seen.count("woman running") == 0);
        const auto red = colourOf("red circle");
        QVERIFY(red.size() == 3 && red[0] > red[1] + 50 && red[0] > red[2] + 50);
        const auto green = colourOf("green circle");
        QVERIFY(green.size() == 3 && green[1] > green[0] + 25);
        for (const std::string& text : seen) QVERIFY2(!contains(text, "skin tone"), text.c_str());

        againAndInterrupted(out);
    }

    void stopsWithoutLeavings() {
        if (!installed("emoji")) QSKIP("fonts-noto-color-emoji or unicode-cldr-core is missing");
        const TempFolder folder;
        const auto stop = [](std::int64_t done, std::int64_t) { return done < 20; };
        QVERIFY(throwsError(ExitCode::kInterrupted, "stopped", [&] { dataset::importEmoji(folder.path(), stop); }));
        QVERIFY(fs::is_empty(folder.path()));
        // What a killed import left is removed by the next one.
        folder.write(".importing-emoji-2147483646/emoji/x.png", "x");
        QVERIFY(throwsError(ExitCode::kInterrupted, "", [&] { dataset::importEmoji(folder.path(), stop); }));
        QVERIFY(fs::is_empty(folder.path()));
    }

    void nothingToFinish() {
        const TempFolder folder;
        QVERIFY(throwsError(ExitCode::kBadData, "Nothing has been imported",
                            [&] { dataset::finishImport(folder.path(), 100); }));
        folder.write("file", "x");
        QVERIFY(throwsError(installed("tuxpaint") ? ExitCode::kIo : ExitCode::kBadData, "",
                            [&] { dataset::importTuxpaint(folder / "file/out", {}); }));
    }

private:
    /// A second finish changes no byte; an interrupted new import keeps the old one; damage is noticed.
    static void againAndInterrupted(const fs::path& out) {
        const auto time = fs::last_write_time(out / "tokenizer.model");
        const std::string train = readFile(out / "train.jsonl");
        dataset::finishImport(out, 2000);
        QCOMPARE(fs::last_write_time(out / "tokenizer.model"), time);
        QVERIFY(errorOf([&] {
                    dataset::importTuxpaint(out, [](std::int64_t, std::int64_t) { return false; });
                }).has_value());
        QVERIFY(dataset::completedImport(out, "tuxpaint").has_value());
        QCOMPARE(readFile(out / "train.jsonl"), train);
        fs::remove(fs::directory_iterator(out / "tuxpaint")->path());
        QVERIFY(!dataset::completedImport(out, "tuxpaint").has_value());
    }
};

QTEST_GUILESS_MAIN(ImportTest)
#include "import_test.moc"
