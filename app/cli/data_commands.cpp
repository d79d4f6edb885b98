// SPDX-License-Identifier: MIT
#include "app/cli/commands.h"

namespace switchyard::cli {

void addDataCommands(CLI::App&) {}

}  // namespace switchyard::cli
