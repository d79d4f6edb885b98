// SPDX-License-Identifier: MIT
// What a Tokenizer is inside: one for SentencePiece models, one for Hugging Face's files.
// Thread: everything const is safe from several threads.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/base/text/tokenizer.h"

namespace switchyard::text {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

class TokenizerEngine {
public:
    virtual ~TokenizerEngine() = default;
    /// Nothing where the texts have no token. `limit` may be 0. Texts are UTF-8.
    virtual Encoding encode(const std::string& first, const std::string* second, std::size_t limit) const = 0;
    /// What stands for a text without tokens.
    virtual std::int32_t filler() const = 0;
    /// As the file's own options have it, which may cut and fill up.
    virtual std::vector<std::int32_t> asInFile(const std::string& first, const std::string* second) const = 0;
    /// Ids are in range.
    virtual std::string decode(const std::vector<std::int32_t>& ids) const = 0;
    virtual std::string piece(std::int32_t id) const = 0;
    virtual std::int64_t size() const = 0;
};

/// Throws: FileProblem (json_fields.h).
std::unique_ptr<TokenizerEngine> openSentencePiece(const std::string& bytes);

}  // namespace switchyard::text
