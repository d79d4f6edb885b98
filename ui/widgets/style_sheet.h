// SPDX-License-Identifier: GPL-3.0-or-later
// The application's style sheet, filled with one theme's colours.
#pragma once

#include <QString>

#include "ui/widgets/theme.h"

namespace switchyard::ui {

/// Properties that widgets set: primary, danger, flat, small (buttons), large (buttons and fields), invalid (fields,
/// combo and check boxes), quiet (read-only fields), role ("muted", "caption", "title", "heading", "figure", "mono",
/// "link", "danger", "warning", "success" on labels), card, toolbar.
QString applicationStyleSheet(const Palette& palette);

}  // namespace switchyard::ui
