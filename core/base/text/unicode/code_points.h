// SPDX-License-Identifier: MIT
// What a tokenizer has to know of a code point: its kinds, its lower case, what it is made of.
// The answers are those of PyPI `tokenizers`, from tables that make_tables.py writes.
// Thread: everything here is read-only after its first use, which is safe from several threads.
// Source: unicode.org/reports/tr15 (normal forms), The Unicode Standard 3.12 (Hangul by arithmetic).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::text::unicode {

constexpr char32_t kLastCodePoint = 0x10ffff;
constexpr char32_t kReplacement = 0xfffd;

/// Kinds, as bits.
enum Kind : std::uint16_t {
    kLetter = 1,         ///< \p{L}
    kNumber = 2,         ///< \p{N}
    kSpace = 4,          ///< white space
    kCleanedSpace = 8,   ///< BERT's cleaning makes it a space
    kRemoved = 16,       ///< BERT's cleaning removes it
    kIdeograph = 32,     ///< BERT sets spaces around it
    kPunctuation = 64,   ///< BERT makes it a word of its own
    kMark = 128,         ///< a non-spacing mark
    kWord = 256,         ///< \w
    kHasLower = 512,     ///< lowerOf() is something else
    kDecomposes = 1024,  ///< NFD takes it apart
    kComposes = 2048,    ///< NFC may put it together with what stands before it
    kReorders = 4096,    ///< its combining class is not 0
    kComposite = 8192,   ///< NFC puts it together again
};

/// The kinds of all code points, in blocks of 256 of which equal ones are kept once.
class Kinds {
public:
    Kinds();
    std::uint16_t operator[](char32_t point) const {
        return blocks_[std::size_t{index_[point >> 8]} << 8 | (point & 0xff)];
    }

private:
    std::vector<std::uint16_t> blocks_;
    std::array<std::uint16_t, (kLastCodePoint >> 8) + 1> index_{};
};
const Kinds& kinds();

constexpr char32_t kHangulFirst = 0xac00, kHangulLast = 0xd7a3;

/// In lower case, by itself (no final sigma), for those of kind kHasLower.
std::u32string_view lowerOf(char32_t point);
/// Taken apart as far as possible, for those of kind kDecomposes but the Hangul syllables.
std::u32string_view decompositionOf(char32_t point);
/// The two or three letters of a Hangul syllable.
std::u32string hangulParts(char32_t syllable);
/// The canonical combining class, 0 for most.
std::uint8_t combiningClass(char32_t point);
/// What the two are in one, 0 when there is no such code point. Hangul too.
char32_t composed(char32_t first, char32_t second);

}  // namespace switchyard::text::unicode
