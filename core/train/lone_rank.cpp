// SPDX-License-Identifier: MIT
#include "core/train/lone_rank.h"

#include <ATen/ATen.h>

namespace switchyard::train {

bool exchangeDone(Assembly& assembly, bool done, const char* name) {
    at::Tensor flag = at::full({1}, done ? 1.0 : 0.0, at::TensorOptions().dtype(at::kDouble).device(assembly.device));
    assembly.mesh->world().allReduceSum(flag, name);
    return flag.item<double>() > 0.0;
}

}  // namespace switchyard::train
