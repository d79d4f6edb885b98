// SPDX-License-Identifier: MIT
#include "core/data/batch.h"

#include <ATen/ATen.h>

namespace switchyard::data {

Batch onDevice(Batch batch, c10::Device device) {
    for (at::Tensor* tensor : {&batch.token_ids, &batch.token_positions, &batch.token_types, &batch.images, &batch.patches}) {
        if (tensor->defined()) *tensor = tensor->to(device);
    }
    return batch;
}

}  // namespace switchyard::data
