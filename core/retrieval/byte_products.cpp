// SPDX-License-Identifier: MIT
#include "core/retrieval/byte_products.h"

#include "core/base/util/vector_clones.h"

namespace switchyard::retrieval {

SWITCHYARD_CLONES
std::int32_t byteProduct(const std::int8_t* a, const std::int8_t* b, std::int64_t count) {
    std::int32_t sum = 0;
    // Widened to 16 bits first: that is the shape of the processor's multiply-and-add.
    for (std::int64_t i = 0; i < count; ++i) {
        sum += static_cast<std::int16_t>(a[i]) * static_cast<std::int16_t>(b[i]);
    }
    return sum;
}

}  // namespace switchyard::retrieval
