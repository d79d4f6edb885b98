// SPDX-License-Identifier: GPL-3.0-or-later
// What the suggestions of a problem say and do: "Use 64".
#pragma once

#include <QStringList>
#include <optional>
#include <string>

#include "ui/models/config_check.h"

namespace switchyard::ui {

/// One label for each of problem.suggestions.
QStringList fixLabels(const config::Problem& problem);

/// `text` with the problem's suggestion `index` in place: the value, a list's item, a reference, or the key's name.
/// std::nullopt when it can not be done. Thread: any.
std::optional<std::string> fixedText(const std::string& text, const ConfigCheck& check, const config::Problem& problem,
                                     std::size_t index);

}  // namespace switchyard::ui
