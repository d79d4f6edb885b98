// SPDX-License-Identifier: MIT
// Finds out what kind of tokenizer a path leads to: by what is in the file, not by its name.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace switchyard::text {

struct TokenizerFile {
    std::string bytes;    ///< of a SentencePiece model; of a tokenizer.json as it stands there
    nlohmann::json json;  ///< of a tokenizer.json, or made of the files that were there before it; else null
};

/// Throws: Error(kBadData) when it can not be read or is none of what is known; FileProblem (json_fields.h).
TokenizerFile readTokenizerFile(const std::filesystem::path& path);

}  // namespace switchyard::text
