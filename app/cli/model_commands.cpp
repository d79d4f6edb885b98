// SPDX-License-Identifier: MIT
#include "app/cli/commands.h"

namespace switchyard::cli {

void addModelCommands(CLI::App&) {}

}  // namespace switchyard::cli
