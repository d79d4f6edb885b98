// SPDX-License-Identifier: MIT
// How a recorded run's routers shared out the tokens, for simulations of the same layers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/plan/model_replay.h"

namespace switchyard::plan {

struct RecordedRouting {
    /// Choices of a sample, as the mean over samples and steps; dropped ones do not count.
    struct Layer {
        std::vector<double> load;      ///< [experts]
        std::int64_t ranks = 0;        ///< of the run, that share out the experts; 0: not recorded
        std::vector<double> exchange;  ///< [ranks, ranks] from a row's rank to a column's; each rank's samples count
    };
    using Layers = std::map<std::string, Layer>;
    Layers layers;
    std::int64_t steps = 0;  ///< that were looked at
    /// Some of these steps, each by itself, in their order: those where one rank (else one expert) got most. What a
    /// process takes goes by them, not by the mean.
    std::vector<Layers> uneven;
};

/// Steps 1 to `steps` where the run recorded some of them, else all it recorded.
/// Throws: Error(kBadData) when it recorded none, Error(kIo) when it can not be read.
RecordedRouting readRouting(const std::filesystem::path& run_folder, std::int64_t steps);

/// Rows of a pass of `samples` for the expert rank `place`. A layer that the run does not have is left out.
/// Throws: Error(kBadConfig) when a layer of the run has another number of experts.
std::map<std::string, LayerRows> rowsOf(const RecordedRouting::Layers& routing, const RunConfig& config,
                                        const std::vector<MoePlaces>& layers, double samples, std::int64_t place);

}  // namespace switchyard::plan
