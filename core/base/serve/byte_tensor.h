// SPDX-License-Identifier: MIT
// BYTES tensors as the binary data extension has them: of each text 4 bytes, its length as a little-endian number, then
// its bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::serve {

void packText(std::string_view text, std::string* into);
/// False when the bytes do not end with a text's end, or hold more than `most` texts.
bool unpackTexts(std::string_view bytes, std::size_t most, std::vector<std::string>* texts);

}  // namespace switchyard::serve
