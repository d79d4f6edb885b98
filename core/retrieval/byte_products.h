// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace switchyard::retrieval {

/// Sum of a[i] * b[i]; exact up to 100,000 numbers.
std::int32_t byteProduct(const std::int8_t* a, const std::int8_t* b, std::int64_t count);

}  // namespace switchyard::retrieval
