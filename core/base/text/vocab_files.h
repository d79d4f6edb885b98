// SPDX-License-Identifier: MIT
// Tokenizers in the files that were there before tokenizer.json, turned into one.
// Source: github.com/huggingface/transformers, convert_slow_tokenizer.py (what BERT's, GPT-2's and CLIP's are made of).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace switchyard::text {

/// @param bytes   a vocab.txt of BERT: a piece a line
/// @param config  tokenizer_config.json, or null
/// Throws: FileProblem.
nlohmann::json fromBertVocabulary(const std::string& bytes, const nlohmann::json& config);

/// @param vocabulary  vocab.json: {piece: id}
/// @param merges      merges.txt: two pieces a line
/// GPT-2, or CLIP where pieces end in "</w>". Throws: FileProblem.
nlohmann::json fromMerges(const nlohmann::json& vocabulary, const std::string& merges, const nlohmann::json& config);

}  // namespace switchyard::text
