// SPDX-License-Identifier: MIT
// Internal: rules over several keys.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/config/config.h"

namespace switchyard::config {

struct RuleProblem {
    Problem problem;
    std::vector<std::string> keys;  ///< all keys that the rule looked at
};

/// How another key is named in a message, e.g. "parallel.expert (line 31)".
using NameKey = std::function<std::string(const std::string& path)>;

std::vector<RuleProblem> checkRulesWithPlaces(const RunConfig& config, const NameKey& name_key);

}  // namespace switchyard::config
