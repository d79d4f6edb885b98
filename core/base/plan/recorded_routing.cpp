// SPDX-License-Identifier: MIT
#include "core/base/plan/recorded_routing.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "core/base/config/config.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"

namespace switchyard::plan {
namespace {

constexpr std::size_t kUnevenSteps = 8;

/// Whether rows of these steps are wanted: the first ones, or any where none of the first was recorded.
template <class Row>
std::vector<Row> ofSteps(std::vector<Row> rows, std::int64_t steps) {
    const auto early = [&](const Row& row) { return row.step <= steps; };
    if (std::any_of(rows.begin(), rows.end(), early)) std::erase_if(rows, [&](const Row& row) { return !early(row); });
    return rows;
}

template <class Row>
std::set<std::int64_t> stepsIn(const std::vector<Row>& rows) {
    std::set<std::int64_t> steps;
    for (const Row& row : rows) steps.insert(row.step);
    return steps;
}

void addScaled(std::vector<double>* sums, const std::vector<std::int32_t>& numbers, double factor) {
    sums->resize(std::max(sums->size(), numbers.size()), 0.0);
    for (std::size_t i = 0; i < numbers.size(); ++i) (*sums)[i] += static_cast<double>(numbers[i]) * factor;
}

double total(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

struct Recorded {
    std::vector<runs::ExpertLoad> loads;
    std::vector<runs::ExpertExchange> exchanges;
    double samples = 0;  ///< of a step of all ranks
};

/// The mean over these steps.
RecordedRouting::Layers layersOf(const Recorded& recorded, const std::set<std::int64_t>& steps) {
    RecordedRouting::Layers layers;
    const double a_sample = 1.0 / (recorded.samples * static_cast<double>(steps.size()));
    std::map<std::string, double> dropped;
    for (const runs::ExpertLoad& row : recorded.loads) {
        if (!steps.contains(row.step)) continue;
        addScaled(&layers[row.layer].load, row.counts, a_sample);
        dropped[row.layer] += static_cast<double>(row.dropped) * a_sample;
    }
    for (auto& [name, layer] : layers) {  // which experts' choices were dropped is not recorded
        const double all = total(layer.load);
        for (double& expert : layer.load) expert *= all > 0 ? (all - dropped[name]) / all : 0;
    }
    std::set<std::int64_t> exchanged = stepsIn(recorded.exchanges);
    std::erase_if(exchanged, [&](std::int64_t step) { return !steps.contains(step); });
    for (const runs::ExpertExchange& row : recorded.exchanges) {
        if (!steps.contains(row.step)) continue;
        RecordedRouting::Layer& layer = layers[row.layer];
        layer.ranks = row.ranks;
        // Of a place among the expert ranks: its share of the samples.
        addScaled(&layer.exchange, row.tokens,
                  static_cast<double>(row.ranks) / (recorded.samples * static_cast<double>(exchanged.size())));
    }
    return layers;
}

/// The steps in which one rank got most, and where ranks were not recorded one expert.
std::set<std::int64_t> unevenSteps(const Recorded& recorded) {
    std::map<std::int64_t, double> most;
    for (const runs::ExpertExchange& row : recorded.exchanges) {
        const auto ranks = static_cast<std::size_t>(row.ranks);
        for (std::size_t to = 0; to < ranks; ++to) {
            double received = 0;
            for (std::size_t from = 0; from < ranks; ++from) received += row.tokens[from * ranks + to];
            most[row.step] = std::max(most[row.step], received);
        }
    }
    for (const runs::ExpertLoad& row : recorded.loads) {
        if (!recorded.exchanges.empty() || row.counts.empty()) continue;
        most[row.step] = std::max<double>(most[row.step], *std::max_element(row.counts.begin(), row.counts.end()));
    }
    std::vector<std::pair<double, std::int64_t>> order;
    for (const auto& [step, received] : most) order.emplace_back(-received, step);
    std::sort(order.begin(), order.end());
    std::set<std::int64_t> steps;
    for (std::size_t i = 0; i < std::min(order.size(), kUnevenSteps); ++i) steps.insert(order[i].second);
    return steps;
}

}  // namespace

RecordedRouting readRouting(const std::filesystem::path& run_folder, std::int64_t steps) {
    const runs::RunPaths paths(run_folder);
    const RunConfig config = config::loadOrThrow(paths.resolvedConfig().string());
    runs::RunDbReader reader(paths.database(), runs::RunDbReader::For::kGlance);
    std::int64_t cursor = 0;
    Recorded recorded{ofSteps(reader.expertLoads(&cursor), steps), {}, static_cast<double>(config.train.global_batch)};
    cursor = 0;
    recorded.exchanges = ofSteps(reader.exchanges(&cursor), steps);
    if (recorded.loads.empty())
        throw Error(ExitCode::kBadData, "The run has recorded no routing", run_folder.string(),
                    "Give a run with experts that has logged a step");
    const std::set<std::int64_t> all = stepsIn(recorded.loads);
    RecordedRouting routing;
    routing.steps = static_cast<std::int64_t>(all.size());
    routing.layers = layersOf(recorded, all);
    for (const std::int64_t step : unevenSteps(recorded)) routing.uneven.push_back(layersOf(recorded, {step}));
    return routing;
}

std::map<std::string, LayerRows> rowsOf(const RecordedRouting::Layers& routing, const RunConfig& config,
                                        const std::vector<MoePlaces>& layers, double samples, std::int64_t place) {
    std::map<std::string, LayerRows> rows;
    const std::int64_t ranks = config.parallel.expert;
    for (const MoePlaces& places : layers) {
        const std::string& name = places.layer;
        const std::int64_t experts = places.experts;
        const auto found = routing.find(name);
        if (found == routing.end()) continue;
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
