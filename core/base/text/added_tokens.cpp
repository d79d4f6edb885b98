// SPDX-License-Identifier: MIT
#include "core/base/text/added_tokens.h"

#include <algorithm>
#include <utility>

#include "core/base/text/unicode/code_points.h"
#include "core/base/text/unicode/utf8.h"

namespace switchyard::text {
namespace {

/// Kinds of the character that ends at `end`, and where it starts.
unsigned kindBefore(std::string_view text, std::size_t end, std::size_t* begin) {
    *begin = end - 1;
    while (*begin > 0 && (static_cast<unsigned char>(text[*begin]) & 0xc0) == 0x80) --*begin;
    std::size_t next = *begin;
    return unicode::kinds()[unicode::nextPoint(text, &next)];
}

unsigned kindAfter(std::string_view text, std::size_t begin, std::size_t* end) {
    *end = begin;
    const char32_t point = unicode::nextPoint(text, end);
    return unicode::kinds()[point];
}

std::size_t bytesOfAll(const std::vector<AddedToken>& tokens) {
    std::size_t bytes = 0;
    for (const AddedToken& token : tokens) bytes += token.content.size();
    return bytes;
}

bool standsAlone(std::string_view text, std::size_t begin, std::size_t end) {
    std::size_t ignored = 0;
    const bool left = begin == 0 || (kindBefore(text, begin, &ignored) & unicode::kWord) == 0;
    const bool right = end == text.size() || (kindAfter(text, end, &ignored) & unicode::kWord) == 0;
    return left && right;
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens)
    : tokens_(std::move(tokens)), trie_(bytesOfAll(tokens_)) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        trie_.add(tokens_[i].content, static_cast<std::int32_t>(i));
        starts_[static_cast<unsigned char>(tokens_[i].content[0])] = true;
    }
}

void AddedTokenFinder::take(std::string_view text, std::size_t begin, std::size_t end, const AddedToken& token,
                            std::size_t* done, std::vector<TextPart>* parts) const {
    std::size_t next = 0;
    if (token.lstrip) {
        std::size_t start = begin;
        while (start > 0 && (kindBefore(text, start, &next) & unicode::kSpace) != 0) start = next;
        begin = std::max(start, *done);
    }
    if (token.rstrip) {
        while (end < text.size() && (kindAfter(text, end, &next) & unicode::kSpace) != 0) end = next;
    }
    if (*done < begin) parts->push_back({text.substr(*done, begin - *done), -1});
    parts->push_back({{}, token.id});
    *done = end;
}

void AddedTokenFinder::split(std::string_view text, std::vector<TextPart>* parts) const {
    parts->clear();
    std::size_t done = 0;
    for (std::size_t at = tokens_.empty() ? text.size() : 0; at < text.size();) {
        if (!starts_[static_cast<unsigned char>(text[at])]) {
            ++at;
            continue;
        }
        std::size_t length = 1;
        const std::int32_t found = trie_.longest(ByteTrie::kRoot, text.substr(at), &length);
        if (found >= 0) {
            const AddedToken& token = tokens_[static_cast<std::size_t>(found)];
            const bool fits = !token.single_word || standsAlone(text, at, at + length);
            if (fits) take(text, at, at + length, token, &done, parts);
        }
        at += length;
    }
    if (done < text.size()) parts->push_back({text.substr(done), -1});
}

}  // namespace switchyard::text
