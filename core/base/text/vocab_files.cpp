// SPDX-License-Identifier: MIT
#include "core/base/text/vocab_files.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/text/json_fields.h"
#include "core/base/text/tokenizer_parts.h"

namespace switchyard::text {
namespace {

using nlohmann::json;

std::vector<std::string> linesOf(const std::string& bytes) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        std::string line = bytes.substr(at, end - at);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        lines.push_back(std::move(line));
        at = end + 1;
        if (lines.size() > kMaxPieces + 1) throw FileProblem{"there are more than a million lines"};
    }
    return lines;
}

/// A token of the config: a text, or an object that has it as its content.
std::string namedToken(const json& config, const char* key, const char* fallback) {
    const auto found = config.find(key);
    if (found == config.end() || found->is_null()) return fallback;
    const json content = found->is_object() ? found->value("content", json()) : *found;
    if (!content.is_string()) throw FileProblem{"tokenizer_config.json: \"" + std::string(key) + "\" is no token"};
    return content.get<std::string>();
}

void requireClass(const json& config, const std::vector<std::string>& names) {
    const auto found = config.find("tokenizer_class");
    if (found == config.end() || found->is_null()) return;
    const bool known = std::any_of(names.begin(), names.end(),
                                   [&](const std::string& name) { return *found == name || *found == name + "Fast"; });
    if (!known) throw FileProblem{"tokenizer_config.json: tokenizer_class " + found->dump() + " is not implemented"};
}

json added(const json& vocabulary, const std::string& content) {
    return {{"id", vocabulary.at(content)},
            {"content", content},
            {"single_word", false},
            {"lstrip", false},
            {"rstrip", false},
            {"normalized", false},
            {"special", true}};
}

/// The tokens that are in the vocabulary, by their ids, each once.
json addedTokens(const json& vocabulary, std::vector<std::string> contents) {
    std::sort(contents.begin(), contents.end());
    contents.erase(std::unique(contents.begin(), contents.end()), contents.end());
    json list = json::array();
    for (const std::string& content : contents) {
        if (vocabulary.contains(content)) list.push_back(added(vocabulary, content));
    }
    return list;
}

json optionOf(const json& config, const char* key, const json& fallback) {
    return config.is_object() ? config.value(key, fallback) : fallback;
}

}  // namespace

json fromBertVocabulary(const std::string& bytes, const json& config) {
    requireClass(config, {"BertTokenizer", "DistilBertTokenizer", "MPNetTokenizer", "ElectraTokenizer"});
    if (optionOf(config, "do_basic_tokenize", true) != true) {
        throw FileProblem{"tokenizer_config.json: \"do_basic_tokenize\" false is not implemented"};
    }
    const json never_split = optionOf(config, "never_split", nullptr);
    if (!never_split.is_null() && !never_split.empty()) {
        throw FileProblem{"tokenizer_config.json: \"never_split\" is not implemented"};
    }
    json vocabulary = json::object();
    for (const std::string& line : linesOf(bytes)) {
        const std::size_t id = vocabulary.size();
        const std::string piece = line.substr(0, line.find_last_not_of(" \t") + 1);
        if (!vocabulary.emplace(piece, id).second) throw FileProblem{"piece " + inQuotes(piece) + " stands twice"};
    }
    const std::string unknown = namedToken(config, "unk_token", "[UNK]"),
                      start = namedToken(config, "cls_token", "[CLS]"), end = namedToken(config, "sep_token", "[SEP]");
    for (const std::string& token : {unknown, start, end}) {
        if (!vocabulary.contains(token)) throw FileProblem{"the vocabulary has no " + inQuotes(token)};
    }
    const json tokens = addedTokens(vocabulary, {unknown, start, end, namedToken(config, "pad_token", "[PAD]"),
                                                 namedToken(config, "mask_token", "[MASK]")});
    return {{"version", "1.0"},
            {"added_tokens", tokens},
            {"normalizer",
             {{"type", "BertNormalizer"},
              {"clean_text", true},
              {"handle_chinese_chars", optionOf(config, "tokenize_chinese_chars", true)},
              {"strip_accents", optionOf(config, "strip_accents", nullptr)},
              {"lowercase", optionOf(config, "do_lower_case", true)}}},
            {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
            {"post_processor",
             {{"type", "BertProcessing"},
              {"sep", json::array({end, vocabulary[end]})},
              {"cls", json::array({start, vocabulary[start]})}}},
            {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
            {"model", {{"type", "WordPiece"}, {"unk_token", unknown}, {"vocab", vocabulary}}}};
}

json fromMerges(const json& vocabulary, const std::string& merges, const json& config) {
    json list = json::array();
    bool clip = false;
    for (const std::string& line : linesOf(merges)) {
        if (line.rfind("#version", 0) == 0 || line.empty()) continue;
        clip = clip || (line.size() > 4 && line.compare(line.size() - 4, 4, "</w>") == 0);
        list.push_back(line);
    }
    requireClass(config, clip ? std::vector<std::string>{"CLIPTokenizer"} : std::vector<std::string>{"GPT2Tokenizer"});
    const std::string end = namedToken(config, "eos_token", "<|endoftext|>");
    const std::string start = namedToken(config, "bos_token", clip ? "<|startoftext|>" : "<|endoftext|>");
    json file = {{"version", "1.0"},
                 {"added_tokens", addedTokens(vocabulary, {start, end, namedToken(config, "unk_token", end.c_str())})},
                 {"decoder", {{"type", "ByteLevel"}}},
                 {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", list}}}};
    const json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", optionOf(config, "add_prefix_space", false)}};
    if (!clip) {
        file["pre_tokenizer"] = bytes;
        return file;
    }
    for (const std::string& token : {start, end}) {
        if (!vocabulary.contains(token)) throw FileProblem{"the vocabulary has no " + inQuotes(token)};
    }
    file["model"]["unk_token"] = end;
    file["model"]["end_of_word_suffix"] = "</w>";
    file["normalizer"] = {{"type", "Sequence"},
                          {"normalizers",
                           {{{"type", "NFC"}},
                            {{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}},
                            {{"type", "Lowercase"}}}}};
    const json split = {{"type", "Split"},
                        {"pattern", {{"Regex", "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"}}},
                        {"behavior", "Removed"},
                        {"invert", true}};
    file["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", json::array({split, bytes})}};
    file["post_processor"] = {{"type", "RobertaProcessing"},
                              {"sep", json::array({end, vocabulary[end]})},
                              {"cls", json::array({start, vocabulary[start]})}};
    return file;
}

}  // namespace switchyard::text
