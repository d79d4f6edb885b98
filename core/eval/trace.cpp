// SPDX-License-Identifier: MIT
#include "core/eval/trace.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "core/base/dataset/text_task.h"
#include "core/base/util/error.h"
#include "core/checkpoint/tensor_file.h"
#include "core/data/eval_batch.h"

namespace switchyard::eval {
namespace {

using Tensors = std::vector<std::pair<std::string, at::Tensor>>;

void append(Tensors& tensors, nlohmann::json& layers, const std::string& prefix, const std::vector<model::RoutingRecord>& records) {
    for (const model::RoutingRecord& record : records) {
        const std::string name = prefix + "layers." + record.layer + ".";
        tensors.emplace_back(name + "logits", record.logits.to(at::kFloat).contiguous());
        tensors.emplace_back(name + "experts", record.experts.contiguous());
        tensors.emplace_back(name + "weights", record.weights.to(at::kFloat).contiguous());
        tensors.emplace_back(name + "dropped", record.dropped.contiguous());
        tensors.emplace_back(name + "modality", record.modality.contiguous());
        nlohmann::json rows = nlohmann::json::array();
        for (std::int64_t t = 0; t < record.experts.size(0); ++t) {
            nlohmann::json choices = nlohmann::json::array();
            for (std::int64_t k = 0; k < record.experts.size(1); ++k) {
                if (record.experts[t][k].item<std::int64_t>() < 0) continue;  // fewer experts chose this token
                choices.push_back({{"expert", record.experts[t][k].item<std::int64_t>()},
                                   {"weight", record.weights[t][k].item<double>()},
                                   {"dropped", record.dropped[t][k].item<bool>()}});
            }
            rows.push_back({{"modality", record.modality[t].item<std::int64_t>() == 0 ? "text" : "image"}, {"choices", choices}});
        }
        layers[record.layer] = rows;
    }
}

/// A head's outputs: the logits into the file; the likeliest class, or the number, to be told.
void tellTask(const dataset::TaskLabels& labels, const at::Tensor& logits, const std::string& prefix, nlohmann::json& told, Tensors& tensors) {
    const at::Tensor plain = logits.to(at::kFloat).contiguous();
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
                 nlohmann::json& told, Tensors& tensors) {
    for (std::size_t task = 0; task < model.labels().size(); ++task) {
        const dataset::TaskLabels& labels = model.labels()[task];
        if (dataset::textTask(labels.task, model.config().task).pair.empty() == paired) continue;
        data::Batch batch = of;
        batch.tasks = {static_cast<std::int64_t>(task)};
        tellTask(labels, model.model()->textLogits(text, batch, model.context())[task][0], prefix, told, tensors);
    }
}

nlohmann::json traceOne(LoadedModel& model, const TraceSample& sample, const std::string& prefix, Tensors& tensors) {
    const model::ForwardContext context = model.context();
    nlohmann::json told = {{"id", sample.id}, {"layers", nlohmann::json::object()}};
    std::optional<model::TextEncoding> text;
    std::optional<model::ImageEncoding> image;
    if (sample.text) {
        const std::int64_t limit = model.config().model.text.max_tokens;
        text::Encoding encoding;
        if (sample.pair) {
            encoding = model.tokenizer().encodePair(*sample.text, &*sample.pair, limit);
        } else {
            encoding.ids = model.tokenizer().encode(*sample.text, limit);
        }
        const data::Batch batch = data::makeBatch(std::vector<text::Encoding>{encoding}, {}, {}, model.config()).batch;
        text = model.model()->encodeText(batch, context);
        tensors.emplace_back(prefix + "token_ids", batch.token_ids.contiguous());
        tensors.emplace_back(prefix + "text_hidden", text->tokens.to(at::kFloat).contiguous());
        if (text->embedding.defined()) tensors.emplace_back(prefix + "text_embedding", text->embedding[0].to(at::kFloat).contiguous());
        append(tensors, told["layers"], prefix, text->routing);
        if (model.config().task.kind == TaskKind::kText) appendTasks(model, *text, batch, sample.pair.has_value(), prefix, told, tensors);
        nlohmann::json pieces = nlohmann::json::array();
        for (const std::int32_t id : encoding.ids) pieces.push_back(model.tokenizer().piece(id));
        told["text"] = *sample.text;
        if (sample.pair) told["pair"] = *sample.pair;
        told["tokens"] = pieces;
    }
    if (sample.picture) {
        const data::OrderedBatch batch = data::makeBatch({}, {*sample.picture}, model.config());
        image = model.model()->encodeImages(batch.batch, context);
        tensors.emplace_back(prefix + "image", batch.batch.images[0].to(at::kFloat).contiguous());
        tensors.emplace_back(prefix + "image_hidden", image->patches[0].to(at::kFloat).contiguous());
        if (image->embedding.defined()) tensors.emplace_back(prefix + "image_embedding", image->embedding[0].to(at::kFloat).contiguous());
        append(tensors, told["layers"], prefix, image->routing);
        const std::int64_t grid = model.config().model.vision.image_size / model.config().model.vision.patch_size;
        told["patch_grid"] = grid;
    }
    if (text && image) {
        const model::FusionOutput fused = model.model()->match(*text, *image, {0}, {0}, {0}, context);
        append(tensors, told["layers"], prefix, fused.routing);
        if (fused.answer_logits.defined()) {
            tellTask(model.labels().front(), fused.answer_logits[0], prefix, told, tensors);
            return told;
        }
        tensors.emplace_back(prefix + "match_logit", fused.match_logits[0].to(at::kFloat).contiguous());
        told["match_logit"] = fused.match_logits[0].item<double>();
        told["score"] = text->embedding[0].dot(image->embedding[0]).item<double>();
    }
    return told;
}

}  // namespace

nlohmann::json writeTrace(LoadedModel& model, const std::vector<TraceSample>& samples, const std::string& out) {
    const c10::InferenceMode no_gradient;
    Tensors tensors;
    nlohmann::json told = nlohmann::json::array();
    for (std::size_t n = 0; n < samples.size(); ++n) {
        if (!samples[n].text && !samples[n].picture) {
            throw Error(ExitCode::kUsage, "nothing to trace", samples[n].id, "Give --text, --image or --data");
        }
        const std::string prefix = samples.size() == 1 ? "" : "samples." + std::to_string(n) + ".";
        told.push_back(traceOne(model, samples[n], prefix, tensors));
    }
    if (!out.empty()) checkpoint::writeTensors(out, tensors);
    return {{"out", out}, {"samples", told}};
}

}  // namespace switchyard::eval
