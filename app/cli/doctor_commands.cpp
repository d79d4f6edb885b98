// SPDX-License-Identifier: MIT
#include "app/cli/commands.h"

namespace switchyard::cli {

void addDoctorCommand(CLI::App&) {}

}  // namespace switchyard::cli
