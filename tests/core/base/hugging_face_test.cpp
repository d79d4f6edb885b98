// SPDX-License-Identifier: MIT
// Small tokenizers of Hugging Face's kinds, by hand; and files that are refused. text_tokenizer_peers_test holds real
// ones against the library.
#include <nlohmann/json.hpp>

#include "core/base/text/reference_check.h"
#include "core/base/text/tokenizer.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using nlohmann::json;

namespace {

using Ids = std::vector<std::int32_t>;

json addedToken(const char* content, int id) {
    return {{"id", id}, {"content", content}, {"normalized", false}, {"special", true}};
}

/// [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, a 4, un 5, ##aff 6, ##able 7, , 8, cafe 9
json bert() {
    const json vocabulary = {{"[PAD]", 0}, {"[UNK]", 1}, {"[CLS]", 2},  {"[SEP]", 3}, {"a", 4},
                             {"un", 5},    {"##aff", 6}, {"##able", 7}, {",", 8},     {"cafe", 9}};
    return {{"version", "1.0"},
            {"added_tokens", json::array({addedToken("[CLS]", 2), addedToken("[SEP]", 3)})},
            {"normalizer", {{"type", "BertNormalizer"}, {"lowercase", true}}},
            {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
            {"post_processor", {{"type", "BertProcessing"}, {"cls", {"[CLS]", 2}}, {"sep", {"[SEP]", 3}}}},
            {"decoder", {{"type", "WordPiece"}}},
            {"model", {{"type", "WordPiece"}, {"unk_token", "[UNK]"}, {"vocab", vocabulary}}}};
}

/// a 0, b 1, c 2, space 3, ab 4, abc 5, " a" 6, <end> 7
json gpt2() {
    const json vocabulary = {{"a", 0},  {"b", 1},   {"c", 2},       {"\u0120", 3},
                             {"ab", 4}, {"abc", 5}, {"\u0120a", 6}, {"<end>", 7}};
    return {{"version", "1.0"},
            {"added_tokens", json::array({addedToken("<end>", 7)})},
            {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
            {"decoder", {{"type", "ByteLevel"}}},
            {"model",
             {{"type", "BPE"},
              {"vocab", vocabulary},
              {"merges", json::array({"a b", json::array({"ab", "c"}), "\u0120 a"})}}}};
}

/// The file with one place of it, named as in a JSON pointer, changed.
json with(json file, const std::string& place, const json& value) {
    file[json::json_pointer(place)] = value;
    return file;
}

class Files {
public:
    fs::path write(const json& file) const { return folder_.write("t/tokenizer.json", file.dump()); }
    const TempFolder& folder() const { return folder_; }
    bool refuses(const json& file, const std::string& part) const {
        const fs::path path = write(file);
        return throwsError(ExitCode::kBadData, part, [&] { text::Tokenizer tokenizer(path); });
    }

private:
    TempFolder folder_;
};

}  // namespace

class HuggingFaceTest : public QObject {
    Q_OBJECT
    Files files_;

private Q_SLOTS:
    void wordPieces() {
        const text::Tokenizer tokenizer(files_.write(bert()));
        QCOMPARE(tokenizer.vocabSize(), 10);
        QCOMPARE(tokenizer.encode("Unaffable, a", 99), (Ids{2, 5, 6, 7, 8, 4, 3}));
        QCOMPARE(tokenizer.encode("CAF\xc3\x89 cafe\xcc\x81\t\x01[SEP] unx", 99), (Ids{2, 9, 9, 3, 1, 3}));
        QCOMPARE(tokenizer.encode("", 99), (Ids{2, 3}));
        QCOMPARE(tokenizer.encode("a a a a", 4), (Ids{2, 4, 4, 3}));
        QCOMPARE(tokenizer.encode("a a a a", 2), (Ids{2, 3}));
        QCOMPARE(tokenizer.encode("a a a a", 1), (Ids{2}));  // not even the special ones have room
        QCOMPARE(tokenizer.encode(std::string(101, 'a'), 99), (Ids{2, 1, 3}));
        QCOMPARE(tokenizer.decode({2, 5, 6, 7, 8, 4, 3, -1, 10}), std::string("unaffable, a"));
        QCOMPARE(tokenizer.piece(6), std::string("##aff"));
        QCOMPARE(tokenizer.encode("a\xff\xc3 a", 99), (Ids{2, 4, 4, 3}));  // no UTF-8: U+FFFD, which cleaning removes
    }

    void pairs() {
        const text::Tokenizer tokenizer(files_.write(bert()));
        const std::string second = "a, a";
        const text::Encoding pair = tokenizer.encodePair("unaffable", &second, 99);
        QCOMPARE(pair.ids, (Ids{2, 5, 6, 7, 3, 4, 8, 4, 3}));
        QCOMPARE(pair.types, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 1, 1, 1, 1}));
        QCOMPARE(pair.segments, (std::vector<std::int8_t>{-1, 0, 0, 0, -1, 1, 1, 1, -1}));
        QCOMPARE(tokenizer.encodePair("unaffable", &second, 8).ids, (Ids{2, 5, 6, 3, 4, 8, 4, 3}));  // 2 and 3 of 5
    }

    void bytePairs() {
        const text::Tokenizer tokenizer(files_.write(gpt2()));
        QCOMPARE(tokenizer.encode("abc ab a<end> abcabc", 99), (Ids{5, 3, 4, 6, 7, 3, 5, 5}));
        QCOMPARE(tokenizer.encode("xyz", 99), (Ids{7}));  // bytes without a piece are left out; never empty
        QCOMPARE(tokenizer.tokens("xyz", nullptr), Ids());
        QCOMPARE(tokenizer.decode({5, 6, 7}), std::string("abc a"));
        QCOMPARE(tokenizer.piece(6), std::string(" a"));
        std::string longer;
        Ids expected;
        for (int i = 0; i < 1000; ++i) {
            longer += "abc";
            expected.push_back(5);
        }
        QCOMPARE(tokenizer.encode(longer, 1 << 20), expected);
    }

    void followsTheFilesLengthOnlyWhenAsked() {
        json file = with(bert(), "/truncation", {{"max_length", 4}, {"strategy", "LongestFirst"}, {"stride", 0}});
        file["padding"] = {{"strategy", {{"Fixed", 6}}}, {"pad_id", 0}, {"direction", "Right"}};
        const text::Tokenizer tokenizer(files_.write(file));
        QCOMPARE(tokenizer.encode("a a a", 99), (Ids{2, 4, 4, 4, 3}));
        QCOMPARE(tokenizer.tokensAsInFile("a a a", nullptr), (Ids{2, 4, 4, 3, 0, 0}));
        const fs::path reference = files_.folder().write(
            "reference.jsonl",
            "{\"text\": \"a a a\", \"ids\": [2, 4, 4, 4, 3]}\n\n{\"text\": \"a\", \"ids\": [2, 4, 3, 0, 0, 0]}\n"
            "{\"text\": \"a\", \"pair\": \"a\", \"ids\": [2, 4, 3, 4, 4]}\n");
        const text::ReferenceReport report = text::checkReference(tokenizer, reference);
        QCOMPARE(report.rows, 3);
        QCOMPARE(report.agree, 2);
        QCOMPARE(report.first.at(0).line, 4);
        QCOMPARE(report.first.at(0).at, std::size_t{4});
        for (const char* bad :
             {"", "{\"text\": \"a\"}", "{\"text\": 1, \"ids\": []}", "{\"text\": \"a\", \"ids\": [-1]}",
              "{\"text\": \"a\", \"ids\": [1e99]}", "[]", "\xff"}) {
            QVERIFY(throwsError(ExitCode::kBadData, "eference",
                                [&] { text::checkReference(tokenizer, files_.folder().write("bad.jsonl", bad)); }));
        }
    }

    void opensOlderFiles() {
        const TempFolder folder;
        folder.write("bert/anything", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nun\n##aff\n##able\n,\nA\n");
        QCOMPARE(text::Tokenizer(folder / "bert/anything").encode("A unaffable", 99), (Ids{2, 4, 5, 6, 7, 3}));
        folder.write("bert/tokenizer_config.json", R"({"do_lower_case": false, "tokenizer_class": "BertTokenizer"})");
        QCOMPARE(text::Tokenizer(folder / "bert/anything").encode("A unaffable", 99), (Ids{2, 9, 5, 6, 7, 3}));
        folder.write("bert/tokenizer_config.json", R"({"tokenizer_class": "T5Tokenizer"})");
        QVERIFY(throwsError(ExitCode::kBadData, "T5Tokenizer", [&] { text::Tokenizer t(folder / "bert/anything"); }));

        json file = gpt2();
        file["model"]["vocab"]["model"] = 8;  // a piece of that name
        folder.write("gpt2/vocab.json", file["model"]["vocab"].dump());
        QVERIFY(throwsError(ExitCode::kBadData, "merges.txt", [&] { text::Tokenizer t(folder / "gpt2"); }));
        folder.write("gpt2/merges.txt", "#version: 0.2\na b\nab c\n\u0120 a\n");
        const std::string packed = text::tokenizerInOneFile(folder / "gpt2");
        for (const fs::path& path : {folder / "gpt2", folder / "gpt2/vocab.json", folder / "gpt2/merges.txt",
                                     folder.write("tokenizer.model", packed)}) {
            QCOMPARE(text::Tokenizer(path).encode("abc ab", 99), (Ids{5, 3, 4}));
        }
        QCOMPARE(text::tokenizerInOneFile(files_.write(file)), file.dump());
    }

    void refusesWhatIsNotImplemented() {
        const auto type = [](const char* name) { return json{{"type", name}}; };
        QVERIFY(files_.refuses(with(bert(), "/normalizer", type("NFKC")), "NFKC"));
        QVERIFY(files_.refuses(with(bert(), "/normalizer/more", true), "more"));
        QVERIFY(files_.refuses(with(bert(), "/something", 1), "something"));
        QVERIFY(files_.refuses(with(bert(), "/pre_tokenizer", type("Metaspace")), "Metaspace"));
        QVERIFY(files_.refuses(with(bert(), "/pre_tokenizer", nullptr), "pre_tokenizer"));
        QVERIFY(files_.refuses(with(bert(), "/pre_tokenizer", type("ByteLevel")), "ByteLevel"));
        QVERIFY(files_.refuses(with(gpt2(), "/pre_tokenizer", type("BertPreTokenizer")), "BertPreTokenizer"));
        QVERIFY(files_.refuses(with(bert(), "/post_processor", type("Other")), "Other"));
        QVERIFY(files_.refuses(with(bert(), "/decoder", type("CTC")), "CTC"));
        QVERIFY(files_.refuses(with(bert(), "/model/type", "Unigram"), "Unigram"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/dropout", 0.1), "dropout"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/byte_fallback", true), "byte_fallback"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/continuing_subword_prefix", "##"), "continuing_subword_prefix"));
        QVERIFY(files_.refuses(with(bert(), "/truncation", {{"max_length", 4}, {"direction", "Left"}}), "direction"));
        const json split = {
            {"type", "Split"}, {"pattern", {{"Regex", "\\d"}}}, {"behavior", "Removed"}, {"invert", true}};
        const json steps = json::array({split, type("ByteLevel")});
        QVERIFY(
            files_.refuses(with(gpt2(), "/pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", steps}}), "\\d"));
        const json replace = {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "b"}};
        QVERIFY(files_.refuses(with(bert(), "/normalizer", replace), "Regex"));
    }

    void refusesCraftedFiles() {
        QVERIFY(files_.refuses(with(bert(), "/model/vocab/b", 4), "twice"));
        QVERIFY(files_.refuses(with(bert(), "/model/vocab/b", -1), "between"));
        QVERIFY(files_.refuses(with(bert(), "/model/vocab/b", 2'000'000'000), "between"));
        QVERIFY(files_.refuses(with(bert(), "/model/vocab/b", 1e300), "between"));
        QVERIFY(files_.refuses(with(bert(), "/model/vocab/b", "5"), "between"));
        QVERIFY(files_.refuses(with(bert(), "/model/vocab", json::object()), "empty"));
        QVERIFY(files_.refuses(with(bert(), "/model/vocab", {1}), "object"));
        QVERIFY(files_.refuses(with(bert(), "/model/unk_token", "[NONE]"), "[NONE]"));
        QVERIFY(files_.refuses(with(bert(), "/model/max_input_chars_per_word", 0), "range"));
        QVERIFY(files_.refuses(with(bert(), "/model/vocab/" + std::string(5000, 'x'), 20), "too long"));
        QVERIFY(files_.refuses(with(bert(), "/added_tokens/0/id", 3), "[CLS]"));
        QVERIFY(files_.refuses(with(bert(), "/added_tokens/-", addedToken("new", 11)), "should be 10"));
        QVERIFY(files_.refuses(with(bert(), "/added_tokens/-", addedToken("[SEP]", 3)), "twice"));
        QVERIFY(files_.refuses(with(bert(), "/added_tokens/-", addedToken("", 10)), "empty"));
        json accent = addedToken("\u0301", 10);
        accent["normalized"] = true;
        QVERIFY(files_.refuses(with(bert(), "/added_tokens/-", accent), "nothing is left"));
        QVERIFY(files_.refuses(with(bert(), "/post_processor/cls", {"[CLS]", 10}), "no token"));
        QVERIFY(files_.refuses(with(bert(), "/post_processor/cls", {"[CLS]", -1}), "no token"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/merges/-", "a x"), "vocabulary"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/merges/-", "b c"), "vocabulary"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/merges/-", "a b"), "twice"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/merges/-", "a"), "two pieces"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/merges/-", "a b c"), "two pieces"));
        QVERIFY(files_.refuses(with(with(gpt2(), "/model/vocab/", 8), "/model/merges/-", {"a", ""}), "empty piece"));
        QVERIFY(files_.refuses(with(gpt2(), "/model/merges", 7), "no list"));
        json piece = {{"Sequence", {{"id", "A"}, {"type_id", 300}}}};
        json layout = {
            {"type", "TemplateProcessing"}, {"special_tokens", json::object()}, {"single", {piece}}, {"pair", {}}};
        QVERIFY(files_.refuses(with(bert(), "/post_processor", layout), "type_id"));
        layout["single"] = json::array();
        QVERIFY(files_.refuses(with(bert(), "/post_processor", layout), "each text once"));
    }

    void refusesWhatIsNoJson() {
        const TempFolder folder;
        const auto refused = [&](const std::string& bytes, const std::string& part) {
            const fs::path file = folder.write("x", bytes);
            return throwsError(ExitCode::kBadData, part, [&] { text::Tokenizer tokenizer(file); });
        };
        const std::string good = bert().dump();
        QVERIFY(refused(good.substr(0, good.size() / 2), "JSON"));
        QVERIFY(refused("{\"model\": " + std::string(100'000, '['), "deeper"));
        QVERIFY(refused("{\"model\": 1, \"model\": 2}", "twice"));
        QVERIFY(refused("{\"model\": \"\xff\"}", "UTF-8"));
        QVERIFY(refused("{\"model\": \"\\ud800\"}", "JSON"));
        QVERIFY(refused("{\"a\": {}}", "merges.txt"));
        QVERIFY(refused("{}", "model"));
        QVERIFY(refused("{" + std::string(33U << 20, ' ') + "}", "32 MiB"));
        for (std::size_t i = 0; i < good.size(); ++i) {  // any byte changed: refused, or still a tokenizer
            std::string damaged = good;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x11);
            const auto error = errorOf([&] {
                const text::Tokenizer tokenizer(folder.write("x", damaged));
                for (const std::int32_t id : tokenizer.encode("Unaffable, a caf\xc3\xa9 [SEP]", 99)) {
                    QVERIFY(id >= 0 && id < tokenizer.vocabSize());
                }
            });
            QVERIFY(!error || error->code() == ExitCode::kBadData);
        }
    }
};

QTEST_GUILESS_MAIN(HuggingFaceTest)
#include "hugging_face_test.moc"
