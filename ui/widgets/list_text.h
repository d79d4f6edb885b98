// SPDX-License-Identifier: GPL-3.0-or-later
// A list in one line for a text field: items between commas, quoted where they hold one.
#pragma once

#include <QString>
#include <string>
#include <vector>

namespace switchyard::ui {

/// `a, "b, c"`
QString listText(const std::vector<std::string>& items);
/// The inverse; blanks around items and empty ones are left out, unless quoted.
std::vector<std::string> listItems(const QString& text);

}  // namespace switchyard::ui
