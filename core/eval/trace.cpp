// SPDX-License-Identifier: MIT
#include "core/eval/trace.h"

#include <ATen/ATen.h>

#include "core/base/dataset/text_task.h"
#include "core/base/util/error.h"
#include "core/checkpoint/tensor_file.h"

namespace switchyard::eval {
namespace {

using Tensors = std::vector<std::pair<std::string, at::Tensor>>;

void append(LoadedModel& model, Tensors& tensors, const std::string& prefix, const std::vector<model::RoutingRecord>& records) {
    for (const model::RoutingRecord& record : records) {
        const std::string name = prefix + "layers." + record.layer + ".";
        tensors.emplace_back(name + "logits", record.logits.to(at::kFloat).contiguous());
        tensors.emplace_back(name + "experts", record.experts.contiguous());
        tensors.emplace_back(name + "weights", record.weights.to(at::kFloat).contiguous());
        tensors.emplace_back(name + "dropped", record.dropped.contiguous());
        tensors.emplace_back(name + "modality", record.modality.contiguous());
        if (const at::Tensor bias = selectionBias(model.model(), record.layer); bias.defined()) tensors.emplace_back(name + "bias", bias);
    }
}

/// A head's outputs: the logits into the file; the likeliest class, or the number, to be told.
void tellTask(const LoadedModel& model, std::size_t task, const at::Tensor& logits, const std::string& prefix, SampleRoutes& out, Tensors& tensors) {
    const dataset::TaskLabels& labels = model.labels()[task];
    const at::Tensor plain = logits.to(at::kFloat).contiguous(), exact = logits.to(at::kCPU, at::kDouble).contiguous();
    nlohmann::json& told = out.told;
    out.heads.push_back({task, {exact.const_data_ptr<double>(), exact.const_data_ptr<double>() + exact.numel()}});
    tensors.emplace_back(prefix + "logits." + labels.task, plain);
    if (labels.classes.empty()) {
        told["tasks"][labels.task] = {{"value", plain[0].item<double>()}};
        return;
    }
    const std::int64_t best = plain.argmax().item<std::int64_t>();
    told["tasks"][labels.task] = {{"class", labels.classes[static_cast<std::size_t>(best)]},
                                  {"probability", plain.softmax(0)[best].item<double>()}};
}

/// Of every text task that takes so many texts.
void appendTasks(LoadedModel& model, const model::TextEncoding& text, const data::Batch& of, bool paired, const std::string& prefix,
                 SampleRoutes& out, Tensors& tensors) {
    for (std::size_t task = 0; task < model.labels().size(); ++task) {
        const dataset::TaskLabels& labels = model.labels()[task];
        if (dataset::textTask(labels.task, model.config().task).pair.empty() == paired) continue;
        data::Batch batch = of;
        batch.tasks = {static_cast<std::int64_t>(task)};
        tellTask(model, task, model.model()->textLogits(text, batch, model.context())[task][0], prefix, out, tensors);
    }
}

void traceText(LoadedModel& model, const TraceSample& sample, const SampleInput& input, const model::TextEncoding& text,
               const std::string& prefix, SampleRoutes& out, Tensors& tensors) {
    nlohmann::json& told = out.told;
    tensors.emplace_back(prefix + "token_ids", input.text->token_ids.contiguous());
    tensors.emplace_back(prefix + "text_hidden", text.tokens.to(at::kFloat).contiguous());
    if (text.embedding.defined()) tensors.emplace_back(prefix + "text_embedding", text.embedding[0].to(at::kFloat).contiguous());
    append(model, tensors, prefix, text.routing);
    if (model.config().task.kind == TaskKind::kText) appendTasks(model, text, *input.text, sample.pair.has_value(), prefix, out, tensors);
    nlohmann::json pieces = nlohmann::json::array();
    for (const std::int32_t id : input.token_ids) pieces.push_back(model.tokenizer().piece(id));
    told["text"] = *sample.text;
    if (sample.pair) told["pair"] = *sample.pair;
    told["tokens"] = pieces;
}

void traceImage(LoadedModel& model, const SampleInput& input, const model::ImageEncoding& image, const std::string& prefix,
                nlohmann::json& told, Tensors& tensors) {
    tensors.emplace_back(prefix + "image", input.image->images[0].to(at::kFloat).contiguous());
    tensors.emplace_back(prefix + "image_hidden", image.patches[0].to(at::kFloat).contiguous());
    if (image.embedding.defined()) tensors.emplace_back(prefix + "image_embedding", image.embedding[0].to(at::kFloat).contiguous());
    append(model, tensors, prefix, image.routing);
    told["patch_grid"] = model.config().model.vision.image_size / model.config().model.vision.patch_size;
}

SampleRoutes traceOne(LoadedModel& model, const TraceSample& sample, const std::string& prefix, Tensors& tensors,
                      const PassProgress& progress) {
    if (!sample.text && !sample.picture) {
        throw Error(ExitCode::kUsage, "nothing to trace", sample.id, "Give --text, --image or --data");
    }
    SampleRoutes out;
    nlohmann::json& told = out.told;
    told = {{"id", sample.id}};
    const SampleInput input = prepareSample(sample, model.config(), sample.text ? &model.tokenizer() : nullptr);
    const SamplePass pass = passSample(model.model(), input, model.context(), progress);
    for (const model::RoutingRecord& record : pass.routing()) {
        out.layers.push_back(routesOf(record, model.gate()));
        const at::Tensor bias = selectionBias(model.model(), record.layer);
        if (!bias.defined()) continue;
        out.layers.back().bias.assign(bias.const_data_ptr<float>(), bias.const_data_ptr<float>() + bias.numel());
    }
    if (pass.text) traceText(model, sample, input, *pass.text, prefix, out, tensors);
    if (pass.image) traceImage(model, input, *pass.image, prefix, told, tensors);
    if (!pass.fused) return out;
    append(model, tensors, prefix, pass.fused->routing);
    if (pass.fused->answer_logits.defined()) {
        tellTask(model, 0, pass.fused->answer_logits[0], prefix, out, tensors);
        return out;
    }
    tensors.emplace_back(prefix + "match_logit", pass.fused->match_logits[0].to(at::kFloat).contiguous());
    told["match_logit"] = pass.fused->match_logits[0].item<double>();
    told["score"] = pass.text->embedding[0].dot(pass.image->embedding[0]).item<double>();
    return out;
}

}  // namespace

nlohmann::json tellLayers(const std::vector<runs::LayerRoutes>& layers) {
    nlohmann::json told = nlohmann::json::object();
    for (const runs::LayerRoutes& layer : layers) {
        nlohmann::json rows = nlohmann::json::array();
        for (std::int64_t t = 0; t < layer.num_tokens; ++t) {
            nlohmann::json choices = nlohmann::json::array();
            for (std::int64_t k = 0; k < layer.num_choices; ++k) {
                const auto at = static_cast<std::size_t>(t * layer.num_choices + k);
                if (layer.experts[at] < 0) continue;  // fewer experts chose this token
                choices.push_back({{"expert", layer.experts[at]},
                                   {"weight", static_cast<double>(layer.weights[at])},
                                   {"dropped", layer.dropped[at] != 0}});
            }
            rows.push_back({{"modality", layer.isText(t) ? "text" : "image"}, {"choices", choices}});
        }
        told[layer.layer] = rows;
    }
    return told;
}

nlohmann::json writeTrace(LoadedModel& model, const std::vector<TraceSample>& samples, const std::string& out) {
    const at::NoGradGuard no_gradient;  // not inference mode: what the model keeps must fit a gradient later
    Tensors tensors;
    nlohmann::json told = nlohmann::json::array();
    for (std::size_t n = 0; n < samples.size(); ++n) {
        const std::string prefix = samples.size() == 1 ? "" : "samples." + std::to_string(n) + ".";
        SampleRoutes sample = traceOne(model, samples[n], prefix, tensors, {});
        sample.told["layers"] = tellLayers(sample.layers);
        told.push_back(std::move(sample.told));
    }
    if (!out.empty()) checkpoint::writeTensors(out, tensors);
    return {{"out", out}, {"samples", told}};
}

SampleRoutes sampleRoutes(LoadedModel& model, const TraceSample& sample, const std::string& out, const PassProgress& progress) {
    const at::NoGradGuard no_gradient;  // not inference mode: what the model keeps must fit a gradient later
    Tensors tensors;
    SampleRoutes routes = traceOne(model, sample, "", tensors, progress);
    routes.told["class_token"] = sample.picture.has_value() && model.config().model.vision.class_token;
    if (!out.empty()) checkpoint::writeTensors(out, tensors);
    return routes;
}

}  // namespace switchyard::eval
