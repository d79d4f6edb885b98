// SPDX-License-Identifier: MIT
#include "core/eval/sample_pass.h"

#include <ATen/ATen.h>

#include <iterator>

#include "core/base/util/error.h"
#include "core/data/eval_batch.h"

namespace switchyard::eval {
namespace {

template <typename Value>
std::vector<Value> values(const at::Tensor& tensor, at::ScalarType type) {
    const at::Tensor plain = tensor.detach().to(at::kCPU, type).contiguous();
    const auto* first = static_cast<const Value*>(plain.const_data_ptr());
    return {first, first + plain.numel()};
}

}  // namespace

SampleInput prepareSample(const TraceSample& sample, const RunConfig& config, const text::Tokenizer* tokenizer) {
    SampleInput input;
    if (sample.text) {
        if (tokenizer == nullptr) throw Error(ExitCode::kUsage, "the model has no tokenizer", sample.id);
        const std::int64_t limit = config.model.text.max_tokens;
        text::Encoding encoding;
        if (sample.pair) {
            encoding = tokenizer->encodePair(*sample.text, &*sample.pair, limit);
        } else {
            encoding.ids = tokenizer->encode(*sample.text, limit);
        }
        input.token_ids = encoding.ids;
        input.text = data::makeBatch(std::vector<text::Encoding>{encoding}, {}, {}, config).batch;
    }
    if (sample.picture) input.image = data::makeBatch({}, {*sample.picture}, config).batch;
    return input;
}

std::vector<model::RoutingRecord> SamplePass::routing() const {
    std::vector<model::RoutingRecord> all;
    if (text) all = text->routing;
    if (image) all.insert(all.end(), image->routing.begin(), image->routing.end());
    if (fused) all.insert(all.end(), fused->routing.begin(), fused->routing.end());
    return all;
}

SamplePass passSample(model::MultimodalModel& model, const SampleInput& input, const model::ForwardContext& context,
                      const PassProgress& progress) {
    const std::int64_t parts = (input.text ? 1 : 0) + (input.image ? 1 : 0) + (input.text && input.image ? 1 : 0);
    std::int64_t done = 0;
    const auto begin = [&](const char* what) {
        if (progress && !progress(done++, parts, what)) throw Error(ExitCode::kInterrupted, "cancelled");
    };
    SamplePass pass;
    const c10::Device device = model->device();
    if (input.text) {
        begin("text");
        pass.text = model->encodeText(data::onDevice(*input.text, device), context);
    }
    if (input.image) {
        begin("picture");
        pass.image = model->encodeImages(data::onDevice(*input.image, device), context);
    }
    if (pass.text && pass.image) {
        begin("pair");
        pass.fused = model->match(*pass.text, *pass.image, {0}, {0}, {0}, context);
    }
    return pass;
}

runs::LayerRoutes routesOf(const model::RoutingRecord& record, const RunConfig::Moe& moe) {
    runs::LayerRoutes routes;
    routes.layer = record.layer;
    routes.num_tokens = record.experts.size(0);
    routes.num_choices = record.experts.size(1);
    routes.num_experts = routes.num_logits = record.num_experts;
    routes.sigmoid = moe.gate == GateKind::kTopK && moe.score == RouterScore::kSigmoid;
    routes.text_tokens =
        record.modality.eq(static_cast<std::int64_t>(model::Modality::kText)).sum().item<std::int64_t>();
    routes.experts = values<std::int32_t>(record.experts, at::kInt);
    routes.weights = values<float>(record.weights, at::kFloat);
    routes.dropped = values<std::uint8_t>(record.dropped, at::kByte);
    routes.logits = values<float>(record.logits, at::kFloat);
    routes.summarise();
    return routes;
}

at::Tensor selectionBias(const model::MultimodalModel& model, const std::string& layer) {
    const auto buffers = model->named_buffers();
    const at::Tensor* bias = buffers.find(layer + ".router.bias");
    return bias == nullptr ? at::Tensor() : bias->detach().to(at::kCPU, at::kFloat).contiguous();
}

runs::ProbeWeights weightsRule(const RunConfig::Moe& moe) {
    switch (moe.gate) {
        case GateKind::kTopK:
        case GateKind::kNoisyTopK:
            return runs::ProbeWeights::kShares;
        case GateKind::kExpertChoice:
            return runs::ProbeWeights::kProbabilities;
        default:
            return runs::ProbeWeights::kStored;
    }
}

}  // namespace switchyard::eval
