// SPDX-License-Identifier: MIT
// Everything that a tokenizer.json says, checked, and made of the parts of this folder.
// Source: github.com/huggingface/tokenizers, the serialisation of its Tokenizer.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text/added_tokens.h"
#include "core/base/text/encoding_template.h"
#include "core/base/text/json_fields.h"
#include "core/base/text/piece_model.h"
#include "core/base/text/text_normalizer.h"
#include "core/base/text/token_decoder.h"
#include "core/base/text/word_scanner.h"

namespace switchyard::text {

/// Cutting and filling up that the file asks for. Only data.tokenizer-check follows it: a model has a length of its
/// own.
struct FileLength {
    std::int64_t most = -1;     ///< tokens, -1 for no limit
    std::int64_t fixed = -1;    ///< filled up to so many, -1 for no filling
    std::int64_t multiple = 1;  ///< and to a multiple of this
    std::int32_t pad_id = 0;
    bool pad_left = false;
};

struct TokenizerParts {
    Vocabulary vocabulary;            ///< of the model, without added tokens
    std::vector<std::string> pieces;  ///< by id, added ones too; "" for an id that is not used
    std::vector<AddedToken> added;
    TextNormalizer normalizer;
    WordRule rule = WordRule::kWhole;
    bool prefix_space = false;  ///< before a text that does not start with one
    std::unique_ptr<PieceModel> model;
    EncodingTemplate layout;
    TokenDecoder decoder;
    FileLength length;
    std::int32_t filler = 0;  ///< what stands for a text of no token at all
};

constexpr std::size_t kMaxPieces = 1'000'000;
constexpr std::size_t kMaxPieceBytes = 4096;

/// Throws: FileProblem, also for what is right but not implemented.
TokenizerParts readTokenizerParts(const nlohmann::json& file);

/// Steps of it, each for one field of the file. Throws: FileProblem.
void readModel(const nlohmann::json& model, TokenizerParts* parts);
void readAddedTokens(const nlohmann::json& tokens, TokenizerParts* parts);
TextNormalizer readNormalizer(const nlohmann::json& normalizer);
void readPreTokenizer(const nlohmann::json& pre_tokenizer, TokenizerParts* parts);
void readPostProcessor(const nlohmann::json& processor, TokenizerParts* parts);
void readDecoder(const nlohmann::json& decoder, TokenizerParts* parts);

}  // namespace switchyard::text
