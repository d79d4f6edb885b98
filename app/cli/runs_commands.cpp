// SPDX-License-Identifier: MIT
#include "app/cli/commands.h"

namespace switchyard::cli {

void addRunsCommands(CLI::App&) {}

}  // namespace switchyard::cli
