// SPDX-License-Identifier: MIT
#include "app/cli/commands.h"

namespace switchyard::cli {

void addConfigCommands(CLI::App&) {}

}  // namespace switchyard::cli
