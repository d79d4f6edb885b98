// SPDX-License-Identifier: MIT
#include "core/base/plan/simulate.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <tuple>

#include "core/base/config/flops.h"
#include "core/base/plan/rehearsal.h"

namespace switchyard::plan {
namespace {

/// What makes a rank's steps differ from another's: its place among the expert ranks, and numbers it owns.
using Kind = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

std::map<Kind, std::vector<int>> kindsOfRanks(const RunConfig& config, const ModelTensors& model, int ranks,
                                              bool places_differ) {
    const bool owned = config.parallel.shard == Shard::kOss || config.parallel.shard == Shard::kZero2;
    std::array<std::vector<std::int64_t>, 2> numbers;
    if (owned) numbers = ownedNumbers(model, config, ranks);
    std::map<Kind, std::vector<int>> kinds;
    for (int rank = 0; rank < ranks; ++rank) {
        Kind kind{places_differ ? rank % config.parallel.expert : 0, 0, 0};
        if (owned) {
            std::get<1>(kind) = numbers[0][static_cast<std::size_t>(rank)];
            std::get<2>(kind) = numbers[1][static_cast<std::size_t>(rank / config.parallel.expert)];
        }
        kinds[kind].push_back(rank);
    }
    return kinds;
}

/// core/model/routing.cpp: every log.every steps, or in each one where the routers are balanced by it.
void addRoutingStatistics(const RunConfig& config, const std::vector<MoePlaces>& layers, int ranks, std::int64_t steps,
                          Traffic* traffic) {
    const RunConfig::Moe& moe = config.model.moe;
    const auto across = static_cast<double>(config.parallel.expert);
    const double exchange = across > 1 ? across * across : 0;
    double numbers = 0;
    for (const MoePlaces& layer : layers) numbers += 5 * static_cast<double>(layer.experts) + 6;
    for (std::int64_t step = 1; step <= steps && !layers.empty(); ++step) {
        const bool logged = step % config.log.every == 0;
        if (!logged && moe.bias_balance <= 0) continue;
        const double all = numbers + (logged ? static_cast<double>(layers.size()) * exchange : 0);
        traffic->add(CollectiveKind::kAllReduce, "routing_statistics", ranks, 8 * all);
    }
}

double modelFlops(const RunConfig& config, const PassInput& input, const Batch& batch, int ranks) {
    config::PassShape shape;
    const double tokens = input.images > 0 ? imageTokens(config) : 0;
    for (const LengthRun& run : input.texts) {
        shape.text_tokens += run.rows();
        shape.text_squares += run.rows() * run.length;
    }
    for (const LengthRun& run : input.pairs) {
        shape.pairs += run.samples;
        shape.pair_text_tokens += run.rows();
    }
    shape.images = input.images;
    shape.image_tokens = input.images * tokens;
    shape.image_squares = shape.image_tokens * tokens;
    shape.pair_image_tokens = shape.pairs * tokens;
    shape.pair_products = shape.pair_text_tokens * tokens;
    return config::trainingFlops(config, shape) * static_cast<double>(batch.passes) * ranks;
}

using Rows = std::map<std::string, LayerRows>;

/// The mean over the layers.
double shareOf(const Rows& rows, const std::map<std::string, double>& fair) {
    double sum = 0;
    for (const auto& [name, of] : rows) sum += fair.at(name) > 0 ? of.received / fair.at(name) : 1;
    return rows.empty() ? 1 : sum / static_cast<double>(rows.size());
}

/// Seconds of a pass that a rank with `rows` spends in a layer's experts.
double expertSeconds(const RunConfig& config, const Hardware& hardware, const MoePlaces& layer, double rows) {
    const RunConfig::Moe& moe = config.model.moe;
    const auto own = static_cast<double>(layer.experts) / static_cast<double>(config.parallel.expert);
    const auto hidden = static_cast<double>(moe.hidden_dim), dim = static_cast<double>(layer.dim);
    const double first = moe.activation == Activation::kSwiGlu ? 2 * hidden : hidden;
    const bool again = config.train.activation_checkpointing != ActivationCheckpointing::kNone;
    double seconds = 0;
    for (const double columns : {first, hidden}) {
        const double flops = 2 * rows / own * dim * columns;
        if (flops > 0) seconds += own * flops / (hardware.speedOf(config.train.precision, flops) * 1e9);
    }
    return seconds * (again ? 4 : 3) / hardware.reached;
}

/// What ranks that each have a core wait in a step for the one whose experts got most in a layer, besides what the
/// slowest rank computes more than the others in all: it need not be the same rank in every layer.
double waitingAtLayers(const RunConfig& config, const Hardware& hardware, const std::vector<MoePlaces>& layers,
                       const std::vector<Rows>& places, std::int64_t passes) {
    std::map<std::string, double> longest;
    std::vector<double> sums;
    for (const Rows& rows : places) {
        sums.push_back(0);
        for (const MoePlaces& layer : layers) {
            const auto of = rows.find(layer.layer);
            if (of == rows.end()) continue;
            const double seconds = expertSeconds(config, hardware, layer, of->second.received);
            sums.back() += seconds;
            longest[layer.layer] = std::max(longest[layer.layer], seconds);
        }
    }
    double all = 0;
    for (const auto& [layer, seconds] : longest) all += seconds;
    return sums.empty() ? 0 : (all - *std::max_element(sums.begin(), sums.end())) * static_cast<double>(passes);
}

/// The rank that takes longest sets the pace.
StepTime timeOf(const Simulation& simulation, const RunConfig& config, const Hardware& hardware, const Layout& layout,
                double waiting) {
    StepTime slowest;
    double mean = 0;
    for (const RankGroup& group : simulation.groups) {
        const StepTime time =
            stepTime(hardware, config, layout, group.work, group.traffic, static_cast<double>(simulation.steps));
        mean += time.computing() * static_cast<double>(group.ranks.size()) / simulation.ranks;
        if (time.total() > slowest.total()) slowest = time;
    }
    slowest.imbalance = std::max(0.0, slowest.computing() - mean) + waiting;
    slowest.exchange += waiting;
    return slowest;
}

class Simulator {
public:
    Simulator(const RunConfig& config, const DataFacts& facts, const Machine& machine, const SimulationOptions& options)
        : config_(config),
          facts_(facts),
          machine_(machine),
          options_(options),
          model_(modelTensors(config, facts.heads)) {
        batch_ = batchOf(config, options.ranks);
        const bool pairs = config.task.kind == TaskKind::kVqa || config.task.matching > 0;
        if (config.model.moe.experts > 0) layers_ = moeLayers(model_, pairs);
    }

    const std::vector<Rows>& places() const { return places_; }
    const std::vector<MoePlaces>& layers() const { return layers_; }
    std::int64_t passes() const { return batch_.passes; }

    void run(Simulation* result) {
        const bool routed = options_.routing != nullptr && !layers_.empty();
        const auto places = static_cast<int>(config_.parallel.expert);
        const auto rowsAt = [&](const RecordedRouting::Layers& routing, std::int64_t place) {
            return rowsOf(routing, config_, layers_, static_cast<double>(batch_.micro), place);
        };
        places_.resize(static_cast<std::size_t>(places));
        std::map<std::string, double> fair;
        for (int place = 0; routed && place < places; ++place) {
            Rows& mean = places_[static_cast<std::size_t>(place)];
            mean = rowsAt(options_.routing->layers, place);
            for (const auto& [name, of] : mean) fair[name] += of.received / static_cast<double>(places);
        }
        std::map<std::int64_t, Exchange> exchanges;
        std::map<Kind, std::vector<int>> kinds = kindsOfRanks(config_, model_, options_.ranks, routed && places > 1);
        if (options_.fullest_only) kinds = {{Kind{}, allRanks()}};
        for (const auto& [kind, ranks] : kinds) {
            const std::int64_t place = std::get<0>(kind);
            const Rows& mean = places_[static_cast<std::size_t>(place)];
            RehearsalOptions of{{options_.ranks, options_.fullest_only ? -1 : ranks.front()}, {mean}, 1, false};
            if (!exchanges.contains(place)) exchanges.emplace(place, exchangeOf(of, result));
            if (routed && !options_.routing->uneven.empty()) of.rows.clear();
            for (std::size_t i = 0; routed && i < options_.routing->uneven.size(); ++i)
                of.rows.push_back(rowsAt(options_.routing->uneven[i], place));
            const Rehearsal rehearsal(config_, facts_, machine_, of);
            RankGroup group;
            group.ranks = ranks;
            group.memory = rankMemory(rehearsal, config_, facts_, machine_, options_.ranks);
            group.peak_bytes = group.memory.at_peak.total();
            group.peak_at = rehearsal.peakMoment();
            group.traffic = exchanges.at(place).traffic;
            group.work = exchanges.at(place).work;
            group.updated = group.work.updated = rehearsal.later().work.updated;
            group.expert_share = shareOf(mean, fair);
            result->worst_expert_share = std::max(result->worst_expert_share, group.expert_share);
            result->groups.push_back(std::move(group));
        }
    }

private:
    std::vector<int> allRanks() const {
        std::vector<int> ranks(static_cast<std::size_t>(options_.ranks));
        std::iota(ranks.begin(), ranks.end(), 0);
        return ranks;
    }
    struct Exchange {
        Traffic traffic;
        Work work;
    };
    /// Of batches as they usually are. Which numbers a rank owns changes nothing in it.
    Exchange exchangeOf(RehearsalOptions of, Simulation* result) const {
        of.usual_texts = true;
        const Rehearsal rehearsal(config_, facts_, machine_, of);
        Exchange exchange{rehearsal.first().traffic, rehearsal.later().work};
        exchange.traffic.add(rehearsal.later().traffic, static_cast<double>(options_.steps - 1));
        addRoutingStatistics(config_, layers_, options_.ranks, options_.steps, &exchange.traffic);
        result->model_flops = modelFlops(config_, rehearsal.input(), batch_, options_.ranks);
        return exchange;
    }

    const RunConfig& config_;
    const DataFacts& facts_;
    const Machine& machine_;
    const SimulationOptions& options_;
    ModelTensors model_;
    Batch batch_;
    std::vector<MoePlaces> layers_;
    std::vector<Rows> places_;  ///< by place among the expert ranks: a pass's rows, the mean over steps
};

}  // namespace

const RankGroup& Simulation::fullest() const {
    return *std::max_element(groups.begin(), groups.end(),
                             [](const RankGroup& a, const RankGroup& b) { return a.peak_bytes < b.peak_bytes; });
}

double Simulation::neededBytes(bool gpu) const {
    if (gpu) return fullest().peak_bytes;
    double needed = 0;  // of the first machine's ranks
    for (const RankGroup& group : groups) {
        const auto here =
            std::count_if(group.ranks.begin(), group.ranks.end(), [&](int rank) { return rank < ranks_per_node; });
        needed += static_cast<double>(here) * group.peak_bytes;
    }
    return needed;
}

Simulation simulate(const RunConfig& given, const DataFacts& facts, const Machine& machine,
                    const SimulationOptions& options) {
    RunConfig config = given;
    config.parallel.ranks = options.ranks;
    Simulation result;
    result.ranks = options.ranks;
    result.steps = options.steps;
    Simulator simulator(config, facts, machine, options);
    simulator.run(&result);
    const int of_profile = options.hardware != nullptr ? options.hardware->ranks_per_node : options.ranks;
    result.ranks_per_node = std::min(options.ranks_per_node > 0 ? options.ranks_per_node : of_profile, options.ranks);
    const Layout layout{options.ranks, static_cast<int>(config.parallel.expert), result.ranks_per_node};
    for (const RankGroup& group : result.groups) {
        const LinkBytes links = linkBytes(group.traffic, layout, static_cast<double>(options.steps));
        if (links.same_node + links.other_nodes > result.links.same_node + result.links.other_nodes)
            result.links = links;
    }
    if (options.hardware != nullptr) {
        const bool own_core =
            options.hardware->gpu || std::min(layout.ranks, layout.ranks_per_node) <= options.hardware->cores;
        const double waiting = own_core ? waitingAtLayers(config, *options.hardware, simulator.layers(),
                                                          simulator.places(), simulator.passes())
                                        : 0;
        result.time = timeOf(result, config, *options.hardware, layout, waiting);
    }
    result.assumptions.push_back("Text lengths: " + facts.lengths_from + ".");
    if (config.parallel.expert > 1)
        result.assumptions.push_back(options.routing != nullptr
                                         ? "Experts get what those of the recorded run got."
                                         : "Every expert gets its fair share; --routing RUN takes a recorded run's.");
    if (machine.gpu)
        result.assumptions.push_back("On a GPU tensors alone are counted, as memory/peak_bytes counts them.");
    return result;
}

}  // namespace switchyard::plan
