// SPDX-License-Identifier: MIT
#include "core/base/text/hugging_face.h"

#include <algorithm>
#include <utility>

namespace switchyard::text {
namespace {

/// Special ones are looked for first, so that of two equal ones they count.
AddedTokenFinder finderOf(const TokenizerParts& parts, bool normalized) {
    std::vector<AddedToken> tokens;
    for (const bool special : {true, false}) {
        for (const AddedToken& token : parts.added) {
            if (token.special != special || token.normalized != normalized) continue;
            tokens.push_back(token);
            if (normalized) parts.normalizer.run(token.content, &tokens.back().content);
            if (tokens.back().content.empty()) {
                throw FileProblem{"added_tokens: nothing is left of " + inQuotes(token.content) + " when normalised"};
            }
        }
    }
    return AddedTokenFinder(std::move(tokens));
}

}  // namespace

HuggingFace::HuggingFace(TokenizerParts parts)
    : parts_(std::move(parts)),
      raw_(finderOf(parts_, false)),
      normalized_(finderOf(parts_, true)),
      special_(parts_.pieces.size(), false) {
    for (const AddedToken& token : parts_.added) {
        const auto place = static_cast<std::size_t>(token.id);
        special_[place] = token.special;
        // Read back as it is looked for.
        if (token.normalized) parts_.normalizer.run(token.content, &parts_.pieces[place]);
    }
}

void HuggingFace::addWords(std::string_view text, std::vector<std::int32_t>* ids) const {
    static thread_local std::string with_space;
    if (parts_.prefix_space && text.front() != ' ') {
        with_space.assign(" ").append(text);
        text = with_space;
    }
    WordScanner scanner(parts_.rule, text);
    for (std::string_view word; scanner.next(&word);) parts_.model->addPieces(word, ids);
}

void HuggingFace::addNormalized(std::string_view text, std::vector<std::int32_t>* ids) const {
    static thread_local std::string normal;
    if (!parts_.normalizer.isIdentity()) {
        parts_.normalizer.run(text, &normal);
        text = normal;
    }
    if (normalized_.isEmpty()) {
        if (!text.empty()) addWords(text, ids);
        return;
    }
    static thread_local std::vector<TextPart> parts;
    normalized_.split(text, &parts);
    for (const TextPart& part : parts) {
        if (part.id >= 0) {
            ids->push_back(part.id);
        } else {
            addWords(part.text, ids);
        }
    }
}

std::vector<std::int32_t> HuggingFace::idsOf(const std::string& text) const {
    std::vector<std::int32_t> ids;
    ids.reserve(text.size() / 4 + 4);
    static thread_local std::vector<TextPart> parts;
    raw_.split(text, &parts);
    for (const TextPart& part : parts) {
        if (part.id >= 0) {
            ids.push_back(part.id);
        } else {
            addNormalized(part.text, &ids);
        }
    }
    return ids;
}

Encoding HuggingFace::encode(const std::string& first, const std::string* second, std::size_t limit) const {
    const std::vector<std::int32_t> more = second == nullptr ? std::vector<std::int32_t>() : idsOf(*second);
    return parts_.layout.apply(idsOf(first), second == nullptr ? nullptr : &more, limit);
}

std::vector<std::int32_t> HuggingFace::asInFile(const std::string& first, const std::string* second) const {
    const FileLength& length = parts_.length;
    const std::size_t limit = length.most < 0 ? kNoLimit : static_cast<std::size_t>(length.most);
    std::vector<std::int32_t> ids = encode(first, second, limit).ids;
    if (length.fixed >= 0) {
        const auto multiple = static_cast<std::size_t>(length.multiple);
        const auto fixed = (static_cast<std::size_t>(length.fixed) + multiple - 1) / multiple * multiple;
        if (ids.size() < fixed)
            ids.insert(length.pad_left ? ids.begin() : ids.end(), fixed - ids.size(), length.pad_id);
    }
    return ids;
}

std::string HuggingFace::decode(const std::vector<std::int32_t>& ids) const {
    std::vector<std::string> pieces;
    for (const std::int32_t id : ids) {
        const auto place = static_cast<std::size_t>(id);
        if (!special_[place] && !parts_.pieces[place].empty()) pieces.push_back(parts_.pieces[place]);
    }
    return parts_.decoder.join(pieces);
}

std::string HuggingFace::piece(std::int32_t id) const {
    return parts_.decoder.shown(parts_.pieces[static_cast<std::size_t>(id)]);
}

}  // namespace switchyard::text
