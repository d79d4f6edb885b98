// SPDX-License-Identifier: MIT
// From pieces back to a text: Hugging Face's decoders.
// Source: github.com/huggingface/tokenizers, decoders/{wordpiece,byte_level}.rs.
#pragma once

#include <string>
#include <vector>

namespace switchyard::text {

struct TokenDecoder {
    enum class Kind {
        kSpaces,     ///< a space between all
        kWordPiece,  ///< a space before each that starts a word
        kBytes,      ///< GPT-2's letters for bytes
    };
    Kind kind = Kind::kSpaces;
    std::string prefix = "##";  ///< kWordPiece: of pieces that go on with a word
    bool cleanup = true;        ///< kWordPiece: no space before a full stop and the like
    std::string suffix;         ///< kBytes: of pieces that end a word, "</w>"; read as a space

    std::string join(const std::vector<std::string>& pieces) const;
    /// One piece as a person reads it.
    std::string shown(const std::string& piece) const;
};

}  // namespace switchyard::text
