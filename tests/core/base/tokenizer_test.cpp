// SPDX-License-Identifier: MIT
#include "core/base/text/tokenizer.h"

#include <algorithm>
#include <array>

#include "core/base/text/model_check.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;

namespace {

std::vector<std::string> sampleTexts() {
    std::vector<std::string> texts;
    for (const char* colour : {"red", "green", "blue", "Yellow"}) {
        for (const char* shape : {"circle", "square", "triangle", "star"}) {
            texts.push_back(std::string("a small ") + colour + " " + shape);
            texts.push_back(std::string("a large ") + colour + " " + shape + " at the top");
        }
    }
    return texts;
}

/// A protobuf field of bytes, shorter than 128.
std::string field(int number, const std::string& bytes) {
    return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(bytes.size()) + bytes;
}
std::string piece(const std::string& text, int kind = 1, const std::string& score = std::string(4, '\0')) {
    return field(1, field(1, text) + "\x15" + score + "\x18" + static_cast<char>(kind));
}

}  // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void trainsAndReads() {
        const TempFolder folder;
        text::trainTokenizer(sampleTexts(), 500, folder / "a.model");  // far more than the texts give
        const text::Tokenizer tokenizer(folder / "a.model");
        QVERIFY(tokenizer.vocabSize() > 20 && tokenizer.vocabSize() <= 500);
        const auto ids = tokenizer.encode("a small yellow square", 32);
        QCOMPARE(ids.size(), std::size_t{4});  // words that stand in many texts are pieces
        QCOMPARE(tokenizer.piece(ids[1]), std::string(" small"));
        QCOMPARE(tokenizer.decode(ids), std::string("a small yellow square"));
        QCOMPARE(tokenizer.encode("A SMALL  yellow\tsquare ", 32), ids);  // case, spaces
        QCOMPARE(tokenizer.encode("a small \xef\xbd\x99"
                                  "ellow square",
                                  32),
                 ids);  // NFKC: full-width y
        QCOMPARE(tokenizer.encode("a small yellow square", 3), (std::vector<std::int32_t>{ids[0], ids[1], ids[2]}));
        for (const std::int32_t id : tokenizer.encode("unheard-of \xe6\xbc\xa2 words", 100)) {
            QVERIFY(id >= 0 && id < tokenizer.vocabSize());
        }
    }

    void neverGivesNothing() {
        const TempFolder folder;
        text::trainTokenizer(sampleTexts(), 60, folder / "a.model");
        const text::Tokenizer tokenizer(folder / "a.model");
        for (const char* text : {"", "   ", "\n"}) QCOMPARE(tokenizer.encode(text, 8), std::vector<std::int32_t>{0});
        QCOMPARE(tokenizer.encode("a small", 0).size(), std::size_t{1});
        QCOMPARE(tokenizer.decode({-1, 1'000'000}), std::string());
        QCOMPARE(tokenizer.piece(-1), std::string());
    }

    void putsTwoTextsTogether() {
        const TempFolder folder;
        text::trainTokenizer(sampleTexts(), 500, folder / "a.model");
        const text::Tokenizer tokenizer(folder / "a.model");
        const std::string one = "a small red circle", two = "a large blue star at the top";
        const auto ids = tokenizer.encode(one, 100), more = tokenizer.encode(two, 100);
        QVERIFY(ids.size() == 4 && more.size() == 7);
        const text::Encoding alone = tokenizer.encodePair(one, nullptr, 100);
        QCOMPARE(alone.ids, ids);
        QCOMPARE(alone.types, std::vector<std::uint8_t>(4, 0));
        QCOMPARE(alone.segments, std::vector<std::int8_t>(4, 0));
        // max_tokens, of the first, of the second
        for (const auto& [limit, first, second] : {std::array{100, 4, 7}, {11, 4, 7}, {10, 4, 6}, {8, 4, 4}, {7, 3, 4},
                                                   {3, 1, 2}, {1, 0, 1}, {0, 0, 1}}) {
            const text::Encoding pair = tokenizer.encodePair(one, &two, limit);
            std::vector<std::int32_t> expected(ids.begin(), ids.begin() + first);
            expected.insert(expected.end(), more.begin(), more.begin() + second);
            QCOMPARE(pair.ids, expected);
            QCOMPARE(pair.segments.size(), pair.ids.size());
            QCOMPARE(std::count(pair.segments.begin(), pair.segments.end(), 0), first);
            QCOMPARE(std::count(pair.types.begin(), pair.types.end(), 1), second);
            const text::Encoding turned = tokenizer.encodePair(two, &one, limit);  // the longer one first
            QCOMPARE(std::count(turned.types.begin(), turned.types.end(), 0), second);
        }
    }

    void givesTheSameBytesAgain() {
        const TempFolder folder;
        text::trainTokenizer(sampleTexts(), 60, folder / "a.model");
        text::trainTokenizer(sampleTexts(), 60, folder / "b.model");
        QCOMPARE(readFile(folder / "a.model"), readFile(folder / "b.model"));
        QVERIFY(!contains(readFile(folder / "a.model"), folder.path().string()));
    }

    void trainsOnLittle() {
        const TempFolder folder;
        text::trainTokenizer({"a"}, 100, folder / "one.model");
        QVERIFY(text::Tokenizer(folder / "one.model").vocabSize() >= 2);
        // Sixty different letters do not fit into 20 pieces: the rarest stay unknown.
        std::vector<std::string> texts(300, "aaa bbb ccc abc");
        std::string letters;
        for (int i = 0; i < 60; ++i) letters += "\xe4\xb8" + std::string(1, static_cast<char>(0x80 + i));
        texts.push_back(letters);
        text::trainTokenizer(texts, 20, folder / "small.model");
        QVERIFY(text::Tokenizer(folder / "small.model").vocabSize() <= 20);
        QVERIFY(throwsError(ExitCode::kBadData, "no text", [&] {
            text::trainTokenizer({"", " "}, 100, folder / "x");
        }));
        QVERIFY(!fs::exists(folder / "x"));
    }

    void refusesWhatIsNoModel() {
        const TempFolder folder;
        const auto open = [](const fs::path& file) { return [file] { text::Tokenizer tokenizer(file); }; };
        QVERIFY(throwsError(ExitCode::kBadData, "none.model", open(folder / "none.model")));
        QVERIFY(throwsError(ExitCode::kBadData, "could not be read", open(folder.path())));
        QVERIFY(throwsError(ExitCode::kBadData, "SentencePiece", open(folder.write("empty", ""))));
        QVERIFY(throwsError(ExitCode::kBadData, "SentencePiece", open(folder.write("text", "hello world"))));
        const fs::path large = folder.write("large", "");
        fs::resize_file(large, 65ULL << 20);
        QVERIFY(throwsError(ExitCode::kBadData, "limit", open(large)));
    }

    /// SentencePiece ends the process, or reads outside its buffers, on such files.
    void refusesCraftedModels() {
        const std::string good = piece("<unk>", 2) + piece("a");
        QCOMPARE(text::modelProblem(good), std::string());
        const std::string not_a_number("\x00\x00\xc0\x7f", 4);
        const std::string outside = field(3, field(2, std::string("\x04\0\0\0\0\0\0\x80\0", 9)));  // a trie of one unit
        for (const std::string& bad :
             {piece("a"), piece("<unk>", 2), good + piece("a"), good + piece(""), good + piece("\xff"),
              good + piece("b", 1, not_a_number), good + piece("b", 6), good + piece("b", 9), good + piece("<unk2>", 2),
              good + piece(std::string("b\0c", 3)), good + outside, good + "\x0a", good + "\x0a\x7f", good + "\x0b"}) {
            QVERIFY(!text::modelProblem(bad).empty());
        }
    }

    /// Found by fuzzing: SentencePiece's own id of the unknown piece is -1 when that is not called "<unk>".
    void unknownPieceMayHaveAnyName() {
        const TempFolder folder;
        for (const std::string& model : {piece("<other>", 2) + piece("a"), piece("a") + piece("<other>", 2),
                                         piece("<other>", 2) + piece("<unk>")}) {
            const text::Tokenizer tokenizer(folder.write("m", model));
            const std::vector<std::int32_t> ids = tokenizer.encode("", 4);
            QCOMPARE(ids, (std::vector<std::int32_t>{model.find("<other>") < 8 ? 0 : 1}));
        }
    }

    void survivesDamage() {
        const TempFolder folder;
        text::trainTokenizer(sampleTexts(), 60, folder / "a.model");
        const std::string whole = readFile(folder / "a.model");
        QCOMPARE(text::modelProblem(whole), std::string());
        int usable = 0;
        for (std::size_t i = 0; i < whole.size(); i += 1 + whole.size() / 150) {
            std::string broken = whole;
            broken[i] = static_cast<char>(broken[i] ^ 0x55);
            const auto error = errorOf([&] {
                const text::Tokenizer tokenizer(folder.write("broken", broken));
                tokenizer.encode("a small yellow square \xe6\xbc\xa2 \xef\xbd\x99", 32);
            });
            usable += error ? 0 : 1;
            QVERIFY(!error || error->code() == ExitCode::kBadData);
            QVERIFY(errorOf([&] { text::Tokenizer tokenizer(folder.write("cut", whole.substr(0, i))); }) || i > 1000);
        }
        QVERIFY(usable > 0);  // a changed letter is no damage that can be seen
    }
};

QTEST_GUILESS_MAIN(TokenizerTest)
#include "tokenizer_test.moc"
