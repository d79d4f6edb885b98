// SPDX-License-Identifier: MIT
// The samples whose routing a run writes down: of probe.data, else the first rows of data.eval.
#pragma once

#include <memory>
#include <vector>

#include "core/base/dataset/dataset.h"

namespace switchyard::dataset {

struct ProbeSamples {
    std::unique_ptr<Dataset> data;
    std::vector<const Sample*> samples;  ///< in `data`; with several text tasks as many of each as there is room for
};

/// Whether the config names samples to probe, and asks for it. The same on every rank; opens nothing.
bool hasProbe(const RunConfig& config);

/// Opens only what the samples need. Throws: Error(kBadData) when a file is missing or broken.
/// @param labels of the training split, for text tasks and vqa
ProbeSamples openProbe(const RunConfig& config, const std::vector<TaskLabels>& labels);

}  // namespace switchyard::dataset
