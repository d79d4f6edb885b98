// SPDX-License-Identifier: MIT
// The "model" of a tokenizer.json: vocabulary and merges.
#include <algorithm>
#include <set>

#include "core/base/text/byte_pair_model.h"
#include "core/base/text/tokenizer_parts.h"
#include "core/base/text/word_piece_model.h"

namespace switchyard::text {
namespace {

using nlohmann::json;
using Merges = std::vector<std::pair<std::string, std::string>>;

void readVocabulary(const json& value, TokenizerParts* parts) {
    if (!value.is_object() || value.empty()) throw FileProblem{"the vocabulary is empty, or no object"};
    if (value.size() > kMaxPieces) throw FileProblem{"there are more than a million pieces"};
    std::vector<bool> used;
    std::size_t bytes = 0;
    parts->vocabulary.reserve(value.size());
    for (const auto& [piece, id] : value.items()) {
        if (piece.size() > kMaxPieceBytes) throw FileProblem{"a piece is too long: " + inQuotes(piece)};
        const bool is_id = id.is_number_integer() && id >= 0 && id < kMaxPieces;
        if (!is_id) throw FileProblem{"the id of piece " + inQuotes(piece) + " is not between 0 and 999999"};
        const auto place = id.get<std::size_t>();
        if (parts->pieces.size() <= place) {
            parts->pieces.resize(place + 1);
            used.resize(place + 1);
        }
        if (used[place]) throw FileProblem{"id " + std::to_string(place) + " stands twice"};
        used[place] = true;
        parts->pieces[place] = piece;
        parts->vocabulary.emplace(piece, static_cast<std::int32_t>(place));
        bytes += piece.size();
    }
    if (bytes + kMaxPieceBytes >= ByteTrie::kMaxBytes) throw FileProblem{"the pieces take more than 8 MiB"};
}

std::int32_t idOf(const TokenizerParts& parts, const std::string& piece, const char* what) {
    const auto found = parts.vocabulary.find(piece);
    if (found == parts.vocabulary.end()) throw FileProblem{what + inQuotes(piece) + " is not in the vocabulary"};
    return found->second;
}

void readWordPiece(JsonFields* fields, TokenizerParts* parts) {
    WordPieceModel::Options options;
    options.prefix = fields->text("continuing_subword_prefix", "##");
    if (options.prefix.size() > kMaxPieceBytes) fields->refuse("the prefix is too long");
    options.unknown = idOf(*parts, fields->text("unk_token", "[UNK]"), "the unknown token ");
    options.max_characters = fields->number("max_input_chars_per_word", 100);
    if (options.max_characters < 1 || options.max_characters > 10'000) {
        fields->refuse("\"max_input_chars_per_word\" is out of range");
    }
    parts->model = std::make_unique<WordPieceModel>(parts->vocabulary, options);
}

/// Two texts, or one with a space between them as older files have it.
std::pair<std::string, std::string> mergeOf(const json& value) {
    if (value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_string()) {
        return {value[0].get<std::string>(), value[1].get<std::string>()};
    }
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        const std::size_t space = text.find(' ');
        if (space != std::string::npos && text.find(' ', space + 1) == std::string::npos) {
            return {text.substr(0, space), text.substr(space + 1)};
        }
    }
    throw FileProblem{"a merge does not name two pieces"};
}

Merges readMerges(const json& value, const TokenizerParts& parts) {
    if (!value.is_array()) throw FileProblem{"the merges are no list"};
    if (value.size() > kMaxPieces) throw FileProblem{"there are more than a million merges"};
    Merges merges;
    merges.reserve(value.size());
    std::set<std::pair<std::int32_t, std::int32_t>> seen;
    for (const json& entry : value) {
        auto [left, right] = mergeOf(entry);
        // Pieces grow by each merge, so there are no cycles but those of an empty one.
        if (left.empty() || right.empty()) throw FileProblem{"a merge of an empty piece"};
        const std::int32_t left_id = idOf(parts, left, "a merge's piece ");
        const std::int32_t right_id = idOf(parts, right, "a merge's piece ");
        idOf(parts, left + right, "what a merge gives, ");
        if (!seen.emplace(left_id, right_id).second) {
            throw FileProblem{"the merge of " + inQuotes(left) + " and " + inQuotes(right) + " stands twice"};
        }
        merges.emplace_back(std::move(left), std::move(right));
    }
    return merges;
}

void readBytePairs(JsonFields* fields, TokenizerParts* parts) {
    BytePairModel::Options options;
    fields->mustBe("dropout", 0.0);
    fields->mustBe("continuing_subword_prefix", "");
    fields->mustBe("byte_fallback", false);
    options.suffix = fields->text("end_of_word_suffix", "");
    if (options.suffix.size() > kMaxPieceBytes) fields->refuse("the suffix is too long");
    const std::string unknown = fields->text("unk_token", "");
    if (!unknown.empty()) options.unknown = idOf(*parts, unknown, "the unknown token ");
    options.fuse_unknown = fields->flag("fuse_unk", false);
    options.whole_words = fields->flag("ignore_merges", false);
    const Merges merges = readMerges(fields->need("merges"), *parts);
    parts->decoder.suffix = options.suffix;
    parts->model = std::make_unique<BytePairModel>(parts->vocabulary, merges, options);
}

}  // namespace

void readModel(const json& model, TokenizerParts* parts) {
    JsonFields fields(model, "model");
    // Older files do not name it.
    const std::string type = fields.text("type", fields.has("merges") ? "BPE" : "WordPiece");
    if (type != "BPE" && type != "WordPiece") fields.refuse("type " + inQuotes(type) + " is not implemented");
    readVocabulary(fields.need("vocab"), parts);
    if (type == "BPE") {
        readBytePairs(&fields, parts);
    } else {
        readWordPiece(&fields, parts);
    }
    fields.finish();
}

}  // namespace switchyard::text
