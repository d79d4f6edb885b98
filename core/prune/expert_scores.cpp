// SPDX-License-Identifier: MIT
#include "core/prune/expert_scores.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "core/base/util/error.h"
#include "core/data/eval_batch.h"
#include "core/eval/task_eval.h"
#include "core/model/moe/moe_layer.h"

namespace switchyard::prune {
namespace {

constexpr std::int64_t kSamplesAtOnce = 64;

class ScoreKeeper : public model::ExpertWatch {
public:
    explicit ScoreKeeper(std::string layer, std::int64_t experts) {
        scores_.layer = std::move(layer);
        scores_.counts = at::zeros({2, experts}, at::kLong);
        scores_.norms = at::zeros({experts}, at::kDouble);
    }
    void see(const model::RoutingRecord& routing, const std::function<at::Tensor(std::int64_t)>& outputs) override {
        const std::int64_t experts = scores_.experts();
        for (std::int64_t k = 0; k < routing.experts.size(1); ++k) {
            const at::Tensor rows = routing.dropped.select(1, k).logical_not().nonzero().flatten();
            if (rows.numel() == 0) continue;
            const at::Tensor expert = routing.experts.select(1, k).index_select(0, rows);
            const at::Tensor place = routing.modality.index_select(0, rows).to(at::kLong) * experts + expert;
            scores_.counts.view({-1}).index_add_(0, place, at::ones_like(place));
            const at::Tensor weight = routing.weights.select(1, k).index_select(0, rows).to(at::kDouble);
            const at::Tensor weighted = outputs(k).index_select(0, rows).to(at::kDouble) * weight.unsqueeze(1);
            scores_.norms.index_add_(0, expert, weighted.norm(2, {1}));
            if (!scores_.outputs.defined()) scores_.outputs = at::zeros({experts, weighted.size(1)}, at::kDouble);
            scores_.outputs.index_add_(0, expert, weighted);
        }
    }
    const ExpertScores& scores() const { return scores_; }

private:
    ExpertScores scores_;
};

/// A watch on every MoE layer, for as long as this lives.
class Watched {
public:
    explicit Watched(eval::LoadedModel& model) : layers_(model::moeLayersOf(*model.model())) {
        for (model::MoeLayerImpl* layer : layers_) {
            keepers_.push_back(std::make_unique<ScoreKeeper>(layer->layerName(), layer->router()->weight.size(0)));
            layer->setWatch(keepers_.back().get());
        }
    }
    ~Watched() {
        for (model::MoeLayerImpl* layer : layers_) layer->setWatch(nullptr);
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    std::vector<ExpertScores> scores() const {
        std::vector<ExpertScores> all;
        for (const auto& keeper : keepers_) all.push_back(keeper->scores());
        return all;
    }

private:
    std::vector<model::MoeLayerImpl*> layers_;
    std::vector<std::unique_ptr<ScoreKeeper>> keepers_;
};

/// Everything that the model computes from some samples.
void pass(eval::LoadedModel& loaded, const dataset::Dataset& data, const std::vector<const dataset::Sample*>& samples) {
    const RunConfig& config = loaded.config();
    const bool pictures = config.task.kind != TaskKind::kText;
    std::vector<text::Encoding> texts;
    std::vector<io::Image> images;
    for (const dataset::Sample* sample : samples) {
        texts.push_back(eval::encodeSample(loaded.tokenizer(), *sample, config.model.text.max_tokens));
        if (pictures) images.push_back(data.picture(*sample));
    }
    const data::Batch batch = data::makeBatch(texts, images, samples, config).batch;
    const model::TextEncoding text = loaded.model()->encodeText(batch, loaded.context());
    if (!pictures) return;
    const model::ImageEncoding image = loaded.model()->encodeImages(batch, loaded.context());
    std::vector<std::int64_t> each(static_cast<std::size_t>(batch.size));
    std::iota(each.begin(), each.end(), 0);
    loaded.model()->match(text, image, each, each, batch.sample_ids, loaded.context());
}

}  // namespace

at::Tensor ExpertScores::reap() const {
    return norms / usage().clamp_min(1);
}

at::Tensor ExpertScores::similarity() const {
    if (!outputs.defined()) return at::zeros({experts(), experts()}, at::kDouble);
    const at::Tensor unit = outputs / outputs.norm(2, {1}, /*keepdim=*/true).clamp_min(1e-30);
    return at::mm(unit, unit.t());
}

std::vector<ExpertScores> scoreExperts(eval::LoadedModel& model, const dataset::Dataset& data, std::int64_t limit,
                                       const eval::Progress& progress) {
    const at::NoGradGuard no_gradient;
    std::vector<const dataset::Sample*> told;
    for (const dataset::Sample& sample : data.samples()) {
        if (!sample.texts.empty()) told.push_back(&sample);
    }
    const auto all = static_cast<std::int64_t>(told.size());
    const std::int64_t wanted = limit > 0 ? std::min(limit, all) : all;
    if (wanted == 0)
        throw Error(ExitCode::kBadData, "There is no sample to score the experts on", data.root().string());
    const Watched watched(model);
    for (std::int64_t begin = 0; begin < wanted; begin += kSamplesAtOnce) {
        const std::int64_t end = std::min(wanted, begin + kSamplesAtOnce);
        std::vector<const dataset::Sample*> samples;
        for (std::int64_t i = begin; i < end; ++i) samples.push_back(told[static_cast<std::size_t>(i * all / wanted)]);
        pass(model, data, samples);
        if (progress && !progress(end, wanted, "samples")) throw Error(ExitCode::kInterrupted, "cancelled");
    }
    return watched.scores();
}

}  // namespace switchyard::prune
