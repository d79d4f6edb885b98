// SPDX-License-Identifier: GPL-3.0-or-later
// What the inspector shows of a configuration key.
#pragma once

#include <string>

#include "ui/models/config_document.h"
#include "ui/panels/page.h"

namespace switchyard::ui {

/// Of a key of the schema, as the document has it. Thread: GUI thread.
Inspection inspectKey(const KeySpec& key, const ConfigDocument& document);

}  // namespace switchyard::ui
