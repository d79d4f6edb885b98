// SPDX-License-Identifier: MIT
#include "core/base/text/tokenizer_file.h"

#include <algorithm>
#include <array>

#include "core/base/io/jsonl.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/strict_json.h"
#include "core/base/text/json_fields.h"
#include "core/base/text/model_check.h"
#include "core/base/text/vocab_files.h"
#include "core/base/util/error.h"

namespace switchyard::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMaxModelBytes = 64U << 20;
constexpr std::uint64_t kMaxJsonBytes = 32U << 20;  // in memory it is ten times as large
constexpr int kMaxDepth = 16;

std::string readBytes(const fs::path& file) {
    try {
        return io::readText(file, kMaxModelBytes);
    } catch (const Error& error) {
        throw Error(ExitCode::kBadData, "The tokenizer could not be read: " + error.message(), file.string(),
                    "Check data.tokenizer, or leave it out to have one trained");
    }
}

json parse(const std::string& bytes, const std::string& name) {
    if (bytes.size() > kMaxJsonBytes) throw FileProblem{name + " is larger than 32 MiB"};
    json value;
    std::string problem;
    if (!io::parseStrictJson(bytes, kMaxDepth, &value, &problem)) throw FileProblem{name + ": " + problem};
    return value;
}

/// The config beside a file; null when there is none.
json configBeside(const fs::path& file) {
    const fs::path config = file.parent_path() / "tokenizer_config.json";
    std::error_code ignored;
    if (!fs::exists(config, ignored)) return nullptr;
    const json value = parse(readBytes(config), "tokenizer_config.json");
    if (!value.is_object()) throw FileProblem{"tokenizer_config.json is no object"};
    return value;
}

/// A text without control characters, which no protobuf message of some length is.
bool looksLikeText(const std::string& bytes) {
    const bool printable = std::none_of(bytes.begin(), bytes.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && c != '\n' && c != '\r' && c != '\t';
    });
    return printable && io::isUtf8(bytes);
}

fs::path fileIn(const fs::path& folder) {
    for (const char* name : {"tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt"}) {
        std::error_code ignored;
        if (fs::exists(folder / name, ignored)) return folder / name;
    }
    throw Error(
        ExitCode::kBadData,
        "The tokenizer could not be read: the folder has no tokenizer.json, tokenizer.model, vocab.json or vocab.txt",
        folder.string());
}

TokenizerFile fromPair(const json& vocabulary, const fs::path& file) {
    if (!vocabulary.is_object() || vocabulary.empty()) {
        throw FileProblem{"neither a tokenizer.json (with a \"model\") nor a vocab.json (pieces and their ids)"};
    }
    const std::string merges = readBytes(file.parent_path() / "merges.txt");
    if (!io::isUtf8(merges)) throw FileProblem{"merges.txt is not UTF-8"};
    return {{}, fromMerges(vocabulary, merges, configBeside(file))};
}

bool hasLine(const std::string& text, const std::string& line) {
    const std::string all = "\n" + text + "\n";
    return all.find("\n" + line + "\n") != std::string::npos || all.find("\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TokenizerFile readTokenizerFile(const fs::path& path) {
    std::error_code ignored;
    const fs::path file = fs::is_directory(path, ignored) ? fileIn(path) : path;
    std::string bytes = readBytes(file);
    if (looksLikeText(bytes)) {
        const std::size_t start = bytes.find_first_not_of(" \t\r\n");
        if (start != std::string::npos && bytes[start] == '{') {
            json value = parse(bytes, "it");
            // A vocabulary may have a piece of this name, with a number.
            const auto model = value.find("model");
            if (model != value.end() && !model->is_number()) return {std::move(bytes), std::move(value)};
            return fromPair(value, file);
        }
        const fs::path vocabulary = file.parent_path() / "vocab.json";
        if (bytes.rfind("#version", 0) == 0 && fs::exists(vocabulary, ignored)) {
            return fromPair(parse(readBytes(vocabulary), "vocab.json"), vocabulary);
        }
        if (hasLine(bytes, "[UNK]") || hasLine(bytes, "[CLS]"))
            return {{}, fromBertVocabulary(bytes, configBeside(file))};
    } else if (!bytes.empty() && bytes.find_first_not_of(" \t\r\n") != std::string::npos &&
               bytes[bytes.find_first_not_of(" \t\r\n")] == '{' && !modelProblem(bytes).empty()) {
        parse(bytes, "it");  // says what is wrong with what should be JSON
    }
    return {std::move(bytes), nullptr};
}

}  // namespace switchyard::text
