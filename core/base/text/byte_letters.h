// SPDX-License-Identifier: MIT
// GPT-2's way to write bytes as letters: printable ones stand for themselves, the others for U+0100 and following.
// Source: github.com/openai/gpt-2, src/encoder.py, bytes_to_unicode().
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace switchyard::text {

/// The letter of a byte, in UTF-8.
const std::string& letterOf(unsigned char byte);
/// The bytes that a piece stands for; nothing when it has a character that is no such letter.
std::optional<std::string> bytesOf(std::string_view piece);

}  // namespace switchyard::text
