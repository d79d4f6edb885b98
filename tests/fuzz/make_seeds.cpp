// SPDX-License-Identifier: MIT
// make_seeds FOLDER: a small corpus and, where words help, a dictionary for every fuzzer.
//   FOLDER/NAME/...  seeds        FOLDER/NAME.dict  words
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "core/base/config/config.h"
#include "core/base/io/manifest.h"
#include "core/base/io/safetensors.h"
#include "core/base/launch/control_frame.h"
#include "core/base/runs/probe_codec.h"
#include "core/base/text/model_check.h"
#include "core/base/text/tokenizer.h"
#include "tests/fuzz/tokenizer_json_seeds.h"
#include "tests/support/made_routes.h"

namespace fs = std::filesystem;
using namespace switchyard;

namespace {

std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const fs::path& file, const std::string& bytes) {
    fs::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary);
    stream << bytes;
    stream.close();
    if (!stream) throw std::runtime_error("can not write " + file.string());
}

/// Numbered files of one corpus.
class Corpus {
public:
    Corpus(const fs::path& folder, const char* name) : folder_(folder / name), dictionary_(folder / name) {
        dictionary_ += ".dict";
    }
    void add(const std::string& bytes) { write(folder_ / ("seed-" + std::to_string(count_++)), bytes); }
    void words(const std::vector<std::string>& words) const {
        std::string lines;
        for (const std::string& word : words) {
            lines += '"';
            for (const char c : word) {
                char escaped[8];
                std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<unsigned char>(c));
                lines += escaped;
            }
            lines += "\"\n";
        }
        write(dictionary_, lines);
    }

private:
    fs::path folder_, dictionary_;
    int count_ = 0;
};

void configSeeds(const fs::path& folder) {
    Corpus corpus(folder, "config");
    for (const auto& entry : fs::recursive_directory_iterator(SWITCHYARD_SOURCE_DIR "/configs")) {
        if (entry.is_regular_file()) corpus.add(read(entry.path()));
    }
    corpus.add("");
    corpus.add("run: {name: \"a\\tb\", seed: 1, tags: [a, 'b c', \"d\"], note: |\n  two\n  lines\n}\n");
    corpus.add("run:\n  note: >-\n    folded\n    text # no comment\n  dir: ~/x  # a comment\n");
    corpus.add("model: {text: {dim: 32}, embed_dim: '${model.text.dim}'}\nrun: {name: $${x}}\n");
    corpus.add("run: &a {seed: !!int 1, name: *a}\n? [k]\n: v\n---\nx: 1\n");
    corpus.add(std::string(
        "optim: {lr: 1.0e-3, betas: [0.9, 0.95]}\n\0run.tags=[a, b]\nrun.note=issue #3: x\nmodel={moe: {}}", 90));
    std::vector<std::string> words = {
        "null", "~",  "true", "false", ".nan", ".inf", "1e400", "9223372036854775808", "${",
        "$${",  "- ", "? ",   ": ",    "|+",   ">-",   "--set", "\xef\xbb\xbf"};
    for (const KeySpec& key : schema()) {
        words.push_back(key.path.substr(key.path.rfind('.') + 1) + ": ");
        words.push_back("${" + key.path + "}");
    }
    corpus.words(words);
}

void safetensorsSeeds(const fs::path& folder) {
    Corpus corpus(folder, "safetensors");
    const fs::path file = folder / "seed.tmp";
    const std::vector<float> values(24, 0.5F);
    {
        io::SafetensorsWriter writer(file,
                                     {{"w", io::Dtype::kF32, {2, 3}},
                                      {"step", io::Dtype::kI64, {}},
                                      {"none", io::Dtype::kBf16, {0, 4}},
                                      {"b", io::Dtype::kBool, {5}}},
                                     {{"format", "pt"}});
        writer.write("w", values.data(), 24);
        writer.write("step", values.data(), 8);
        writer.write("none", nullptr, 0);
        writer.write("b", values.data(), 5);
        writer.finish();
    }
    corpus.add(read(file));
    {
        io::SafetensorsWriter writer(file, {});
        writer.finish();
    }
    corpus.add(read(file));
    fs::remove(file);
    corpus.add(std::string("\0\0\0\0\0\0\0\x80{}", 10));
    corpus.words({"\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"__metadata__\":{", "\"F32\"", "\"BF16\"",
                  "\"I64\"", "\"BOOL\"", "[0,4]", "[]", "[0]", "9223372036854775807", "4294967296",
                  "18446744073709551615", "\\ud800", "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}"});
}

void manifestSeeds(const fs::path& folder) {
    Corpus corpus(folder, "manifest");
    io::Manifest manifest;
    manifest.step = 12;
    manifest.ranks = 2;
    manifest.created_by = "switchyard";
    const std::string hash(64, 'a');
    manifest.files = {{"model.r000-of-002.safetensors", 100, hash}, {"model.r001-of-002.safetensors", 80, hash, {1}}};
    corpus.add(manifest.toJson());
    // Halves, a run of the flattened tensor, a scalar, an empty one.
    manifest.tensors = {{"w", manifest.files[0].name, "model", "F32", {4, 2}, {0, 0}, {2, 2}},
                        {"w", manifest.files[1].name, "model", "F32", {4, 2}, {2, 0}, {2, 2}},
                        {"m", manifest.files[0].name, "optim", "F32", {3, 3}, {0}, {4}},
                        {"m", manifest.files[1].name, "optim", "F32", {3, 3}, {4}, {5}},
                        {"s", manifest.files[0].name, "state", "I64", {}, {}, {}},
                        {"e", manifest.files[1].name, "model", "BF16", {0, 7}, {0, 0}, {0, 7}}};
    manifest.info = {{"seed", 7}, {"metrics", {{"loss/total", 1.5}}}};
    corpus.add(manifest.toJson());
    corpus.words({"\"files\":", "\"tensors\":", "\"global_shape\":",   "\"offset\":", "\"shape\":",      "\"kind\":",
                  "\"model\"",  "\"optim\"",    "\"state\"",           "\"sha256\":", "\"block_sums\":", "\"name\":",
                  "\"file\":",  "\"../\"",      "9223372036854775807", "4294967296",  "3037000500",      "[0]",
                  "[]",         "[0,0]"});
}

void controlFrameSeeds(const fs::path& folder) {
    Corpus corpus(folder, "control_frame");
    corpus.add(launch::frameOf({{"command", "status"}}));
    corpus.add(launch::frameOf({{"command", "stop"}}) + launch::frameOf({{"command", "pause"}, {"more", {1, "x"}}}));
    corpus.add(launch::frameOf({{"ok", false}, {"error", "no such command"}}) + std::string("\x10\0\0\0{", 5));
    corpus.add(std::string("\0\0\0\0", 4));
    corpus.add(std::string("\xff\xff\xff\x7f{}", 6));
    corpus.words({std::string("\x02\0\0\0{}", 6), "\"command\":", "\"status\"", "\"kill\"", "{\"a\":1,\"a\":2}"});
}

void jsonlSeeds(const fs::path& folder) {
    Corpus corpus(folder, "jsonl");
    corpus.add(
        "{\"id\": \"a\", \"image\": \"a.png\", \"text\": \"a cat\"}\n\n{\"id\": 7, \"image\": \"b/c.jpg\", \"text\": "
        "\"\"}\r\n");
    corpus.add("{\"image\": \"a\", \"question\": \"how many?\", \"answer\": 2, \"keywords\": [\"x\", \"y\"]}");
    corpus.add(
        "{\"text\": \"\\u001b[31m \\ud83d\\ude00 \\u202e \\u2028 \xe6\xbc\xa2\xf0\x9f\x98\x80\"}\n{\"text\": "
        "\"\\ud83d\"}\n");
    corpus.add("{\"text\": \"\xc0\xaf\"}\n[1]\n{oops\n{\"id\": \"x\"}\n{\"text\": null, \"image\": 3}\n");
    corpus.words({"\"id\": ", "\"image\": ", "\"text\": ", "\"question\": ", "\"answer\": ", "\"keywords\": [",
                  "\\ud83d", "\\ude00", "\\u0000", "\\u001b", "null", "1e999", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                  "\xe2\x80\xae", "\n{"});
}

std::string varint(std::size_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
    return bytes + static_cast<char>(value);
}
std::string field(int number, const std::string& bytes) {
    return static_cast<char>(number << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string piece(const std::string& text, int kind, float score) {
    std::string bytes(4, '\0');
    std::memcpy(bytes.data(), &score, 4);
    return field(1, field(1, text) + "\x15" + bytes + "\x18" + static_cast<char>(kind));
}

/// Normalisation rules of one letter: "A" becomes "a". See core/base/text/model_check.cpp for the layout.
std::string smallRules() {
    std::vector<std::uint32_t> units(768, 0);
    const std::uint32_t root = 256, letter = root ^ 'A', leaf = 512;
    units[0] = root << 10;
    units[letter] = ((letter ^ leaf) << 10) | (1U << 8) | 'A';
    units[leaf] = 1U << 31;
    std::string bytes(4, '\0');
    const auto size = static_cast<std::uint32_t>(units.size() * 4);
    std::memcpy(bytes.data(), &size, 4);
    bytes.append(reinterpret_cast<const char*>(units.data()), size);
    return bytes + std::string("a\0b\0", 4);
}

/// A trained model less its own rules, which are 240 kB.
std::string trainedModel(const fs::path& file) {
    std::vector<std::string> texts;
    for (const char* colour : {"red", "green", "blue"}) {
        for (const char* shape : {"circle", "square", "star"}) {
            texts.push_back(std::string("a small ") + colour + " " + shape);
            texts.push_back(std::string("a large ") + colour + " " + shape);
        }
    }
    text::trainTokenizer(texts, 40, file);
    const std::string model = read(file);
    fs::remove(file);
    std::string kept;
    for (std::size_t at = 0; at < model.size();) {
        std::size_t size = 0, head = at + 1;
        for (int shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(model.at(head++));
            size |= std::size_t{byte & 0x7fU} << shift;
            if (byte < 0x80) break;
        }
        if (size < 10'000) kept += model.substr(at, head - at + size);
        at = head + size;
    }
    return kept;
}

void tokenizerSeeds(const fs::path& folder) {
    Corpus corpus(folder, "tokenizer");
    const std::string unknown = piece("<unk>", 2, 0), space = piece("\xe2\x96\x81", 1, -2);
    const std::string plain =
        unknown + space + piece("a", 1, -1) + piece("\xe2\x96\x81small", 1, -3) + piece("<pad>", 3, 0);
    corpus.add(plain);
    corpus.add(plain + piece("<0x41>", 6, 0) + piece("red", 4, 0) + piece("x", 5, 0));
    // model_type of the trainer's part: unigram, BPE, words, letters.
    for (const char type : {'\1', '\2', '\3', '\4'}) corpus.add(plain + field(2, std::string("\x18") + type));
    corpus.add(plain +
               field(3, field(1, "rules") + field(2, smallRules()) + std::string("\x18\x01\x20\x01\x28\x01", 6)));
    corpus.add(trainedModel(folder / "trained.tmp"));
    for (const std::string& file : fuzz::tokenizerJsonSeeds()) corpus.add(file);
    std::vector<std::string> words = fuzz::tokenizerJsonWords();
    const std::vector<std::string> model_words = {piece("b", 1, -1), piece("<unk>", 2, 0), field(3, field(2, "")), std::string("\x18\x02", 2),
                  std::string("\x20\x01", 2), "<0x41>", "\xe2\x96\x81", "<s>", "</s>", "<pad>"};
    words.insert(words.end(), model_words.begin(), model_words.end());
    corpus.words(words);
}

/// A header block; the check sum is the fuzzer's work.
std::string tarHeader(const std::string& name, std::size_t size, char kind) {
    std::string block(512, '\0');
    block.replace(0, name.size(), name);
    block.replace(100, 7, "0000644");
    char digits[13];
    std::snprintf(digits, sizeof digits, "%011zo", size);
    block.replace(124, 11, digits, 11);
    block[156] = kind;
    block.replace(257, 8, std::string("ustar\0" "00", 8));
    return block;
}
std::string tarFile(const std::string& name, const std::string& content, char kind = '0') {
    return tarHeader(name, content.size(), kind) + content + std::string((512 - content.size() % 512) % 512, '\0');
}

void tarSeeds(const fs::path& folder) {
    Corpus corpus(folder, "tar");
    const std::string end(1024, '\0'), right = "\x01";
    corpus.add(right + tarFile("a.txt", "a cat") + tarFile("a.jpg", std::string(700, 'x')) + tarFile("b/", "", '5') + end);
    corpus.add(right + tarFile("PaxHeaders/a", "18 path=long/name\n13 size=0005\n", 'x') + tarFile("a", "hello") + end);
    corpus.add(right + tarFile("././@LongLink", std::string(300, 'n') + '\0', 'L') + tarFile("n", "hello") + end);
    corpus.add(right + tarHeader("cut", 9000, '0') + "too short");
    std::string binary = tarHeader("large", 0, '0');
    binary.replace(124, 12, std::string("\x80\0\0\0\0\0\0\0\0\0\0\x05", 12));
    corpus.add(right + binary + "hello" + std::string(507, '\0') + end);
    corpus.add(std::string(1, '\0') + tarFile("wrong", "sum") + end);
    corpus.words({"ustar", "././@LongLink", "18 path=", "13 size=", std::string("\x80\0\0\0", 4), "77777777777", "GNU.sparse.size="});
}

void jsonArraySeeds(const fs::path& folder) {
    Corpus corpus(folder, "json_arrays");
    corpus.add(R"({"info": {"deep": [[{"a": [1]}]]}, "images": [{"id": 9, "file_name": "b.png"}, 3, null, [1]], "annotations": [{"image_id": 9, "caption": "A caf\u00e9 \ud83d\ude00"}]})");
    corpus.add(R"({"data_subtype": "val2014", "annotations": [{"question_id": 421, "answers": [{"answer": "net"}, {"answer": "a net"}]}], "annotations": []})");
    corpus.add(R"({"a": [{"b": {"c": {"d": 1.5e9, "e": -9223372036854775808}}}], "x": "\ud83d"})");
    corpus.add("{}");
    corpus.words({"\"images\": [", "\"annotations\": [", "\"caption\": ", "\"id\": ", "\\ud83d", "\\ude00", "\\u0000", "1e999", "18446744073709551616", "\xed\xa0\x80", "[[[["});
}

void probeSeeds(const fs::path& folder) {
    Corpus corpus(folder, "probe");
    const auto add = [&](std::int64_t experts, std::int64_t choices, bool fewer, runs::ProbeWeights rule) {
        const std::vector<std::uint8_t> row = runs::encodeProbe(test::madeRoutes(4, experts, choices, 1, fewer), rule);
        corpus.add(std::string(row.begin(), row.end()));
    };
    add(4, 1, false, runs::ProbeWeights::kStored);
    add(16, 2, false, runs::ProbeWeights::kStored);
    add(200, 2, false, runs::ProbeWeights::kStored);
    add(200, 8, false, runs::ProbeWeights::kShares);
    add(60, 6, true, runs::ProbeWeights::kProbabilities);
    corpus.words({std::string("\x01\x02\x03\x02", 4), std::string("\xff\xff\0\0", 4), "\x7f", "\xff\x7f"});
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: make_seeds FOLDER\n";
        return 2;
    }
    const fs::path folder = argv[1];
    fs::create_directories(folder);
    configSeeds(folder);
    safetensorsSeeds(folder);
    manifestSeeds(folder);
    controlFrameSeeds(folder);
    jsonlSeeds(folder);
    jsonArraySeeds(folder);
    tarSeeds(folder);
    probeSeeds(folder);
    tokenizerSeeds(folder);
    return 0;
}
