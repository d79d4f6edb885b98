// SPDX-License-Identifier: MIT
// Internal: one value between its YAML text and its ConfigValue.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config/schema.h"

namespace switchyard::config {

/// YAML flow text: plain words as they are, everything else in double quotes; "${" of a text becomes "$${".
std::string flowText(const ConfigValue& value);
/// A text as one flow scalar.
std::string quoteWhenNeeded(std::string_view text);
/// A number in the shortest form that reads back as the same double.
std::string realText(double value);

/// A scalar as read, references already replaced.
struct ScalarText {
    std::string text;
    bool quoted = false;
};

struct ValueProblem {
    std::string message;
    std::string fix;
    std::vector<std::string> suggestions;
};

/// The value in the key's type, checked against range and choices; for a list key, one of its items.
/// Exactly one of `value` and `problem` is set.
struct ReadValue {
    std::optional<ConfigValue> value;
    std::optional<ValueProblem> problem;
};
ReadValue readScalar(const KeySpec& key, const ScalarText& scalar);

/// "a whole number", "a list of numbers", ...
std::string kindName(ValueKind kind);
/// "0 to 64", "at least 0", or "".
std::string rangeText(const KeySpec& key);

}  // namespace switchyard::config
