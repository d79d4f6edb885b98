// SPDX-License-Identifier: MIT
#pragma once

#include <c10/core/Device.h>

#include "core/base/config/run_config.h"

namespace switchyard::train {

/// While it lives, bf16 means: matrix products in bf16 through autocast, weights and everything delicate in fp32. Other
/// precisions change nothing.
class PrecisionScope {
public:
    PrecisionScope(Precision precision, c10::Device device);
    ~PrecisionScope();
    PrecisionScope(const PrecisionScope&) = delete;
    PrecisionScope& operator=(const PrecisionScope&) = delete;

private:
    c10::DeviceType device_;
    bool before_, used_;
};

}  // namespace switchyard::train
