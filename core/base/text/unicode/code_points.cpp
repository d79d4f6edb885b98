// SPDX-License-Identifier: MIT
#include "core/base/text/unicode/code_points.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <unordered_map>

namespace switchyard::text::unicode {
namespace {

#include "core/base/text/unicode/classes.inc"
#include "core/base/text/unicode/decompositions.inc"
#include "core/base/text/unicode/lower.inc"

constexpr char32_t kLead = 0x1100, kVowel = 0x1161, kTrail = 0x11a7;
constexpr char32_t kLeads = 19, kVowels = 21, kTrails = 28;

/// Calls visit(first, last) for each range of a table.
template <class Visit>
void eachRange(std::span<const std::uint32_t> table, Visit visit) {
    char32_t at = 0;
    for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
        const char32_t first = at + table[i], last = first + table[i + 1];
        visit(first, last);
        at = last;
    }
}

/// Code points and what each becomes, of one table.
class Mapping {
public:
    /// Calls visit(point, text) for each.
    template <class Visit>
    static void each(std::span<const std::uint32_t> table, Visit visit) {
        char32_t at = 0;
        for (std::size_t i = 0; i + 1 < table.size();) {
            at += table[i];
            const std::size_t count = table[i + 1];
            const std::u32string text(table.begin() + static_cast<std::ptrdiff_t>(i + 2),
                                      table.begin() + static_cast<std::ptrdiff_t>(i + 2 + count));
            visit(at, text);
            i += 2 + count;
        }
    }
    void add(char32_t point, const std::u32string& text) { texts_[point] = text; }
    /// nullptr when it stays as it is.
    const std::u32string* find(char32_t point) const {
        const auto found = texts_.find(point);
        return found == texts_.end() ? nullptr : &found->second;
    }

private:
    std::unordered_map<char32_t, std::u32string> texts_;
};

const Mapping& lower() {
    static const Mapping mapping = [] {
        Mapping all;
        Mapping::each(kLowerTable, [&](char32_t point, const std::u32string& text) { all.add(point, text); });
        return all;
    }();
    return mapping;
}

/// A composite's second part comes apart no further, its first part may.
const Mapping& decompositions() {
    static const Mapping mapping = [] {
        std::map<char32_t, std::u32string> pairs;
        Mapping all;
        Mapping::each(kCompositesTable, [&](char32_t point, const std::u32string& pair) { pairs[point] = pair; });
        Mapping::each(kDecompositionsTable, [&](char32_t point, const std::u32string& text) { all.add(point, text); });
        for (const auto& [point, pair] : pairs) {
            std::u32string text = pair;
            for (auto first = pairs.find(text[0]); first != pairs.end(); first = pairs.find(text[0])) {
                text = first->second + text.substr(1);
            }
            if (const std::u32string* rest = all.find(text[0]); rest != nullptr) text = *rest + text.substr(1);
            all.add(point, text);
        }
        return all;
    }();
    return mapping;
}

const std::unordered_map<std::uint64_t, char32_t>& compositions() {
    static const std::unordered_map<std::uint64_t, char32_t> all = [] {
        std::unordered_map<std::uint64_t, char32_t> pairs;
        Mapping::each(kCompositesTable, [&](char32_t point, const std::u32string& pair) {
            pairs[std::uint64_t{pair[0]} << 32 | pair[1]] = point;
        });
        return pairs;
    }();
    return all;
}

const std::vector<std::uint8_t>& combiningClasses() {
    static const std::vector<std::uint8_t> all = [] {
        std::vector<std::uint8_t> classes(kLastCodePoint + 1, 0);
        std::span<const std::uint32_t> table(kCombiningClassesTable);
        char32_t at = 0;
        for (std::size_t i = 0; i + 2 < table.size(); i += 3) {
            const char32_t first = at + table[i];
            at = first + table[i + 1];
            std::fill(classes.begin() + first, classes.begin() + at + 1, static_cast<std::uint8_t>(table[i + 2]));
        }
        classes.resize(static_cast<std::size_t>(at) + 1);
        classes.shrink_to_fit();
        return classes;
    }();
    return all;
}

std::vector<std::uint16_t> kindOfEach() {
    std::vector<std::uint16_t> all(kLastCodePoint + 1, 0);
    const auto mark = [&](std::span<const std::uint32_t> table, Kind kind) {
        eachRange(table, [&](char32_t first, char32_t last) {
            for (char32_t point = first; point <= last; ++point) all[point] |= kind;
        });
    };
    mark(kLettersTable, kLetter);
    mark(kNumbersTable, kNumber);
    mark(kSpacesTable, kSpace);
    mark(kCleanedSpacesTable, kCleanedSpace);
    mark(kRemovedTable, kRemoved);
    mark(kIdeographsTable, kIdeograph);
    mark(kPunctuationTable, kPunctuation);
    mark(kMarksTable, kMark);
    mark(kWordsTable, kWord);
    Mapping::each(kLowerTable, [&](char32_t point, const std::u32string&) { all[point] |= kHasLower; });
    Mapping::each(kDecompositionsTable, [&](char32_t point, const std::u32string&) { all[point] |= kDecomposes; });
    Mapping::each(kCompositesTable, [&](char32_t point, const std::u32string& pair) {
        all[point] |= kDecomposes | kComposite;
        all[pair[1]] |= kComposes;
    });
    for (char32_t point = kHangulFirst; point <= kHangulLast; ++point) all[point] |= kDecomposes | kComposite;
    for (char32_t point = kVowel; point < kVowel + kVowels; ++point) all[point] |= kComposes;
    for (char32_t point = kTrail + 1; point < kTrail + kTrails; ++point) all[point] |= kComposes;
    for (char32_t point = 0; point < combiningClasses().size(); ++point) {
        if (combiningClasses()[point] != 0) all[point] |= kReorders;
    }
    return all;
}

}  // namespace

Kinds::Kinds() {
    const std::vector<std::uint16_t> all = kindOfEach();
    std::map<std::vector<std::uint16_t>, std::uint16_t> known;
    for (std::size_t block = 0; block < index_.size(); ++block) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(block << 8);
        const auto [place, is_new] =
            known.try_emplace({begin, begin + 256}, static_cast<std::uint16_t>(blocks_.size() >> 8));
        if (is_new) blocks_.insert(blocks_.end(), begin, begin + 256);
        index_[block] = place->second;
    }
}

const Kinds& kinds() {
    static const Kinds all;
    return all;
}

std::u32string_view lowerOf(char32_t point) {
    const std::u32string* text = lower().find(point);
    return text == nullptr ? std::u32string_view() : *text;
}

std::u32string_view decompositionOf(char32_t point) {
    const std::u32string* text = decompositions().find(point);
    return text == nullptr ? std::u32string_view() : *text;
}

std::uint8_t combiningClass(char32_t point) {
    const std::vector<std::uint8_t>& classes = combiningClasses();
    return point < classes.size() ? classes[point] : std::uint8_t{0};
}

std::u32string hangulParts(char32_t syllable) {
    const char32_t index = syllable - kHangulFirst;
    std::u32string parts = {kLead + index / (kVowels * kTrails), kVowel + index % (kVowels * kTrails) / kTrails};
    if (index % kTrails != 0) parts += kTrail + index % kTrails;
    return parts;
}

char32_t composed(char32_t first, char32_t second) {
    if (first >= kLead && first < kLead + kLeads && second >= kVowel && second < kVowel + kVowels) {
        return kHangulFirst + ((first - kLead) * kVowels + second - kVowel) * kTrails;
    }
    const bool open = first >= kHangulFirst && first <= kHangulLast && (first - kHangulFirst) % kTrails == 0;
    if (open && second > kTrail && second < kTrail + kTrails) return first + (second - kTrail);
    const auto found = compositions().find(std::uint64_t{first} << 32 | second);
    return found == compositions().end() ? 0 : found->second;
}

}  // namespace switchyard::text::unicode
