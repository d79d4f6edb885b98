// SPDX-License-Identifier: MIT
#include "app/cli/commands.h"

namespace switchyard::cli {

void addTrainCommands(CLI::App&) {}

}  // namespace switchyard::cli
