// SPDX-License-Identifier: MIT
// Parts of the reference of all keys (config.h's docsMarkdown) for other pages.
#pragma once

#include <string>

#include "core/base/config/schema.h"

namespace switchyard::config {

/// The values that a key takes, in words: "`true`, `false`", "whole number, at least 1".
std::string allowedText(const KeySpec& key);

}  // namespace switchyard::config
