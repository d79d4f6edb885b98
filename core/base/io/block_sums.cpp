// SPDX-License-Identifier: MIT
#include "core/base/io/block_sums.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <charconv>
#include <cstdio>

namespace switchyard::io {
namespace {

constexpr std::size_t kDigits = 16;

}  // namespace

std::uint64_t blockSum(const void* data, std::size_t bytes) {
    return XXH3_64bits(data, bytes);
}

std::string blockSumsText(const BlockSums& sums) {
    std::string text;
    text.reserve(kDigits * sums.size());
    for (const std::uint64_t sum : sums) {
        std::array<char, kDigits + 1> digits{};
        std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(sum));
        text += digits.data();
    }
    return text;
}

bool parseBlockSums(const std::string& text, BlockSums* sums) {
    if (text.size() % kDigits != 0 || text.find_first_not_of("0123456789abcdef") != std::string::npos) return false;
    sums->clear();
    for (std::size_t at = 0; at < text.size(); at += kDigits) {
        std::uint64_t sum = 0;
        std::from_chars(text.data() + at, text.data() + at + kDigits, sum, 16);
        sums->push_back(sum);
    }
    return true;
}

}  // namespace switchyard::io
