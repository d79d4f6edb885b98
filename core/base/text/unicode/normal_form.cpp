// SPDX-License-Identifier: MIT
#include "core/base/text/unicode/normal_form.h"

#include <algorithm>

#include "core/base/text/unicode/code_points.h"

namespace switchyard::text::unicode {
namespace {

bool anyOf(const std::u32string& text, unsigned kind) {
    const Kinds& all = kinds();
    return std::any_of(text.begin(), text.end(), [&](char32_t point) { return (all[point] & kind) != 0; });
}

/// Each run of combining marks in the order of their classes, equal ones as they stand.
void reorder(std::u32string* text) {
    const auto is_mark = [](char32_t point) { return combiningClass(point) != 0; };
    for (auto at = text->begin(); at != text->end();) {
        const auto first = std::find_if(at, text->end(), is_mark);
        at = std::find_if_not(first, text->end(), is_mark);
        std::stable_sort(first, at, [](char32_t a, char32_t b) { return combiningClass(a) < combiningClass(b); });
    }
}

void compose(std::u32string* text) {
    std::size_t kept = 0, starter = 0;
    bool has_starter = false;
    for (const char32_t point : *text) {
        const std::uint8_t own = combiningClass(point);
        if (has_starter) {
            // Blocked when something as high, or another starter, stands between.
            const bool adjacent = kept == starter + 1;
            const std::uint8_t before = adjacent ? std::uint8_t{0} : combiningClass((*text)[kept - 1]);
            const bool blocked = !adjacent && before >= own;
            const char32_t whole = blocked ? 0 : composed((*text)[starter], point);
            if (whole != 0) {
                (*text)[starter] = whole;
                continue;
            }
        }
        if (own == 0) {
            starter = kept;
            has_starter = true;
        }
        (*text)[kept++] = point;
    }
    text->resize(kept);
}

}  // namespace

void toNfd(std::u32string* text) {
    if (anyOf(*text, kDecomposes)) {
        const Kinds& all = kinds();
        std::u32string parts;
        parts.reserve(text->size() + text->size() / 2);
        for (const char32_t point : *text) {
            if ((all[point] & kDecomposes) == 0) {
                parts += point;
            } else if (point >= kHangulFirst && point <= kHangulLast) {
                parts += hangulParts(point);
            } else {
                parts += decompositionOf(point);
            }
        }
        text->swap(parts);
    }
    if (anyOf(*text, kReorders)) reorder(text);
}

void toNfc(std::u32string* text) {
    // Most texts are what they become: nothing in them joins what stands before it.
    const Kinds& all = kinds();
    const bool stays = std::all_of(text->begin(), text->end(), [&](char32_t point) {
        const unsigned kind = all[point];
        return (kind & (kComposes | kReorders)) == 0 && (kind & (kDecomposes | kComposite)) != kDecomposes;
    });
    if (stays) return;
    toNfd(text);
    compose(text);
}

}  // namespace switchyard::text::unicode
