// SPDX-License-Identifier: MIT
#include "core/base/plan/model_replay.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <utility>

#include "core/base/plan/moe_replay.h"

namespace switchyard::plan {
namespace {

using Values = std::vector<Value>;
using Routing = std::vector<Buffer>;
using Body = std::function<Values(Ops&, const Values&, Routing*)>;

double sum(const std::vector<LengthRun>& runs, bool rows) {
    double total = 0;
    for (const LengthRun& run : runs) total += rows ? run.rows() : run.samples;
    return total;
}

class Pass {
public:
    Pass(const ReplayContext& context, const PassInput& input)
        : context_(context),
          config_(context.config),
          input_(input),
          graph_(context.pool, [this](int parameter, Buffer gradient) { ready(parameter, std::move(gradient)); }),
          casts_(context.pool, context.model.list, widthsOf(config_, context.gpu)),
          ops_(graph_, casts_, context.products, context.work, context.model.list, widthsOf(config_, context.gpu),
               context.gpu) {}

    void run();

private:
    static Widths widthsOf(const RunConfig& config, bool gpu) {
        const Precision precision = config.train.precision;
        Widths widths;
        if (precision == Precision::kFp64) return {8, 8, 8};
        if (precision == Precision::kFp32) return widths;
        widths.compute = 2;
        widths.score = gpu ? 2 : 4;  // attention of narrow numbers is done in fp32 on CPUs
        return widths;
    }

    void ready(int parameter, Buffer gradient) { context_.weights.gradientReady(parameter, std::move(gradient)); }
    Values runUnit(int unit, const Values& in, const Body& body);
    Values recomputed(Ops& ops, const Values& in, const Body& body, Routing* routing);
    Values block(Ops& ops, const BlockPlaces& of, const Values& in, double rows, const std::vector<LengthRun>& runs,
                 double dim, double heads, bool post, double dropout, double lora_dropout, Routing* routing);
    Values fusionBlock(Ops& ops, const FusionPlaces& of, const Values& in, Routing* routing);
    Value text();
    Value stem(double images);
    Value vision();
    Value fused(const Value& text, const Value& image);
    Value contrastive(const Value& text, const Value& image);
    void exchangeOfLosses();

    const ReplayContext& context_;
    const RunConfig& config_;
    const PassInput& input_;
    Graph graph_;
    Casts casts_;
    Ops ops_;
    Routing routing_;
};

/// Nothing is kept but what went in; the backward computes again, in a graph of its own.
Values Pass::recomputed(Ops& ops, const Values& in, const Body& body, Routing* routing) {
    Graph& graph = ops.graph();
    if (!graph.recording) return body(ops, in, routing);
    graph.recording = false;
    Values out = body(ops, in, routing);
    graph.recording = true;
    Step step;
    for (const Value& value : in) step.saved.push_back(value.data);
    step.instead = [this, in, body, &graph](std::vector<Buffer>& gradient) {
        Graph again(context_.pool, graph_.ready());
        Casts casts(context_.pool, context_.model.list, ops_.widths());
        Ops second(again, casts, context_.products, context_.work, context_.model.list, ops_.widths(), context_.gpu);
        std::vector<Buffer> found(in.size());
        Values features;
        for (std::size_t i = 0; i < in.size(); ++i) {
            Step leaf;
            leaf.instead = [&found, i](std::vector<Buffer>& arrived) { found[i] = std::move(arrived.front()); };
            features.push_back(Graph::seen(in[i], in[i].numbers, again.add(std::move(leaf))));
        }
        Routing decided;
        Values results = body(second, features, &decided);
        casts.clear();
        features.clear();
        // One node at the end takes all gradients.
        Step last;
        for (std::size_t i = 0; i < results.size(); ++i) last.to.emplace_back(results[i], 0.0);
        last.instead = [&again, &gradient, targets = last.to](std::vector<Buffer>& /*arrived*/) {
            for (std::size_t i = 0; i < targets.size() && i < gradient.size(); ++i)
                if (gradient[i]) again.deliver(targets[i].step, targets[i].slot, std::move(gradient[i]));
        };
        const int end = again.add(std::move(last));
        results.clear();
        again.backward(end, Buffer());
        gradient.clear();
        for (std::size_t i = 0; i < in.size(); ++i)
            if (found[i]) graph.deliver(in[i].step, in[i].slot, std::move(found[i]));
    };
    const int node = graph.add(std::move(step));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].step = node;
        out[i].slot = static_cast<int>(i);
    }
    return out;
}

Values Pass::runUnit(int unit, const Values& in, const Body& body) {
    context_.pool.enter({Moment::Phase::kForward, unit});
    context_.weights.fetch(unit);
    Values out = config_.train.activation_checkpointing == ActivationCheckpointing::kBlock
                     ? recomputed(ops_, in, body, &routing_)
                     : body(ops_, in, &routing_);
    if (out.front().step >= 0) {
        Step hook;
        const Values outputs = out;
        std::vector<Step::To> targets;
        for (const Value& value : out) targets.emplace_back(value, 0.0);
        hook.instead = [this, unit, targets](std::vector<Buffer>& gradient) {
            context_.pool.enter({Moment::Phase::kBackward, unit});
            context_.weights.fetchForBackward(unit);
            for (std::size_t i = 0; i < targets.size() && i < gradient.size(); ++i)
                if (gradient[i]) graph_.deliver(targets[i].step, targets[i].slot, std::move(gradient[i]));
        };
        const int node = graph_.add(std::move(hook));
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i].step = node;
            out[i].slot = static_cast<int>(i);
        }
    }
    context_.weights.release(unit);
    return out;
}

Values Pass::block(Ops& ops, const BlockPlaces& of, const Values& in, double rows, const std::vector<LengthRun>& runs,
                   double dim, double heads, bool post, double dropout, double lora_dropout, Routing* routing) {
    const bool relu = config_.model.moe.activation == Activation::kRelu;
    Value qkv = ops.linear(post ? in[0] : ops.norm(in[0], rows, of.norm1), rows, of.qkv, lora_dropout);
    const Value attended = ops.selfAttention(qkv, runs, dim, heads);
    qkv = {};
    Value middle = ops.add(in[0], ops.linear(attended, rows, of.out, lora_dropout), dropout);
    if (post) middle = ops.norm(middle, rows, of.norm1);
    const Body second = [this, &of, rows, post, dropout, lora_dropout, relu](Ops& with, const Values& given,
                                                                             Routing* kept) {
        const Value normed = post ? given[0] : with.norm(given[0], rows, of.norm2);
        const Value added = of.moe.there() ? moeLayer(with, context_, input_, normed, rows, of.moe, kept)
                                           : with.feedForward(normed, rows, of.fc1, of.fc2, relu, lora_dropout);
        const Value whole = with.add(given[0], added, dropout);
        return Values{post ? with.norm(whole, rows, of.norm2) : whole};
    };
    const Values half = {middle};
    middle = {};
    const bool again = config_.train.activation_checkpointing == ActivationCheckpointing::kSelective;
    return again ? recomputed(ops, half, second, routing) : second(ops, half, routing);
}

Value Pass::text() {
    const RunConfig::Text& text = config_.model.text;
    const double rows = sum(input_.texts, true), dim = static_cast<double>(text.dim), width = ops_.widths().weight;
    const bool post = text.norm == NormPlace::kPost;
    context_.weights.fetch(0);
    context_.weights.fetch(context_.model.embedding_unit);
    Step table;
    ops_.want(&table, context_.model.embedding, width);
    Value x = graph_.made(rows * dim, width, graph_.add(std::move(table)));
    for (const int parameter : {context_.model.text_position, context_.model.token_types}) {
        if (parameter < 0) continue;
        Step more;
        ops_.want(&more, parameter, width);
        const Value added = graph_.made(rows * dim, width, graph_.add(std::move(more)));
        x = ops_.add(x, added);
    }
    if (post) x = ops_.norm(x, rows, context_.model.text_last);
    x = ops_.dropped(x, text.dropout);
    context_.weights.release(context_.model.embedding_unit);
    const double lora_dropout = text.lora.rank > 0 ? text.lora.dropout : 0;
    for (const BlockPlaces& of : context_.model.text) {
        const Values in = {std::move(x)};
        x = runUnit(of.unit, in, [&, rows, dim, post, lora_dropout](Ops& ops, const Values& given, Routing* routing) {
                return block(ops, of, given, rows, input_.texts, dim, static_cast<double>(config_.model.text.heads),
                             post, config_.model.text.dropout, lora_dropout, routing);
            }).front();
    }
    return post ? x : ops_.norm(x, rows, context_.model.text_last);
}

Value Pass::stem(double images) {
    const RunConfig::Vision& vision = config_.model.vision;
    const double side = static_cast<double>(vision.image_size), grid = side / static_cast<double>(vision.patch_size);
    const double kept = imageTokens(config_) - (vision.class_token ? 1 : 0), pixels = 3 * side * side;
    const double wide = ops_.widths().weight, patch = 3.0 * static_cast<double>(vision.patch_size * vision.patch_size);
    if (vision.stem == Stem::kLinear) {
        Value x = graph_.made(images * pixels, wide, -1);
        if (kept < grid * grid) x = graph_.made(images * kept * patch, wide, -1);
        return ops_.linear(x, images * kept, context_.model.stem);
    }
    Value x = graph_.made(images * pixels, wide, -1);
    double at = side;
    for (std::size_t i = 0; i < context_.model.convs.size(); ++i) {
        const LinearPlaces& conv = context_.model.convs[i];
        if (i + 1 < context_.model.convs.size()) at /= 2;
        const bool one_node = i > 0 && !ops_.widths().mixed();
        if (i > 0 && !one_node) x = ops_.activation(x);
        const Value in = ops_.cast(x, ops_.widths().compute);
        const Buffer active = one_node ? graph_.take(in.bytes()) : Buffer();
        Step step;
        step.saved = {in.data, casts_.of(conv.weight)};
        if (one_node) step.scratch = {in.bytes(), in.bytes()};
        ops_.countProduct(images * at * at, static_cast<double>(conv.in), static_cast<double>(conv.out),
                          ops_.trained(conv.weight), in.step >= 0);
        ops_.want(&step, conv.weight, ops_.widths().compute);
        ops_.want(&step, conv.bias, ops_.widths().compute);
        step.to.emplace_back(in, in.bytes());
        x = graph_.made(images * at * at * static_cast<double>(conv.out), ops_.widths().compute,
                        graph_.add(std::move(step)));
    }
    return kept < grid * grid ? ops_.chosenRows(x, images * kept * static_cast<double>(vision.dim)) : x;
}

Value Pass::vision() {
    const RunConfig::Vision& vision = config_.model.vision;
    const double tokens = imageTokens(config_), rows = input_.images * tokens, dim = static_cast<double>(vision.dim);
    const double width = ops_.widths().weight;
    context_.weights.fetch(0);
    Value x = stem(input_.images);
    if (vision.class_token) {
        Step token;
        ops_.want(&token, context_.model.class_token, width);
        const Value rows_of_token = graph_.made(0, x.width, graph_.add(std::move(token)));
        x = ops_.cat({rows_of_token, x});
        x.numbers = rows * dim;
    }
    Step places;
    ops_.want(&places, context_.model.vision_position, width);
    const double table =
        static_cast<double>(context_.model.list[static_cast<std::size_t>(context_.model.vision_position)].count);
    const bool chosen = config_.data.image.augment.patch_drop > 0;
    const Value positions = graph_.made(chosen ? rows * dim : table, width, graph_.add(std::move(places)));
    x = ops_.add(x, positions);
    if (vision.input_norm) x = ops_.norm(x, rows, context_.model.input_norm);
    const std::vector<LengthRun> runs = {{input_.images, tokens}};
    const double lora_dropout = vision.lora.rank > 0 ? vision.lora.dropout : 0;
    for (const BlockPlaces& of : context_.model.vision) {
        const Values in = {std::move(x)};
        x = runUnit(of.unit, in, [&, runs, rows, dim, lora_dropout](Ops& ops, const Values& given, Routing* routing) {
                return block(ops, of, given, rows, runs, dim, static_cast<double>(config_.model.vision.heads), false, 0,
                             lora_dropout, routing);
            }).front();
    }
    return ops_.norm(x, rows, context_.model.vision_last);
}

Values Pass::fusionBlock(Ops& ops, const FusionPlaces& of, const Values& in, Routing* routing) {
    const double dim = static_cast<double>(config_.model.fusion.dim),
                 heads = static_cast<double>(config_.model.fusion.heads);
    const double tokens = imageTokens(config_), text_rows = sum(input_.pairs, true),
                 image_rows = sum(input_.pairs, false) * tokens;
    std::vector<std::pair<LengthRun, LengthRun>> reads, read_by;
    for (const LengthRun& run : input_.pairs) {
        reads.emplace_back(run, LengthRun{run.samples, tokens});
        read_by.emplace_back(LengthRun{run.samples, tokens}, run);
    }
    const Value text = ops.norm(in[0], text_rows, of.text_norm), image = ops.norm(in[1], image_rows, of.image_norm);
    const Value text_read = ops.crossAttention(ops.linear(text, text_rows, of.text_q),
                                               ops.linear(image, image_rows, of.image_kv), reads, dim, heads);
    const Value image_read = ops.crossAttention(ops.linear(image, image_rows, of.image_q),
                                                ops.linear(text, text_rows, of.text_kv), read_by, dim, heads);
    const Values middles = {ops.add(in[0], ops.linear(text_read, text_rows, of.text_out)),
                            ops.add(in[1], ops.linear(image_read, image_rows, of.image_out))};
    const bool relu = config_.model.moe.activation == Activation::kRelu;
    const Body second = [this, &of, text_rows, image_rows, dim, relu](Ops& with, const Values& given, Routing* kept) {
        const double rows = text_rows + image_rows;
        const Value all = with.cat({given[0], given[1]});
        const Value normed = with.norm(all, rows, of.ffn_norm);
        const Value added = of.moe.there() ? moeLayer(with, context_, input_, normed, rows, of.moe, kept)
                                           : with.feedForward(normed, rows, of.fc1, of.fc2, relu, 0);
        return with.split(with.add(all, added), {text_rows * dim, image_rows * dim});
    };
    const bool again = config_.train.activation_checkpointing == ActivationCheckpointing::kSelective;
    return again ? recomputed(ops, middles, second, routing) : second(ops, middles, routing);
}

/// The pairs through the fusion blocks and the head. @return the loss's node
Value Pass::fused(const Value& text, const Value& image) {
    const double pairs = sum(input_.pairs, false), tokens = imageTokens(config_), text_rows = sum(input_.pairs, true);
    const double dim = static_cast<double>(config_.model.fusion.dim), image_rows = pairs * tokens;
    context_.weights.fetch(0);
    const Value pair_text = ops_.chosenRows(text, text_rows * static_cast<double>(config_.model.text.dim));
    const Value pair_image = ops_.chosenRows(image, image_rows * static_cast<double>(config_.model.vision.dim));
    const Buffer keys = graph_.take(2 * (text_rows + image_rows) * 9);
    Values x = {ops_.linear(pair_text, text_rows, context_.model.text_in),
                ops_.linear(pair_image, image_rows, context_.model.image_in)};
    for (const FusionPlaces& of : context_.model.fusion) {
        const Values in = std::move(x);
        x = runUnit(of.unit, in, [this, &of](Ops& ops, const Values& given, Routing* routing) {
            return fusionBlock(ops, of, given, routing);
        });
    }
    const Value last_text =
        ops_.map(ops_.norm(x[0], text_rows, context_.model.fusion_text), pairs * dim, x[0].width, {});
    const Value last_image =
        ops_.map(ops_.norm(x[1], image_rows, context_.model.fusion_image), pairs * dim, x[1].width, {});
    const Value pooled = ops_.cat({last_text, last_image});
    const bool match = config_.task.kind == TaskKind::kMultimodal;
    const LinearPlaces& fc1 = match ? context_.model.match1 : context_.model.heads[0];
    const LinearPlaces& fc2 = match ? context_.model.match2 : context_.model.heads[1];
    return ops_.linear(ops_.activation(ops_.linear(pooled, pairs, fc1)), pairs, fc2);
}

Value Pass::contrastive(const Value& text, const Value& image) {
    const double samples = input_.samples, all = samples * context_.ranks,
                 embed = static_cast<double>(config_.model.embed_dim);
    const double width = ops_.widths().weight;
    const auto embedding = [&](const Value& tokens, double dim, const LinearPlaces& projection) {
        const Value pooled = ops_.map(tokens, samples * dim, tokens.width, {});
        return ops_.cast(ops_.linear(pooled, samples, projection), width);
    };
    const Value text_embedding =
        embedding(text, static_cast<double>(config_.model.text.dim), context_.model.text_projection);
    const Value image_embedding =
        embedding(image, static_cast<double>(config_.model.vision.dim), context_.model.image_projection);
    const auto scores = [&](const Value& own, const Value& others) {
        const Buffer gathered = graph_.take(all * embed * width);
        ops_.countProduct(samples, embed, all, others.step >= 0, own.step >= 0);
        Step product;
        product.saved = {own.data, gathered};
        product.to.emplace_back(own, own.bytes());
        product.to.emplace_back(others, all * embed * width);
        const Value raw = graph_.made(samples * all, width, graph_.add(std::move(product)));
        const Value scaled = ops_.map(raw, raw.numbers, width, {raw.data});
        return ops_.map(scaled, raw.numbers, width, {graph_.take(raw.bytes())});
    };
    return ops_.cat({scores(text_embedding, image_embedding), scores(image_embedding, text_embedding)});
}

/// core/model/training_loss.cpp and core/model/moe/aux_losses.cpp: features, counts of pairs, sums of the routers.
void Pass::exchangeOfLosses() {
    Traffic& traffic = context_.traffic;
    const int ranks = context_.ranks;
    if (config_.task.kind == TaskKind::kMultimodal) {
        const double bytes =
            input_.samples * ranks * static_cast<double>(config_.model.embed_dim) * ops_.widths().weight;
        for (const std::string name : {"contrastive_text", "contrastive_image"}) {
            traffic.add(CollectiveKind::kAllGather, name, ranks, bytes);
            traffic.add(CollectiveKind::kAllReduce, name + ".backward", ranks, bytes);
        }
        if (config_.task.matching > 0) traffic.add(CollectiveKind::kAllReduce, "matching_pairs", ranks, 8);
    }
    const RunConfig::Moe& moe = config_.model.moe;
    const RunConfig::Losses& losses = moe.losses;
    for (const MoePlaces& layer : moeLayers(context_.model, !input_.pairs.empty())) {
        const auto experts = static_cast<double>(layer.experts);
        double numbers = 1 + experts;
        if (moe.gate != GateKind::kExpertChoice) numbers += experts;
        if (losses.importance > 0) numbers += experts;
        if (losses.load > 0 && moe.gate == GateKind::kNoisyTopK) numbers += experts;
        if (losses.limoe_local > 0 || losses.limoe_global > 0) numbers += 2 * (experts + 2);
        traffic.add(CollectiveKind::kAllReduce, "aux_losses", ranks, 8);
        if (losses.global_balance) traffic.add(CollectiveKind::kAllReduce, "aux_losses", ranks, 8 * numbers);
    }
}

void Pass::run() {
    Value loss;
    context_.pool.enter({Moment::Phase::kForward, 0});
    {
        const Value of_text = text();
        if (config_.task.kind == TaskKind::kText) {
            const double dim = static_cast<double>(config_.model.text.dim);
            const Value means = ops_.map(of_text, 2 * input_.samples * dim, of_text.width,
                                         {graph_.take(2 * input_.samples * sum(input_.texts, true) * of_text.width)});
            Values logits;
            for (const LinearPlaces& head : context_.model.heads)
                logits.push_back(ops_.linear(means, input_.samples, head));
            loss = logits.empty() ? means : ops_.cat(logits);
        } else {
            const Value of_images = vision();
            Values losses;
            context_.pool.enter({Moment::Phase::kForward, 0});
            if (config_.task.kind == TaskKind::kMultimodal) losses.push_back(contrastive(of_text, of_images));
            if (!input_.pairs.empty()) losses.push_back(fused(of_text, of_images));
            loss = ops_.cat(losses);
        }
    }
    casts_.clear();
    exchangeOfLosses();
    context_.pool.enter({Moment::Phase::kBackward, 0});
    graph_.backward(loss.step, graph_.take(loss.bytes()));
    // What is told of the routing is worked out at the end.
    double widest = 0;
    for (const Buffer& kept : routing_) widest = std::max(widest, kept.bytes());
    const Buffer one(context_.pool, widest), two(context_.pool, widest), three(context_.pool, widest);
}

}  // namespace

double imageTokens(const RunConfig& config) {
    const RunConfig::Vision& vision = config.model.vision;
    const double grid = static_cast<double>(vision.image_size / vision.patch_size), all = grid * grid;
    const double kept = std::clamp(std::round(all * (1.0 - config.data.image.augment.patch_drop)), 1.0, all);
    return kept + (vision.class_token ? 1 : 0);
}

void replayPass(const ReplayContext& context, const PassInput& input) {
    Pass(context, input).run();
}

}  // namespace switchyard::plan
