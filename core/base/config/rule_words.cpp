// SPDX-License-Identifier: MIT
#include "core/base/config/rule_words.h"

#include <algorithm>

namespace switchyard::config {
namespace {

using Int = std::int64_t;

}  // namespace

std::vector<std::string> nearMultiples(Int value, Int unit) {
    std::vector<std::string> found;
    const Int below = value / unit * unit;
    if (below > 0) found.push_back(std::to_string(below));
    found.push_back(std::to_string(below + unit));
    return found;
}

std::vector<std::string> nearDivisors(Int whole, Int value, Int least) {
    Int below = 0;
    Int above = 0;
    const auto consider = [&](Int divisor) {
        if (divisor < least) return;
        if (divisor <= value) below = std::max(below, divisor);
        if (divisor > value && (above == 0 || divisor < above)) above = divisor;
    };
    for (Int divisor = 1; divisor <= whole / divisor; ++divisor) {
        if (whole % divisor != 0) continue;
        consider(divisor);
        consider(whole / divisor);
    }
    std::vector<std::string> found;
    if (below > 0) found.push_back(std::to_string(below));
    if (above > 0) found.push_back(std::to_string(above));
    return found;
}

std::string useOneOf(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) text += (text.empty() ? "Use " : " or ") + value;
    return text;
}

std::string counted(Int count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace switchyard::config
