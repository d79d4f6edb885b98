// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration key in words: hint, range, default, tooltip.
#pragma once

#include <QString>

#include "core/base/config/schema.h"

namespace switchyard::ui {

QString rangeText(const KeySpec& key);    ///< "0 to 64", "at least 1", "top2, switch" or ""
QString keyHint(const KeySpec& key);      ///< beside the field: the unit, else the range
QString defaultText(const KeySpec& key);  ///< "64", "" for an empty text or list
QString keyToolTip(const KeySpec& key);   ///< rich text: what it is, path, default, range

}  // namespace switchyard::ui
