// SPDX-License-Identifier: MIT
// What a run's folder tells of one of its checkpoints, for a model card.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::share {

struct Measured {
    std::string task, metric;  ///< "retrieval", "text_to_image_r1"
    double value = 0;
    std::int64_t step = 0;
};

struct DataFile {
    std::string name;  ///< as the configuration has it
    bool training = true;
    bool there = false;  ///< else it is gone since, or was elsewhere
    std::uint64_t bytes = 0;
    std::string sha256;
};

struct LayerRouting {
    std::string layer;
    std::map<std::string, double> values;  ///< "entropy", "max_violation", ...: the last before the checkpoint
    std::int64_t step = 0;
};

struct RunFacts {
    bool run_found = false;  ///< the checkpoint lies in a run's folder
    std::string command;     ///< that repeats the run; "" = not recorded
    std::string machine;     ///< "" = not recorded
    double started_at = 0;   ///< seconds since 1970; 0 = not recorded
    double saved_at = 0;     ///< when the checkpoint was
    std::int64_t step = 0, steps = 0;
    nlohmann::json counters;  ///< the checkpoint's: samples, tokens, dataset_hash, ...
    std::string note;
    std::vector<std::string> tags;
    std::vector<Measured> evaluations;
    std::vector<LayerRouting> layers;
    std::vector<DataFile> data;
};

/// Cost: reads every record of the run and hashes the data files that the configuration names (not their pictures).
/// Throws: Error(kCorruptCheckpoint | kIo).
RunFacts factsOf(const std::filesystem::path& checkpoint, const RunConfig& config);

}  // namespace switchyard::share
