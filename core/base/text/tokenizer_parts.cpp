// SPDX-License-Identifier: MIT
#include "core/base/text/tokenizer_parts.h"

#include <algorithm>
#include <set>

namespace switchyard::text {
namespace {

using nlohmann::json;

void readTruncation(const json& value, FileLength* length) {
    JsonFields fields(value, "truncation");
    fields.mustBe("direction", "Right");
    fields.mustBe("strategy", "LongestFirst");
    fields.pass("stride");  // only what is cut off
    length->most = fields.number("max_length", -1);
    if (length->most < 1) fields.refuse("\"max_length\" is below 1");
    fields.finish();
}

void readPadding(const json& value, FileLength* length, std::size_t pieces) {
    JsonFields fields(value, "padding");
    const json& strategy = fields.need("strategy");
    if (strategy.is_object()) {
        JsonFields fixed(strategy, "padding strategy");
        length->fixed = fixed.number("Fixed", -1);
        fixed.finish();
    } else if (strategy != "BatchLongest") {
        fields.refuse("a strategy other than BatchLongest and Fixed is not implemented");
    }
    const std::string direction = fields.text("direction", "Right");
    if (direction != "Right" && direction != "Left") fields.refuse("direction " + inQuotes(direction));
    length->pad_left = direction == "Left";
    length->multiple = fields.number("pad_to_multiple_of", 1);
    const std::int64_t id = fields.number("pad_id", 0);
    if (id < 0 || static_cast<std::size_t>(id) >= pieces) fields.refuse("\"pad_id\" is no token");
    if (length->multiple < 1 || length->multiple > 65536) fields.refuse("\"pad_to_multiple_of\" is out of range");
    if (length->fixed > 1'000'000) fields.refuse("a length of over a million");
    length->pad_id = static_cast<std::int32_t>(id);
    fields.pass("pad_type_id");
    fields.pass("pad_token");
    fields.finish();
}

/// The unknown token has the first claim, then a special one.
std::int32_t fillerOf(const TokenizerParts& parts, const json& model) {
    const auto unknown = model.find("unk_token");
    if (unknown != model.end() && unknown->is_string()) {
        const auto found = parts.vocabulary.find(unknown->get<std::string>());
        if (found != parts.vocabulary.end()) return found->second;
    }
    const auto special =
        std::find_if(parts.added.begin(), parts.added.end(), [](const AddedToken& token) { return token.special; });
    return special == parts.added.end() ? parts.vocabulary.begin()->second : special->id;
}

}  // namespace

void readAddedTokens(const json& tokens, TokenizerParts* parts) {
    if (!tokens.is_array()) throw FileProblem{"added_tokens is no list"};
    std::set<std::string> seen;
    std::size_t bytes = 0;
    // The library numbers new ones from here, whatever the file says.
    auto next = static_cast<std::int64_t>(parts->vocabulary.size());
    for (const json& value : tokens) {
        JsonFields fields(value, "added_tokens");
        AddedToken token;
        const std::int64_t id = fields.number("id", -1);
        token.content = fields.text("content");
        token.special = fields.flag("special", false);
        token.normalized = fields.flag("normalized", !token.special);
        token.single_word = fields.flag("single_word", false);
        token.lstrip = fields.flag("lstrip", false);
        token.rstrip = fields.flag("rstrip", false);
        fields.finish();
        const std::string shown = inQuotes(token.content);
        bytes += token.content.size();
        if (token.content.empty() || token.content.size() > kMaxPieceBytes || bytes >= ByteTrie::kMaxBytes) {
            fields.refuse("a token is empty or too long: " + shown);
        }
        if (!seen.insert(token.content).second) fields.refuse(shown + " stands twice");
        const auto known = parts->vocabulary.find(token.content);
        const std::int64_t due = known == parts->vocabulary.end() ? next : known->second;
        if (id != due) fields.refuse(shown + " has id " + std::to_string(id) + ", it should be " + std::to_string(due));
        if (id >= static_cast<std::int64_t>(kMaxPieces)) fields.refuse("there are more than a million pieces");
        next = std::max(next, id + 1);
        token.id = static_cast<std::int32_t>(id);
        const auto place = static_cast<std::size_t>(id);
        if (parts->pieces.size() <= place) parts->pieces.resize(place + 1);
        if (!parts->pieces[place].empty() && parts->pieces[place] != token.content) fields.refuse("an id stands twice");
        parts->pieces[place] = token.content;
        parts->added.push_back(std::move(token));
    }
}

TokenizerParts readTokenizerParts(const json& file) {
    JsonFields fields(file, "tokenizer.json");
    fields.mustBe("version", "1.0");
    TokenizerParts parts;
    if (const json* normalizer = fields.find("normalizer")) parts.normalizer = readNormalizer(*normalizer);
    const json& model = fields.need("model");
    readModel(model, &parts);
    readPreTokenizer(fields.need("pre_tokenizer"), &parts);
    if (const json* tokens = fields.find("added_tokens")) readAddedTokens(*tokens, &parts);
    if (const json* processor = fields.find("post_processor")) readPostProcessor(*processor, &parts);
    if (const json* decoder = fields.find("decoder")) readDecoder(*decoder, &parts);
    if (const json* truncation = fields.find("truncation")) readTruncation(*truncation, &parts.length);
    if (const json* padding = fields.find("padding")) readPadding(*padding, &parts.length, parts.pieces.size());
    fields.finish();
    parts.filler = fillerOf(parts, model);
    return parts;
}

}  // namespace switchyard::text
