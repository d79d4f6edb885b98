// SPDX-License-Identifier: MIT
#include "core/base/config/rules.h"
namespace switchyard::config {
std::vector<RuleProblem> checkRulesWithPlaces(const RunConfig&, const NameKey&) {
    return {};
}
}  // namespace switchyard::config
