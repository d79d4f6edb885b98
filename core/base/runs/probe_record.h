// SPDX-License-Identifier: MIT
// A run's routing probe, read from its run.db while it grows or afterwards: which steps and layers there are, what the
// samples were, and where each layer sent their tokens. Fast enough for a slider: one look-up by index a layer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/runs/layer_routes.h"
#include "core/base/runs/run_db.h"

namespace switchyard::runs {

/// What a sample of the probe was; the same at every step.
struct ProbeSampleInfo {
    std::string id, text, pair;           ///< pair: the second text; "" = none
    std::vector<std::int32_t> token_ids;  ///< as the model reads them
    std::vector<std::string> tokens;      ///< their pieces
    std::string image;            ///< where the picture came from, "" for synthetic ones and where there is none
    std::int64_t patch_grid = 0;  ///< patches a side; 0 = no picture
    bool class_token = false;     ///< the picture's first token is no patch
    bool hasPicture() const { return patch_grid > 0; }
};
std::string toJson(const ProbeSampleInfo& info);
/// Throws: Error(kBadData) with `where`.
ProbeSampleInfo probeSampleInfo(const std::string& json, const std::string& where);

/// Reads; never writes. A run without a probe has no steps, layers and samples.
/// Thread: one object belongs to one thread.
class ProbeRecord {
public:
    /// @param database RunPaths::database(). Throws: Error(kIo) when there is no readable database.
    explicit ProbeRecord(const std::filesystem::path& database);
    ~ProbeRecord();
    ProbeRecord(ProbeRecord&&) noexcept;
    ProbeRecord& operator=(ProbeRecord&&) noexcept;

    /// Recorded steps, rising. Cost: one look-up a step.
    std::vector<std::int64_t> steps();
    /// Those above `after`: what has come since.
    std::vector<std::int64_t> stepsAfter(std::int64_t after);
    /// MoE layers, in the order of the forward.
    std::vector<std::string> layers();
    /// Throws: Error(kBadData).
    std::vector<ProbeSampleInfo> samples();
    /// What the model sees of a sample's picture, as a PNG file's bytes; empty = none.
    std::vector<std::uint8_t> picture(std::int64_t sample);

    /// Nothing when that was not recorded (a text passes no image layer). Throws: Error(kBadData) for a damaged row.
    std::optional<LayerRoutes> routes(std::int64_t step, const std::string& layer, std::int64_t sample);
    /// A sample's routes through every layer that it passes, in the order of the forward. Throws: as above.
    std::vector<LayerRoutes> routes(std::int64_t step, std::int64_t sample);
    /// Changes when recorded steps were removed (a resume from an earlier step, other samples): read everything anew.
    std::int64_t generation();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A selection bias as probes hold it: sample -1, fp32.
constexpr std::int64_t kProbeBias = -1;

}  // namespace switchyard::runs
