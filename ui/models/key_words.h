// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration key in words: label, meaning, hint, range, default, tooltip. The table's own texts are translated
// in the context "Schema" (docs/schema_words.cpp tells lupdate of them).
#pragma once

#include <QString>

#include "core/base/config/schema.h"

namespace switchyard::ui {

QString keyLabel(const KeySpec& key);     ///< "Experts", in the window's language
QString keyName(const KeySpec& key);      ///< the label within a sentence: "experts"
QString keyDoc(const KeySpec& key);       ///< its sentences
QString sectionTitle(const SectionSpec& section);
QString rangeText(const KeySpec& key);    ///< "0 to 64", "at least 1", "top2, switch" or ""
QString keyHint(const KeySpec& key);      ///< beside the field: the unit, else the range
QString defaultText(const KeySpec& key);  ///< "64", "" for an empty text or list
QString keyToolTip(const KeySpec& key);   ///< rich text: what it is, path, default, range

}  // namespace switchyard::ui
