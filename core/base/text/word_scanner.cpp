// SPDX-License-Identifier: MIT
#include "core/base/text/word_scanner.h"

#include <array>

#include "core/base/text/unicode/code_points.h"
#include "core/base/text/unicode/utf8.h"

namespace switchyard::text {
namespace {

using unicode::kLetter;
using unicode::kNumber;
using unicode::kPunctuation;
using unicode::kSpace;

/// Kinds of the ASCII characters, so that most text never gets to the large table.
const std::array<std::uint16_t, 128>& asciiKinds() {
    static const std::array<std::uint16_t, 128> all = [] {
        std::array<std::uint16_t, 128> kinds{};
        for (char32_t point = 0; point < 128; ++point) kinds[point] = unicode::kinds()[point];
        return kinds;
    }();
    return all;
}

/// The kinds of the character at `at`, and where the next one starts.
unsigned kindAt(std::string_view text, std::size_t at, std::size_t* next) {
    static const std::array<std::uint16_t, 128>& ascii = asciiKinds();
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
        *next = at + 1;
        return ascii[byte];
    }
    *next = at;
    const char32_t point = unicode::nextPoint(text, next);
    return unicode::kinds()[point];
}

constexpr unsigned kClasses = kLetter | kNumber | kSpace;

}  // namespace

bool WordScanner::next(std::string_view* word) {
    switch (rule_) {
        case WordRule::kBert:
            return nextBert(word);
        case WordRule::kGpt2:
            return nextGpt2(word);
        case WordRule::kClip:
        case WordRule::kClipWithSpecials:
            return nextClip(word);
        case WordRule::kWhole:
            break;
    }
    return nextWhole(word);
}

bool WordScanner::nextWhole(std::string_view* word) {
    if (at_ == text_.size()) return false;
    at_ = text_.size();
    *word = text_;
    return true;
}

void WordScanner::skipSpaces() {
    for (std::size_t next = 0; at_ < text_.size() && (kindAt(text_, at_, &next) & kSpace) != 0;) at_ = next;
}

/// Characters whose class is this one.
void WordScanner::takeRun(unsigned kinds) {
    for (std::size_t next = 0; at_ < text_.size() && (kindAt(text_, at_, &next) & kClasses) == kinds;) at_ = next;
}

bool WordScanner::nextBert(std::string_view* word) {
    skipSpaces();
    if (at_ == text_.size()) return false;
    const std::size_t begin = at_;
    std::size_t next = 0;
    if ((kindAt(text_, at_, &next) & kPunctuation) != 0) {
        at_ = next;
    } else {
        do at_ = next;
        while (at_ < text_.size() && (kindAt(text_, at_, &next) & (kSpace | kPunctuation)) == 0);
    }
    *word = textFrom(begin);
    return true;
}

/// Length of one that starts here, 0 for none.
std::size_t WordScanner::contraction() const {
    if (text_[at_] != '\'' || at_ + 1 == text_.size()) return 0;
    const char c = text_[at_ + 1];
    if (c == 's' || c == 't' || c == 'm' || c == 'd') return 2;
    const std::string_view two = text_.substr(at_ + 1, 2);
    return two == "re" || two == "ve" || two == "ll" ? 3 : 0;
}

/// All white space here; before something else, all but the last character of several.
void WordScanner::takeSpaces() {
    std::size_t last = at_, next = 0;
    const std::size_t begin = at_;
    while (at_ < text_.size() && (kindAt(text_, at_, &next) & kSpace) != 0) {
        last = at_;
        at_ = next;
    }
    if (at_ < text_.size() && last > begin) at_ = last;
}

bool WordScanner::nextGpt2(std::string_view* word) {
    if (at_ == text_.size()) return false;
    const std::size_t begin = at_;
    if (const std::size_t length = contraction(); length > 0) {
        at_ += length;
        *word = textFrom(begin);
        return true;
    }
    std::size_t next = 0;
    unsigned kind = kindAt(text_, at_, &next) & kClasses;
    if (text_[at_] == ' ' && next < text_.size()) {
        std::size_t after = 0;
        const unsigned behind = kindAt(text_, next, &after) & kClasses;
        if (behind != kSpace) {
            at_ = next;
            kind = behind;
        }
    }
    if (kind == kSpace) {
        takeSpaces();
    } else {
        takeRun(kind);
    }
    *word = textFrom(begin);
    return true;
}

bool WordScanner::nextClip(std::string_view* word) {
    if (at_ < inside_until_) {  // "<|", the letters, "|>"
        const std::size_t begin = at_;
        std::size_t next = 0;
        takeRun(kindAt(text_, at_, &next) & kClasses);
        if (at_ > inside_until_) at_ = inside_until_;
        *word = textFrom(begin);
        return true;
    }
    skipSpaces();
    if (at_ == text_.size()) return false;
    const std::size_t begin = at_;
    if (rule_ == WordRule::kClipWithSpecials && text_[at_] == '<') {
        for (const std::string_view special : {"<|startoftext|>", "<|endoftext|>"}) {
            if (text_.substr(at_, special.size()) != special) continue;
            inside_until_ = at_ + special.size();
            return nextClip(word);
        }
    }
    if (const std::size_t length = contraction(); length > 0) {
        at_ += length;
        *word = textFrom(begin);
        return true;
    }
    std::size_t next = 0;
    const unsigned kind = kindAt(text_, at_, &next) & kClasses;
    if (kind == kNumber) {
        at_ = next;
    } else {
        takeRun(kind);
    }
    *word = textFrom(begin);
    return true;
}

}  // namespace switchyard::text
