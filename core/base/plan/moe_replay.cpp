// SPDX-License-Identifier: MIT
// As core/model/moe.
#include "core/base/plan/moe_replay.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace switchyard::plan {
namespace {

/// Choices a token has room for in the record, and rows that reach an expert.
struct Choices {
    double a_token = 1, rows = 0;
};

Choices choicesOf(const RunConfig::Moe& moe, double tokens) {
    const auto experts = static_cast<double>(moe.experts);
    double k = static_cast<double>(std::min(moe.top_k, moe.experts));
    if (moe.gate == GateKind::kTop2) k = 2;
    if (moe.gate == GateKind::kSwitch) k = 1;
    if (moe.gate == GateKind::kExpertChoice) {
        const double factor = moe.capacity_factor > 0 ? moe.capacity_factor : 1;
        const double slots = std::min(tokens, std::ceil(factor * static_cast<double>(moe.top_k) * tokens / experts));
        return {experts, slots * experts};  // the token that most experts took decides, at most all
    }
    double rows = k * tokens;
    if (moe.capacity_factor > 0) {
        const double slots =
            std::max(static_cast<double>(moe.min_capacity), std::ceil(moe.capacity_factor * k * tokens / experts));
        rows = std::min(rows, slots * experts);
    }
    return {k, rows};
}

/// Router and gate: logits and probabilities, and what is kept of the choice.
/// @return the value that the experts' weights come from
Value router(Ops& ops, const RunConfig::Moe& moe, const Value& x, double rows, const MoePlaces& places, double choices,
             std::vector<Buffer>* routing) {
    Graph& graph = ops.graph();
    const double wide = ops.widths().weight, experts = static_cast<double>(moe.experts), all = rows * experts;
    Value in = ops.cast(x, wide);
    if (moe.gate == GateKind::kSwitch && moe.jitter > 0) {
        const Buffer draws = graph.take(in.bytes());
        in = ops.map(in, in.numbers, wide, {in.data, draws});
    }
    const auto product = [&](int weight) {
        Step step;
        step.saved = {in.data};
        ops.want(&step, weight, wide);
        ops.countProduct(rows, static_cast<double>(places.dim), experts, ops.trained(weight), in.step >= 0);
        step.to.emplace_back(in, in.bytes());
        return graph.made(all, wide, graph.add(std::move(step)));
    };
    const Value logits = product(places.router);
    routing->push_back(logits.data);
    if (places.noise >= 0) {
        const Value noise = product(places.noise);
        const Value scale = ops.map(noise, all, wide, {noise.data});
        const Buffer draws = graph.take(all * wide);
        const Value noisy = ops.add(logits, ops.map(scale, all, wide, {draws}));
        const Value load =
            ops.map(noisy, all, wide, {noisy.data, scale.data, graph.take(all * wide), graph.take(all * wide)});
        routing->push_back(load.data);
    }
    if (moe.gate == GateKind::kTop2) {
        const Buffer gumbel = graph.take(all * wide), second = graph.take(all * wide);
    }
    const Value logsums = ops.map(logits, rows, wide, {logits.data});
    routing->push_back(logsums.data);
    Step softmax;
    const Buffer probabilities = graph.take(all * wide);
    softmax.saved = {probabilities};
    softmax.to.emplace_back(logits, logits.bytes());
    const Value probs{probabilities, all, wide, graph.add(std::move(softmax)), 0};
    routing->push_back(probabilities);
    const double chosen = rows * choices;
    const Value gates = ops.map(probs, chosen, wide, {graph.take(chosen * 8)});
    const Value weights = ops.map(gates, chosen, wide, {gates.data, graph.take(chosen * wide)});
    routing->push_back(weights.data);
    routing->push_back(graph.take(chosen));
    return weights;
}

struct Rows {
    double count = 0, tokens = 0, choices = 1;
};

/// The experts' two products over rows sorted by expert.
Value experts(Ops& ops, const RunConfig& config, const Value& x, const Value& weights, const Rows& rows,
              const MoePlaces& places) {
    Graph& graph = ops.graph();
    const RunConfig::Moe& moe = config.model.moe;
    const double c = ops.widths().compute, dim = static_cast<double>(places.dim);
    const double hidden = static_cast<double>(moe.hidden_dim);
    const double wide = moe.activation == Activation::kSwiGlu ? 2 * hidden : hidden;
    const double own = static_cast<double>(places.experts) / static_cast<double>(config.parallel.expert);
    const Buffer in = x.width == c ? x.data : graph.take(x.numbers * c);
    const Buffer gathered = graph.take(rows.count * dim * c), out = graph.take(rows.count * dim * c);
    const Buffer h = graph.take(rows.count * wide * c);
    Buffer active = moe.recompute ? Buffer() : graph.take(rows.count * hidden * c);
    const double an_expert = rows.count / own;
    ops.countProduct(an_expert, dim, wide, ops.trained(places.w1), x.step >= 0, own);
    ops.countProduct(an_expert, hidden, dim, ops.trained(places.w2), true, own);
    { const Buffer again = moe.recompute ? graph.take(an_expert * hidden * c) : Buffer(); }
    Step step;
    step.saved = {weights.data,
                  gathered,
                  h,
                  active,
                  out,
                  graph.take(rows.count * 8),
                  graph.take(rows.count * 8),
                  graph.take(rows.tokens * rows.choices * 8)};
    step.scratch = {rows.count * dim * c, rows.tokens * rows.choices * 4, rows.count * dim * c};
    if (ops.gpu()) {
        step.saved.push_back(graph.take(rows.tokens * rows.choices * dim * 4));
        step.scratch.push_back(rows.tokens * rows.choices * dim * 4);
    }
    const double of_hidden = an_expert * hidden * c, of_wide = an_expert * wide * c;
    step.scratch.push_back(of_hidden);
    if (wide != hidden) step.scratch.push_back(of_wide);
    if (moe.recompute) step.scratch.insert(step.scratch.end(), {of_wide, of_hidden});
    for (const int parameter : {places.w1, places.w2, places.b1, places.b2})
        ops.want(&step, parameter, ops.widths().weight);
    step.to.emplace_back(x, x.bytes());
    step.to.emplace_back(weights, weights.bytes());
    const int node = graph.add(std::move(step));
    return graph.made(rows.tokens * dim, c, node);
}

/// What a layer's ranks exchange, as core/model/moe/exchange.cpp does.
struct Exchanges {
    const ReplayContext& context;
    const MoePlaces& places;

    std::int64_t parts() const {
        const std::int64_t own = places.experts / context.config.parallel.expert;
        return std::clamp<std::int64_t>(context.config.parallel.exchange_chunks, 1, own);
    }
    void add(const std::string& name, double bytes, std::int64_t count) const {
        context.traffic.add(CollectiveKind::kAllToAll, places.layer + name, static_cast<int>(context.config.parallel.expert),
                            bytes, count);
    }
};

}  // namespace

Value moeLayer(Ops& ops, const ReplayContext& context, const PassInput& input, const Value& x, double rows,
               const MoePlaces& places, std::vector<Buffer>* routing) {
    Graph& graph = ops.graph();
    RunConfig::Moe moe = context.config.model.moe;
    moe.experts = places.experts;
    Choices choices = choicesOf(moe, rows);
    const auto known = input.rows.find(places.layer);
    if (known != input.rows.end()) choices.rows = known->second.sent;
    const double dim = static_cast<double>(places.dim), c = ops.widths().compute, wide = ops.widths().weight;
    const Value weights = router(ops, moe, x, rows, places, choices.a_token, routing);
    if (context.config.parallel.expert == 1) {
        const Value y = experts(ops, context.config, x, weights, {choices.rows, rows, choices.a_token}, places);
        return ops.dropped(y, moe.dropout);
    }
    // Rows travel to the ranks that hold their experts, and back.
    const double came = known != input.rows.end() ? known->second.received : choices.rows * input.other_share;
    const Exchanges exchanges{context, places};
    exchanges.add(".counts", static_cast<double>(moe.experts) * 8, 1);
    const Buffer lists = graph.take(choices.rows * 16);
    const double a_row = dim * c;
    const auto travel = [&](const Value& from, double numbers, const char* name) {
        Step step;
        step.saved = {lists};
        step.to.emplace_back(from, from.bytes(), Part::kAllToAll);
        exchanges.add(name, from.numbers / dim * a_row, exchanges.parts());
        step.exchanges = [exchanges, name, bytes = numbers / dim * a_row] {
            exchanges.add(std::string(name) + ".backward", bytes, exchanges.parts());
        };
        return graph.made(numbers, from.width, graph.add(std::move(step)), Part::kAllToAll);
    };
    const Value narrow = ops.cast(x, c);
    Value moved = travel(ops.chosenRows(narrow, choices.rows * dim), came * dim, ".dispatch");
    const Value ones{graph.take(came * wide), came, wide, -1, 0};
    moved = experts(ops, context.config, moved, ones, {came, came, 1}, places);
    moved = travel(moved, choices.rows * dim, ".combine");
    const Value back = ops.cast(moved, wide);
    const Value weight = ops.chosenRows(weights, choices.rows);
    Step times;
    times.saved = {back.data, weight.data};
    times.to.emplace_back(back, back.bytes());
    times.to.emplace_back(weight, weight.bytes());
    const Value weighted = graph.made(choices.rows * dim, wide, graph.add(std::move(times)));
    const Buffer zeros = graph.take(rows * dim * wide);
    return ops.dropped(ops.cast(ops.map(weighted, rows * dim, wide, {}), c), moe.dropout);
}

}  // namespace switchyard::plan
