// SPDX-License-Identifier: MIT
// The one table of configuration keys. YAML reading, --set, validation, `config docs`, the JSON schema,
// shell completion and the window's form are all made from it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard {

enum class ValueKind { kBool, kInt, kReal, kText, kChoice, kRealList, kTextList };

/// A choice travels as its text.
using ConfigValue = std::variant<bool, std::int64_t, double, std::string, std::vector<double>, std::vector<std::string>>;

/// One configuration key.
struct KeySpec {
    std::string path;           ///< dotted YAML path, e.g. "model.moe.experts"
    ValueKind kind = ValueKind::kText;
    ConfigValue default_value;
    double min = -std::numeric_limits<double>::infinity();  ///< numbers, and each item of a number list
    double max = std::numeric_limits<double>::infinity();
    std::vector<std::string> choices;  ///< kChoice, and the allowed items of a kTextList (empty = any)
    std::string label;   ///< sentence case, for the form: "Experts"
    std::string unit;    ///< short hint beside the field: "per MoE layer", "steps"
    std::string doc;     ///< one or two full sentences
    std::function<ConfigValue(const RunConfig&)> get;
    std::function<void(RunConfig&, const ConfigValue&)> set;
};

/// A group of keys shown together, in order: {"model.moe", "Model: experts"}.
struct SectionSpec {
    std::string path;
    std::string title;
};

/// All keys, in the order of the documentation and the form.
/// Thread: safe; the table is made once and never changes.
const std::vector<KeySpec>& schema();
const std::vector<SectionSpec>& schemaSections();

/// The key's row, or nullptr.
const KeySpec* findKey(std::string_view path);
/// The nearest known path by edit distance, or "" when none is near.
std::string suggestKey(std::string_view path);

/// A RunConfig holding every default of the table.
RunConfig defaultConfig();

/// YAML flow text of a value: `0.01`, `[a, b]`, `"quoted when needed"`.
std::string formatValue(const KeySpec& key, const ConfigValue& value);

}  // namespace switchyard
