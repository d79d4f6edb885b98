// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/util/error.h"

namespace switchyard::worker {

/// The exception being handled as an Error: memory that ran out becomes kOutOfMemory, anything unknown kRunFailed.
/// `where` is used when the exception does not say. Call only inside a catch block.
Error currentError(const std::string& where);

/// All the text of the exception being handled when it is none of ours (LibTorch's hold a backtrace), else "". Call only
/// inside a catch block.
std::string unexpectedText();

/// {"code", "message", "where", "fix"}
nlohmann::json errorJson(const Error& error);

}  // namespace switchyard::worker
