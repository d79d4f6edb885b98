// SPDX-License-Identifier: MIT
#include "core/eval/task_eval.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "core/base/dataset/text_task.h"
#include "core/base/util/error.h"
#include "core/data/eval_batch.h"
#include "core/eval/metrics.h"
#include "core/model/task_heads.h"

namespace switchyard::eval {
namespace {

constexpr std::int64_t kTextsAtOnce = 64, kPicturesAtOnce = 64;

/// Rows of logits [n, outputs] to the samples they are of.
void keep(const at::Tensor& logits, const std::vector<std::int64_t>& samples, Predictions* out) {
    const at::Tensor rows = logits.to(at::kDouble).cpu().contiguous();
    const auto* value = rows.const_data_ptr<double>();
    for (const std::int64_t sample : samples) {
        out->outputs[static_cast<std::size_t>(sample)].assign(value, value + rows.size(1));
        value += rows.size(1);
    }
}

nlohmann::json classMetrics(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth, std::size_t classes) {
    return {{"accuracy", accuracy(predicted, truth)},
            {"f1", classes == 2 ? f1(predicted, truth) : macroF1(predicted, truth)},
            {"mcc", matthews(predicted, truth)}};
}

}  // namespace

text::Encoding encodeSample(const text::Tokenizer& tokenizer, const dataset::Sample& sample, std::int64_t limit) {
    text::Encoding encoding;
    if (sample.pair.empty()) {
        encoding.ids = tokenizer.encode(sample.texts.front(), limit);
        return encoding;
    }
    return tokenizer.encodePair(sample.texts.front(), &sample.pair, limit);
}

Predictions predict(model::MultimodalModel& model, const RunConfig& config, const dataset::Dataset& data,
                    const text::Tokenizer& tokenizer, const model::ForwardContext& context, const Progress& progress) {
    // Not inference mode: between training steps the model keeps tensors made here, such as position biases.
    const at::NoGradGuard no_gradient;
    const std::vector<dataset::Sample>& samples = data.samples();
    const bool pictures = config.task.kind == TaskKind::kVqa;
    std::vector<text::Encoding> texts;
    for (const dataset::Sample& sample : samples)
        texts.push_back(encodeSample(tokenizer, sample, config.model.text.max_tokens));
    // Equally long texts together; questions about one picture together, so that it is read once.
    std::vector<std::int64_t> order(samples.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
        return pictures ? samples[i].picture < samples[j].picture : texts[i].ids.size() < texts[j].ids.size();
    });
    Predictions out;
    out.outputs.resize(samples.size());
    const auto all = static_cast<std::int64_t>(order.size()), at_once = pictures ? kPicturesAtOnce : kTextsAtOnce;
    std::uint64_t last_picture = ~std::uint64_t{0};
    io::Image last_image;
    for (std::int64_t begin = 0; begin < all; begin += at_once) {
        const std::int64_t end = std::min(all, begin + at_once);
        std::vector<text::Encoding> of_texts;
        std::vector<io::Image> of_pictures;
        std::vector<const dataset::Sample*> of_samples;
        for (std::int64_t i = begin; i < end; ++i) {
            const auto sample = static_cast<std::size_t>(order[static_cast<std::size_t>(i)]);
            of_texts.push_back(texts[sample]);
            of_samples.push_back(&samples[sample]);
            if (!pictures) continue;
            if (samples[sample].picture != last_picture) last_image = data.picture(samples[sample]);
            last_picture = samples[sample].picture;
            of_pictures.push_back(last_image);
        }
        const data::OrderedBatch made = data::makeBatch(of_texts, of_pictures, of_samples, config);
        const data::Batch batch = data::onDevice(made.batch, model->device());
        const auto sampleAt = [&](std::int64_t place) {
            return order[static_cast<std::size_t>(begin + made.order[static_cast<std::size_t>(place)])];
        };
        const model::TextEncoding text = model->encodeText(batch, context);
        if (pictures) {
            const model::ImageEncoding image = model->encodeImages(batch, context);
            std::vector<std::int64_t> each(static_cast<std::size_t>(batch.size));
            std::iota(each.begin(), each.end(), 0);
            const at::Tensor logits = model->match(text, image, each, each, batch.sample_ids, context).answer_logits;
            for (std::int64_t& place : each) place = sampleAt(place);
            keep(logits, each, &out);
        } else {
            const std::vector<at::Tensor> logits = model->textLogits(text, batch, context);
            std::vector<std::vector<std::int64_t>> of = model::samplesByTask(batch, logits.size());
            for (std::size_t task = 0; task < logits.size(); ++task) {
                for (std::int64_t& place : of[task]) place = sampleAt(place);
                keep(logits[task], of[task], &out);
            }
        }
        if (progress && !progress(end, all, pictures ? "questions" : "texts")) throw Error(ExitCode::kRunFailed, "cancelled");
    }
    return out;
}

nlohmann::json taskMetrics(const RunConfig& config, const dataset::Dataset& data, const Predictions& predictions) {
    nlohmann::json result = nlohmann::json::object();
    for (std::size_t task = 0; task < data.labels().size(); ++task) {
        const dataset::TaskLabels& labels = data.labels()[task];
        std::vector<std::int64_t> said, is;
        std::vector<double> numbers, truths;
        double agreement = 0, asked = 0;
        for (std::size_t i = 0; i < data.samples().size(); ++i) {
            const dataset::Sample& sample = data.samples()[i];
            const std::vector<double>& output = predictions.outputs[i];
            if (sample.task != static_cast<std::int64_t>(task) || output.empty()) continue;
            if (labels.classes.empty()) {
                numbers.push_back(output.front());
                truths.push_back(sample.label);
            } else {
                said.push_back(std::max_element(output.begin(), output.end()) - output.begin());
                if (!sample.answers.empty()) {
                    agreement += vqaAgreement(labels.classes[static_cast<std::size_t>(said.back())], sample.answers);
                    ++asked;
                }
                is.push_back(static_cast<std::int64_t>(sample.label));
            }
        }
        const bool questions = config.task.kind == TaskKind::kVqa;
        nlohmann::json row = {{"samples", said.size() + numbers.size()},
                              {"metric", questions ? "accuracy" : dataset::textTask(labels.task, config.task).metric}};
        if (!numbers.empty()) {
            row["metrics"] = {{"pearson", pearson(numbers, truths)}, {"spearman", spearman(numbers, truths)}};
        } else if (!said.empty()) {
            row["metrics"] = questions ? nlohmann::json{{"accuracy", accuracy(said, is)}} : classMetrics(said, is, labels.classes.size());
        }
        if (asked > 0) row["metrics"]["vqa_accuracy"] = agreement / asked;
        result[labels.task] = row;
    }
    return result;
}

}  // namespace switchyard::eval
