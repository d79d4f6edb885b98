// SPDX-License-Identifier: MIT
#include "core/base/text/token_decoder.h"

#include <array>
#include <string_view>
#include <utility>

#include "core/base/io/jsonl.h"
#include "core/base/text/byte_letters.h"
#include "core/base/text/unicode/utf8.h"

namespace switchyard::text {
namespace {

void replaceAll(std::string_view from, std::string_view to, std::string* text) {
    for (std::size_t at = text->find(from); at != std::string::npos; at = text->find(from, at + to.size())) {
        text->replace(at, from.size(), to);
    }
}

std::string cleanedUp(std::string text) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kRules = {{{" .", "."},
                                                                                              {" ?", "?"},
                                                                                              {" !", "!"},
                                                                                              {" ,", ","},
                                                                                              {" ' ", "'"},
                                                                                              {" n't", "n't"},
                                                                                              {" 'm", "'m"},
                                                                                              {" do not", " don't"},
                                                                                              {" 's", "'s"},
                                                                                              {" 've", "'ve"},
                                                                                              {" 're", "'re"}}};
    for (const auto& [from, to] : kRules) replaceAll(from, to, &text);
    return text;
}

bool endsWith(std::string_view text, std::string_view end) {
    return !end.empty() && text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// The bytes of a piece, its mark of a word's end as a space.
std::string bytesWithSpace(const std::string& piece, const std::string& suffix) {
    const bool ends_word = endsWith(piece, suffix);
    const std::string letters = ends_word ? piece.substr(0, piece.size() - suffix.size()) : piece;
    return bytesOf(letters).value_or(letters) + (ends_word ? " " : "");
}

}  // namespace

std::string TokenDecoder::join(const std::vector<std::string>& pieces) const {
    std::string text;
    for (const std::string& piece : pieces) {
        if (kind == Kind::kBytes) {
            text += bytesWithSpace(piece, suffix);
            continue;
        }
        const bool first = &piece == &pieces.front();
        std::string part = first ? piece : " " + piece;
        if (kind == Kind::kWordPiece) {
            if (!first && piece.compare(0, prefix.size(), prefix) == 0) part = piece.substr(prefix.size());
            if (cleanup) part = cleanedUp(part);
        }
        text += part;
    }
    if (kind == Kind::kBytes) text = unicode::repaired(text);
    if (!suffix.empty() && endsWith(text, " ")) text.pop_back();
    return text;
}

std::string TokenDecoder::shown(const std::string& piece) const {
    if (kind != Kind::kBytes) return piece;
    const std::string bytes = bytesWithSpace(piece, suffix);
    if (io::isUtf8(bytes)) return bytes;
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;  // part of a character
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text += c;
        } else {
            text += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return text;
}

}  // namespace switchyard::text
