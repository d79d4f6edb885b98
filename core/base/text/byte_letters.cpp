// SPDX-License-Identifier: MIT
#include "core/base/text/byte_letters.h"

#include <array>

#include "core/base/text/unicode/utf8.h"

namespace switchyard::text {
namespace {

bool standsForItself(int byte) {
    return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte != 0xad);
}

struct Letters {
    std::array<std::string, 256> of_byte;
    std::array<int, 0x200> to_byte{};  // -1 for none

    Letters() {
        to_byte.fill(-1);
        char32_t next = 0x100;
        for (int byte = 0; byte < 256; ++byte) {
            const char32_t letter = standsForItself(byte) ? static_cast<char32_t>(byte) : next++;
            unicode::append(letter, &of_byte[static_cast<std::size_t>(byte)]);
            to_byte[letter] = byte;
        }
    }
};

const Letters& letters() {
    static const Letters all;
    return all;
}

}  // namespace

const std::string& letterOf(unsigned char byte) {
    return letters().of_byte[byte];
}

std::optional<std::string> bytesOf(std::string_view piece) {
    std::string bytes;
    for (std::size_t at = 0; at < piece.size();) {
        const char32_t letter = unicode::nextPoint(piece, &at);
        const int byte = letter < letters().to_byte.size() ? letters().to_byte[letter] : -1;
        if (byte < 0) return std::nullopt;
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

}  // namespace switchyard::text
