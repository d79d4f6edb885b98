// SPDX-License-Identifier: MIT
// A tokenizer.json as the inside of a Tokenizer.
#pragma once

#include <string_view>

#include "core/base/text/tokenizer_engine.h"
#include "core/base/text/tokenizer_parts.h"

namespace switchyard::text {

class HuggingFace : public TokenizerEngine {
public:
    explicit HuggingFace(TokenizerParts parts);

    Encoding encode(const std::string& first, const std::string* second, std::size_t limit) const override;
    std::int32_t filler() const override { return parts_.filler; }
    std::vector<std::int32_t> asInFile(const std::string& first, const std::string* second) const override;
    std::string decode(const std::vector<std::int32_t>& ids) const override;
    std::string piece(std::int32_t id) const override;
    std::int64_t size() const override { return static_cast<std::int64_t>(parts_.pieces.size()); }

private:
    std::vector<std::int32_t> idsOf(const std::string& text) const;
    /// A part between tokens that are looked for in the text as it is.
    void addNormalized(std::string_view text, std::vector<std::int32_t>* ids) const;
    /// A part between all added tokens.
    void addWords(std::string_view text, std::vector<std::int32_t>* ids) const;

    TokenizerParts parts_;
    AddedTokenFinder raw_, normalized_;
    std::vector<bool> special_;  ///< by id
};

}  // namespace switchyard::text
