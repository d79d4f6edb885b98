// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/plan/data_facts.h"
#include "core/base/plan/model_replay.h"

namespace switchyard::plan {

/// bf16 and fp16 on CPUs: oneDNN makes machine code for every size of a product and keeps the newest 1,024. The number
/// of a batch's text tokens differs from pass to pass, and with it the sizes: what is kept grows for some hundred
/// steps.
/// @param passes of the whole run on one rank
double productCodeBytes(const Products& products, const PassInput& input, const RunConfig& config,
                        const DataFacts& facts, double passes);

/// How many different numbers of text tokens `passes` batches are expected to have.
double differentSums(const DataFacts& facts, double samples, double passes);

}  // namespace switchyard::plan
