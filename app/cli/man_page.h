// SPDX-License-Identifier: MIT
// Pages of man (roff), from the definition of the command line and from the table of configuration keys.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace switchyard::cli {

std::string commandPage(const CLI::App& app);  ///< switchyard(1)
std::string configPage();                      ///< switchyard-config(5)

}  // namespace switchyard::cli
