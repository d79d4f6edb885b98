// SPDX-License-Identifier: MIT
// Libraries that a program loads by itself.
#pragma once

#include <filesystem>
#include <string_view>

namespace switchyard {

/// Beside the program (a build folder), else in ../lib/switchyard (an installed one). The file may not be there.
std::filesystem::path privateLibrary(std::string_view name);

}  // namespace switchyard
