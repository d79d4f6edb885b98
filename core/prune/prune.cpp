// SPDX-License-Identifier: MIT
#include "core/prune/prune.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/base/config/config.h"
#include "core/base/config/moe_layers.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/checkpoint/weights_only.h"
#include "core/eval/evaluate.h"
#include "core/eval/request_fields.h"
#include "core/model/moe/moe_layer.h"
#include "core/prune/cut.h"
#include "core/prune/expert_scores.h"

namespace switchyard::prune {
namespace {

using eval::need;
using eval::textOr;
using nlohmann::json;

enum class By { kUsage, kReap, kMerge };

By byOf(const std::string& name) {
    if (name == "usage") return By::kUsage;
    if (name == "reap") return By::kReap;
    if (name == "merge") return By::kMerge;
    throw Error(ExitCode::kUsage, "Experts can not be chosen by \"" + name + "\"", "--by", "Use usage, reap or merge");
}

std::vector<double> toList(const at::Tensor& values) {
    const at::Tensor plain = values.to(at::kDouble).contiguous();
    return {plain.const_data_ptr<double>(), plain.const_data_ptr<double>() + plain.numel()};
}

/// Shares of a whole; all 0 where that is.
std::vector<double> sharesOf(const at::Tensor& counts) {
    return toList(counts.to(at::kDouble) / std::max<double>(1, counts.sum().item<double>()));
}

/// How many experts stay: of each layer, or of all together.
class Budget {
public:
    Budget(const json& request, const RunConfig& config)
        : experts_(config::expertsOfLayers(config)), top_k_(config.model.moe.top_k) {
        const std::string over = request.value("budget", "layer");
        if (over != "layer" && over != "all")
            throw Error(ExitCode::kUsage, "No budget is called \"" + over + "\"", "--budget", "Use layer or all");
        over_all_ = over == "all";
        const std::int64_t all = std::accumulate(experts_.begin(), experts_.end(), std::int64_t{0});
        if (over_all_) {
            keep_.push_back(keepOf(request, all, " experts of all layers together, "));
            const std::int64_t least = top_k_ * static_cast<std::int64_t>(experts_.size());
            if (keep_.front() < least) {
                throw Error(ExitCode::kBadConfig,
                            "Tokens choose " + std::to_string(top_k_) + " experts in each of " +
                                std::to_string(experts_.size()) + " layers, so " + std::to_string(keep_.front()) +
                                " are too few",
                            "--keep", "Keep at least " + std::to_string(least));
            }
            return;
        }
        const std::int64_t most = *std::max_element(experts_.begin(), experts_.end());
        for (const std::int64_t experts : experts_) {
            // Where layers differ, one that has fewer already may stay as it is.
            const bool differs = experts < most && !request.contains("fraction");
            keep_.push_back(differs ? std::min(experts, keepOf(request, most, " experts a layer, "))
                                    : keepOf(request, experts, " experts a layer, "));
        }
    }

    const std::vector<std::int64_t>& before() const { return experts_; }
    std::vector<Kept> choose(const std::vector<std::vector<double>>& scores) const {
        return over_all_ ? keepOverAll(scores, keep_.front(), top_k_) : keepInEachLayer(scores, keep_);
    }
    /// Refuses what can not be, before the experts are measured. Throws: Error(kBadConfig).
    void check(const RunConfig& config) const {
        if (!over_all_) configFor(config, keep_);
    }

private:
    static std::int64_t keepOf(const json& request, std::int64_t experts, const char* of) {
        const bool share = request.contains("fraction");
        std::int64_t keep = request.value("keep", std::int64_t{0});
        if (share) {
            const double fraction = request.at("fraction").get<double>();
            if (!(fraction > 0 && fraction < 1))
                throw Error(ExitCode::kUsage, "The share of experts to take out lies between 0 and 1", "--fraction");
            keep = experts - std::llround(fraction * static_cast<double>(experts));
        }
        if (keep < 1 || keep >= experts) {
            throw Error(ExitCode::kUsage,
                        "Of " + std::to_string(experts) + of + std::to_string(keep) + " can not be what stays",
                        share ? "--fraction" : "--keep", "Keep from 1 to " + std::to_string(experts - 1));
        }
        return keep;
    }

    std::vector<std::int64_t> experts_, keep_;  ///< [layers]; what stays of all together is one number
    std::int64_t top_k_;
    bool over_all_ = false;
};

void requireExperts(eval::LoadedModel& model, By by) {
    if (model.model()->moeLayers().empty())
        throw Error(ExitCode::kUsage, "The model has no experts", model.folder().string());
    if (by != By::kReap && model.config().model.moe.gate == GateKind::kExpertChoice) {
        throw Error(ExitCode::kUsage,
                    "Under expert_choice every expert takes equally many tokens, so usage tells nothing", "--by",
                    "Use reap");
    }
}

/// What is done to one layer, and why.
struct LayerPlan {
    ExpertScores measured;
    std::vector<double> scores;
    Kept kept;
    Merges merges;
};

std::vector<LayerPlan> planOf(const std::vector<ExpertScores>& measured, By by, const Budget& budget) {
    std::vector<std::vector<double>> scores;
    for (const ExpertScores& layer : measured)
        scores.push_back(by == By::kReap ? toList(layer.reap()) : sharesOf(layer.usage()));
    const std::vector<Kept> kept = budget.choose(scores);
    std::vector<LayerPlan> plan;
    for (std::size_t i = 0; i < measured.size(); ++i) {
        plan.push_back({measured[i], scores[i], kept[i], {}});
        if (by != By::kMerge) continue;
        const at::Tensor similarity = measured[i].similarity();
        std::vector<std::vector<double>> rows;
        for (std::int64_t e = 0; e < similarity.size(0); ++e) rows.push_back(toList(similarity[e]));
        plan.back().merges = mergesOf(kept[i], rows);
    }
    return plan;
}

/// Share of a modality's choices that went to the experts that are taken out.
json movedOf(const ExpertScores& of, const std::vector<std::int64_t>& removed) {
    json moved = json::object();
    const std::array<const char*, 2> names = {"text", "image"};
    for (std::int64_t m = 0; m < 2; ++m) {
        const at::Tensor counts = of.counts[m];
        const auto all = counts.sum().item<double>();
        if (all > 0)
            moved[names[static_cast<std::size_t>(m)]] =
                counts.index_select(0, at::tensor(removed, at::kLong)).sum().item<double>() / all;
    }
    return moved;
}

json layerJson(const LayerPlan& plan) {
    const ExpertScores& of = plan.measured;
    const std::vector<std::int64_t> removed = removedOf(plan.kept, of.experts());
    json told = {{"layer", of.layer},
                 {"experts", of.experts()},
                 {"kept", plan.kept},
                 {"removed", removed},
                 {"scores", plan.scores},
                 {"usage", {{"text", sharesOf(of.counts[0])}, {"image", sharesOf(of.counts[1])}}},
                 {"moved", movedOf(of, removed)}};
    for (const auto& [expert, into] : plan.merges) told["merged_into"][std::to_string(expert)] = into;
    return told;
}

std::int64_t numbersIn(const checkpoint::NamedTensors& weights) {
    return std::accumulate(weights.begin(), weights.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& item) { return sum + item.second.numel(); });
}

std::int64_t bytesIn(const checkpoint::NamedTensors& weights) {
    return std::accumulate(weights.begin(), weights.end(), std::int64_t{0}, [](std::int64_t sum, const auto& item) {
        return sum + static_cast<std::int64_t>(item.second.nbytes());
    });
}

json qualityOf(eval::LoadedModel& model, const json& request, const eval::Progress& progress) {
    const std::string file = textOr(request, "eval").empty() ? need(request, "data") : textOr(request, "eval");
    return eval::evaluate(model, eval::openEvalData(model, textOr(request, "task"), file, textOr(request, "root")),
                          progress);
}

/// The loaded model behaves as the pruned one will.
void maskIn(eval::LoadedModel& model, const KeptByLayer& kept) {
    for (model::MoeLayerImpl* layer : model::moeLayersOf(*model.model()))
        layer->router()->mask(kept.at(layer->layerName()));
}

}  // namespace

json pruneExperts(const json& request, const eval::Progress& progress) {
    const at::NoGradGuard no_gradient;
    const By by = byOf(request.value("by", "reap"));
    const bool dry = request.value("dry_run", false);
    const fs::path out = dry ? fs::path() : fs::absolute(expandPath(need(request, "out"))).lexically_normal();
    if (!dry) checkpoint::requireNew(out);
    auto model = std::make_unique<eval::LoadedModel>(need(request, "checkpoint"));
    requireExperts(*model, by);
    const RunConfig& config = model->config();
    const Budget budget(request, config);
    budget.check(config);

    const eval::EvalData data =
        eval::openEvalData(*model, textOr(request, "task"), need(request, "data"), textOr(request, "root"));
    const std::vector<LayerPlan> plan =
        planOf(scoreExperts(*model, *data.set, request.value("limit", std::int64_t{0}), progress), by, budget);
    std::vector<std::int64_t> left;
    for (const LayerPlan& layer : plan) left.push_back(static_cast<std::int64_t>(layer.kept.size()));
    checkpoint::WeightsOnly contents;
    contents.config = config::toYaml(configFor(config, left));
    const json before = qualityOf(*model, request, progress);

    json made = {{"from", model->folder().string()},
                 {"by", request.value("by", "reap")},
                 {"data", data.data},
                 {"task", data.task},
                 {"budget", request.value("budget", "layer")},
                 {"experts", {{"before", budget.before()}, {"after", left}}},
                 {"layers", json::array()}};
    contents.weights = model->model()->savedTensors();
    json parameters = {{"before", numbersIn(contents.weights)}}, bytes = {{"before", bytesIn(contents.weights)}};
    KeptByLayer kept;
    for (const LayerPlan& layer : plan) {
        kept[layer.measured.layer] = layer.kept;
        mergeExperts(contents.weights, layer.measured.layer, layer.merges, toList(layer.measured.usage()));
        made["layers"].push_back(layerJson(layer));
    }
    cutExperts(&contents.weights, kept);
    parameters["after"] = numbersIn(contents.weights);
    bytes["after"] = bytesIn(contents.weights);
    if (dry) {
        maskIn(*model, kept);
    } else {
        contents.beside = model->folder();
        contents.step = model->step();
        contents.info["pruned"] = made;
        checkpoint::saveWeightsOnly(out, contents);
        contents.weights.clear();
        model.reset();  // before the other one is loaded
        model = std::make_unique<eval::LoadedModel>(out);
        made["out"] = out.string();
    }
    const json after = qualityOf(*model, request, progress);
    made["parameters"] = parameters;
    made["weights_bytes"] = bytes;
    made["quality"] = {{"task", before["task"]},
                       {"data", before["data"]},
                       {"samples", before["samples"]},
                       {"before", before["metrics"]},
                       {"after", after["metrics"]}};
    return made;
}

}  // namespace switchyard::prune
