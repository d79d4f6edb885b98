// SPDX-License-Identifier: MIT
#include "core/base/text/text_normalizer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base/text/unicode/code_points.h"
#include "core/base/text/unicode/normal_form.h"
#include "core/base/text/unicode/utf8.h"

namespace switchyard::text {
namespace {

using unicode::kinds;

template <class Remove>
void removeIf(std::u32string* text, Remove remove) {
    text->erase(std::remove_if(text->begin(), text->end(), remove), text->end());
}

void clean(std::u32string* text) {
    const unicode::Kinds& all = kinds();
    removeIf(text, [&](char32_t point) { return (all[point] & unicode::kRemoved) != 0; });
    for (char32_t& point : *text) {
        if ((all[point] & unicode::kCleanedSpace) != 0) point = U' ';
    }
}

void spaceIdeographs(std::u32string* text) {
    const unicode::Kinds& all = kinds();
    const auto is_one = [&](char32_t point) { return (all[point] & unicode::kIdeograph) != 0; };
    if (std::none_of(text->begin(), text->end(), is_one)) return;
    std::u32string spaced;
    spaced.reserve(text->size() * 3);
    for (const char32_t point : *text) {
        if (is_one(point)) {
            spaced += {U' ', point, U' '};
        } else {
            spaced += point;
        }
    }
    text->swap(spaced);
}

void stripAccents(std::u32string* text) {
    const unicode::Kinds& all = kinds();
    unicode::toNfd(text);
    removeIf(text, [&](char32_t point) { return (all[point] & unicode::kMark) != 0; });
}

void lower(std::u32string* text) {
    const unicode::Kinds& all = kinds();
    std::u32string result;
    result.reserve(text->size());
    for (const char32_t point : *text) {
        if (point < 0x80) {
            result += point >= U'A' && point <= U'Z' ? point + (U'a' - U'A') : point;
        } else if ((all[point] & unicode::kHasLower) == 0) {
            result += point;
        } else {
            result += unicode::lowerOf(point);
        }
    }
    text->swap(result);
}

void oneSpace(std::u32string* text) {
    const unicode::Kinds& all = kinds();
    std::size_t kept = 0;
    bool after_space = false;
    for (const char32_t point : *text) {
        const bool is_space = (all[point] & unicode::kSpace) != 0;
        if (!is_space) (*text)[kept++] = point;
        if (is_space && !after_space) (*text)[kept++] = U' ';
        after_space = is_space;
    }
    text->resize(kept);
}

void runStep(NormalizerStep step, std::u32string* text) {
    switch (step) {
        case NormalizerStep::kClean:
            return clean(text);
        case NormalizerStep::kIdeographs:
            return spaceIdeographs(text);
        case NormalizerStep::kStripAccents:
            return stripAccents(text);
        case NormalizerStep::kLower:
            return lower(text);
        case NormalizerStep::kNfc:
            return unicode::toNfc(text);
        case NormalizerStep::kNfd:
            return unicode::toNfd(text);
        case NormalizerStep::kOneSpace:
            return oneSpace(text);
    }
}

}  // namespace

TextNormalizer::TextNormalizer(std::vector<NormalizerStep> steps) : steps_(std::move(steps)) {
    const auto has = [&](NormalizerStep step) { return std::find(steps_.begin(), steps_.end(), step) != steps_.end(); };
    one_space_ = has(NormalizerStep::kOneSpace);
    // What is removed between two spaces makes one run of them, or not, by the order of the two.
    ascii_is_bytewise_ = !(one_space_ && has(NormalizerStep::kClean));
    for (char32_t point = 0; point < 128; ++point) {
        std::u32string text(1, point);
        for (const NormalizerStep step : steps_) runStep(step, &text);
        ascii_[point] = text.empty() ? '\0' : static_cast<char>(text[0]);
        ascii_removed_[point] = text.empty();
    }
}

void TextNormalizer::runAscii(std::string_view text, std::string* result) const {
    result->resize(text.size());
    char* to = result->data();
    char before = '\0';
    for (const char c : text) {
        const auto index = static_cast<unsigned char>(c);
        const char now = ascii_[index];
        *to = now;
        const bool dropped = ascii_removed_[index] || (one_space_ && now == ' ' && before == ' ');
        before = now;
        to += dropped ? 0 : 1;
    }
    result->resize(static_cast<std::size_t>(to - result->data()));
}

void TextNormalizer::run(std::string_view text, std::string* result) const {
    if (steps_.empty()) {
        result->assign(text);
        return;
    }
    const std::size_t ascii = ascii_is_bytewise_ ? unicode::asciiPrefix(text) : 0;
    if (ascii == text.size()) return runAscii(text, result);
    static thread_local std::u32string points;
    points.clear();
    for (std::size_t at = 0; at < text.size();) points += unicode::nextPoint(text, &at);
    for (const NormalizerStep step : steps_) runStep(step, &points);
    result->clear();
    for (const char32_t point : points) unicode::append(point, result);
}

}  // namespace switchyard::text
