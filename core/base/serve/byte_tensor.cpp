// SPDX-License-Identifier: MIT
#include "core/base/serve/byte_tensor.h"

#include <cstdint>

namespace switchyard::serve {
namespace {

constexpr std::size_t kLengthBytes = 4;

}  // namespace

void packText(std::string_view text, std::string* into) {
    for (std::size_t i = 0; i < kLengthBytes; ++i) *into += static_cast<char>(text.size() >> (8 * i) & 0xff);
    *into += text;
}

bool unpackTexts(std::string_view bytes, std::size_t most, std::vector<std::string>* texts) {
    while (!bytes.empty()) {
        if (bytes.size() < kLengthBytes || texts->size() >= most) return false;
        std::size_t length = 0;
        for (std::size_t i = 0; i < kLengthBytes; ++i)
            length |= std::size_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
        bytes.remove_prefix(kLengthBytes);
        if (length > bytes.size()) return false;
        texts->emplace_back(bytes.substr(0, length));
        bytes.remove_prefix(length);
    }
    return true;
}

}  // namespace switchyard::serve
