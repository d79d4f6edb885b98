// SPDX-License-Identifier: MIT
#include "core/train/precision_scope.h"

#include <ATen/autocast_mode.h>

namespace switchyard::train {

PrecisionScope::PrecisionScope(Precision precision, c10::Device device)
    : device_(device.type()),
      before_(at::autocast::is_autocast_enabled(device_)),
      used_(precision == Precision::kBf16 || precision == Precision::kFp16) {
    if (!used_) return;
    at::autocast::set_autocast_enabled(device_, true);
    at::autocast::set_autocast_dtype(device_, precision == Precision::kFp16 ? at::kHalf : at::kBFloat16);
    at::autocast::increment_nesting();
}

PrecisionScope::~PrecisionScope() {
    if (!used_) return;
    // The cache holds bf16 copies of weights that the optimizer is about to change.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device_, before_);
}

}  // namespace switchyard::train
