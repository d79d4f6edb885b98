// SPDX-License-Identifier: MIT
#include "core/base/plan/recorded_routing.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "core/base/config/config.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"

namespace switchyard::plan {
namespace {

/// Whether rows of these steps are wanted: the first ones, or any where none of the first was recorded.
template <class Row>
std::vector<Row> ofSteps(std::vector<Row> rows, std::int64_t steps) {
    const auto early = [&](const Row& row) { return row.step <= steps; };
    if (std::any_of(rows.begin(), rows.end(), early)) std::erase_if(rows, [&](const Row& row) { return !early(row); });
    return rows;
}

template <class Row>
double countSteps(const std::vector<Row>& rows) {
    std::set<std::int64_t> steps;
    for (const Row& row : rows) steps.insert(row.step);
    return static_cast<double>(steps.size());
}

void addScaled(std::vector<double>* sums, const std::vector<std::int32_t>& numbers, double factor) {
    sums->resize(std::max(sums->size(), numbers.size()), 0.0);
    for (std::size_t i = 0; i < numbers.size(); ++i) (*sums)[i] += static_cast<double>(numbers[i]) * factor;
}

double total(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

}  // namespace

RecordedRouting readRouting(const std::filesystem::path& run_folder, std::int64_t steps) {
    const runs::RunPaths paths(run_folder);
    const RunConfig config = config::loadOrThrow(paths.resolvedConfig().string());
    runs::RunDbReader reader(paths.database(), runs::RunDbReader::For::kGlance);
    std::int64_t cursor = 0;
    const std::vector<runs::ExpertLoad> loads = ofSteps(reader.expertLoads(&cursor), steps);
    cursor = 0;
    const std::vector<runs::ExpertExchange> exchanges = ofSteps(reader.exchanges(&cursor), steps);
    if (loads.empty())
        throw Error(ExitCode::kBadData, "The run has recorded no routing", run_folder.string(),
                    "Give a run with experts that has logged a step");
    RecordedRouting routing;
    const double recorded = countSteps(loads);
    const double a_sample = 1.0 / (static_cast<double>(config.train.global_batch) * recorded);
    routing.steps = static_cast<std::int64_t>(recorded);
    std::map<std::string, double> dropped;
    for (const runs::ExpertLoad& row : loads) {
        addScaled(&routing.layers[row.layer].load, row.counts, a_sample);
        dropped[row.layer] += static_cast<double>(row.dropped) * a_sample;
    }
    for (auto& [name, layer] : routing.layers) {  // which experts' choices were dropped is not recorded
        const double all = total(layer.load);
        for (double& expert : layer.load) expert *= all > 0 ? (all - dropped[name]) / all : 0;
    }
    const double exchanged = countSteps(exchanges);
    for (const runs::ExpertExchange& row : exchanges) {
        RecordedRouting::Layer& layer = routing.layers[row.layer];
        layer.ranks = row.ranks;
        // Of a place among the expert ranks: its share of the samples.
        addScaled(&layer.exchange, row.tokens,
                  static_cast<double>(row.ranks) / (static_cast<double>(config.train.global_batch) * exchanged));
    }
    return routing;
}

std::map<std::string, LayerRows> rowsOf(const RecordedRouting& routing, const RunConfig& config,
                                        const std::vector<MoePlaces>& layers, double samples, std::int64_t place) {
    std::map<std::string, LayerRows> rows;
    const std::int64_t ranks = config.parallel.expert;
    for (const MoePlaces& places : layers) {
        const std::string& name = places.layer;
        const std::int64_t experts = places.experts;
        const auto found = routing.layers.find(name);
        if (found == routing.layers.end()) continue;
        const RecordedRouting::Layer& layer = found->second;
        if (static_cast<std::int64_t>(layer.load.size()) != experts)
            throw Error(ExitCode::kBadConfig,
                        "The recorded run has " + std::to_string(layer.load.size()) + " experts in " + name +
                            ", the configuration " + std::to_string(experts),
                        {}, "Give a run of the same layers with --routing");
        LayerRows of{total(layer.load) * samples, 0};
        const auto own = static_cast<std::ptrdiff_t>(experts / ranks);
        const auto first = layer.load.begin() + place * own;
        of.received = std::accumulate(first, first + own, 0.0) * samples * static_cast<double>(ranks);
        if (layer.ranks == ranks && !layer.exchange.empty()) {
            of = {};
            for (std::int64_t other = 0; other < ranks; ++other) {
                of.sent += layer.exchange[static_cast<std::size_t>(place * ranks + other)] * samples;
                of.received += layer.exchange[static_cast<std::size_t>(other * ranks + place)] * samples;
            }
        }
        rows[name] = of;
    }
    return rows;
}

}  // namespace switchyard::plan
