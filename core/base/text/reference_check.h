// SPDX-License-Identifier: MIT
// Holds a tokenizer against ids that another program gave for the same texts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/text/tokenizer.h"

namespace switchyard::text {

struct TokenDifference {
    std::int64_t line = 0;  ///< from 1
    std::string text, pair;
    bool has_pair = false;
    std::size_t at = 0;                         ///< the first token that differs
    std::vector<std::int32_t> expected, found;  ///< all ids
};

struct ReferenceReport {
    std::int64_t rows = 0, agree = 0;
    std::vector<TokenDifference> first;  ///< the first ten differences
};

/// Called now and then with the bytes done and those there are.
using ReferenceProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// @param file  JSON Lines: {"text", "ids", and "pair" where there are two texts}; more fields do not matter
/// The ids may be those of whole texts, or cut and filled up as the tokenizer's file asks for.
/// Throws: Error(kBadData) for a missing or empty file (at most 1 GiB) and for a row that is none, naming its line.
ReferenceReport checkReference(const Tokenizer& tokenizer, const std::filesystem::path& file,
                               const ReferenceProgress& progress = {});

}  // namespace switchyard::text
