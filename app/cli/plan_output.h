// SPDX-License-Identifier: MIT
// What the commands that plan and simulate print alike.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/plan/plan.h"

namespace switchyard::cli {

using Row = std::pair<const char*, double>;

/// Bytes of a rank by what they are for.
std::vector<Row> rowsOf(const plan::RankBytes& bytes);
/// {"weights_bytes", ...}
nlohmann::json bytesJson(const plan::RankBytes& bytes);
/// Bytes are whole in JSON.
std::int64_t whole(double bytes);
/// "1.25 GiB", "12.5 MiB".
std::string binary(double bytes);
/// "1,234,567".
std::string grouped(std::int64_t number);

}  // namespace switchyard::cli
