// SPDX-License-Identifier: GPL-3.0-or-later
// One line about a section of the configuration, for a collapsed card: "2 layers, 64 wide".
#pragma once

#include <QString>
#include <string>
#include <vector>

#include "core/base/config/schema.h"

namespace switchyard::ui {

/// `section`: a path of schemaSections(). Empty when there is nothing worth saying.
QString sectionSummary(const std::string& section, const RunConfig& config);

/// The schema's keys that belong to the section and to none below it.
std::vector<const KeySpec*> sectionKeys(const std::string& section);

/// The section that a key is shown in.
std::string sectionOf(const std::string& path);

/// A value as a person reads it, without quotes and brackets: "0.001", "on", "q, k, v".
QString plainValue(const ConfigValue& value);

/// The same as scalars of the text: "0.001", "true", one for each item of a list.
std::vector<std::string> scalarsOf(const ConfigValue& value);

}  // namespace switchyard::ui
