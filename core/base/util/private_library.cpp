// SPDX-License-Identifier: MIT
#include "core/base/util/private_library.h"

#include <system_error>

#include "core/base/util/paths.h"

namespace switchyard {

fs::path privateLibrary(std::string_view name) {
    std::error_code ignored;
    const fs::path programs = executableDir(), beside = programs / name;
    const fs::path installed = programs.parent_path() / "lib" / "switchyard" / name;
    return !fs::exists(beside, ignored) && fs::exists(installed, ignored) ? installed : beside;
}

}  // namespace switchyard
