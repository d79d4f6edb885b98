// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace switchyard {

/// Seconds since 1970, for records.
inline double wallTime() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace switchyard
