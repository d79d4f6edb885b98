// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/text_change.h"

#include <algorithm>

namespace switchyard::ui {
namespace {

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

TextChange changeBetween(std::string_view from, std::string_view to) {
    const std::size_t shorter = std::min(from.size(), to.size());
    std::size_t head = 0;
    while (head < shorter && from[head] == to[head]) ++head;
    while (head > 0 &&
           ((head < from.size() && isContinuation(from[head])) || (head < to.size() && isContinuation(to[head]))))
        --head;
    std::size_t tail = 0;
    while (tail < shorter - head && from[from.size() - 1 - tail] == to[to.size() - 1 - tail]) ++tail;
    while (tail > 0 && isContinuation(from[from.size() - tail])) --tail;
    return {head, std::string(from.substr(head, from.size() - tail - head)),
            std::string(to.substr(head, to.size() - tail - head))};
}

}  // namespace switchyard::ui
