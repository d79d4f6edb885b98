// SPDX-License-Identifier: MIT
// Internal: numbers and words of the rules' messages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::config {

/// The multiples of `unit` just below and above `value`.
std::vector<std::string> nearMultiples(std::int64_t value, std::int64_t unit);
/// The divisors of `whole` just below and above `value` that are at least `least`.
std::vector<std::string> nearDivisors(std::int64_t whole, std::int64_t value, std::int64_t least);
/// "Use 4 or 8".
std::string useOneOf(const std::vector<std::string>& values);
/// "1 expert", "3 experts".
std::string counted(std::int64_t count, const char* noun);

}  // namespace switchyard::config
