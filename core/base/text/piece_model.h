// SPDX-License-Identifier: MIT
// A model of a tokenizer.json: what cuts words into pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace switchyard::text {

using Vocabulary = std::unordered_map<std::string, std::int32_t>;

/// Thread: addPieces() is safe from several threads.
class PieceModel {
public:
    virtual ~PieceModel() = default;
    /// Appends the ids of one word, which is UTF-8 and not empty.
    virtual void addPieces(std::string_view word, std::vector<std::int32_t>* ids) const = 0;
};

}  // namespace switchyard::text
