// SPDX-License-Identifier: MIT
// Guards SentencePiece against model files made to break it: it trusts indexes inside the file and ends the
// process on others.
// Source: github.com/google/sentencepiece, src/sentencepiece_model.proto and src/normalizer.cc;
// github.com/s-yata/darts-clone, include/darts.h (layout of a double-array unit).
#pragma once

#include <string>
#include <string_view>

namespace switchyard::text {

/// "" when the bytes are a model that is safe to load, else what is wrong with them. Looks at no byte outside.
std::string modelProblem(std::string_view bytes);

}  // namespace switchyard::text
