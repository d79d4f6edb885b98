// SPDX-License-Identifier: MIT
#include "core/eval/retrieval_eval.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <future>
#include <map>
#include <limits>
#include <set>

#include "core/base/util/error.h"
#include "core/data/eval_batch.h"
#include "core/parallel/collectives.h"

namespace switchyard::eval {
namespace {

constexpr std::int64_t kPicturesAtOnce = 128;
constexpr std::int64_t kTextsAtOnce = 512;

/// Lower case for ASCII and no blanks at the ends: what "an equal caption" means.
std::string folded(const std::string& text) {
    std::string out;
    for (const char letter : text) out.push_back(letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter);
    const std::size_t begin = out.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return {};
    return out.substr(begin, out.find_last_not_of(" \t\r\n") - begin + 1);
}

void tell(const Progress& progress, std::int64_t done, std::int64_t total, const char* what) {
    if (progress && !progress(done, total, what)) throw Error(ExitCode::kInterrupted, "cancelled");
}

/// Rows of a batch back in the order of its arguments, as fp32 on the CPU.
at::Tensor restored(const at::Tensor& embedded, const std::vector<std::int64_t>& order) {
    const at::Tensor rows = embedded.to(at::kCPU, at::kFloat);
    at::Tensor out = at::empty_like(rows);
    out.index_copy_(0, at::tensor(order, at::kLong), rows);
    return out;
}

/// Place of the best right answer of each query, from 0. Ties count against us: equal scores of wrong answers
/// stand before the right one. right[q] lists the right answers of query q.
std::vector<std::int64_t> ranksOf(const at::Tensor& scores, const std::vector<std::vector<std::int64_t>>& right) {
    const at::Tensor table = scores.contiguous();
    const auto* value = table.const_data_ptr<float>();
    const std::int64_t answers = table.size(1);
    std::vector<std::int64_t> ranks;
    for (std::size_t q = 0; q < right.size(); ++q) {
        const float* row = value + static_cast<std::int64_t>(q) * answers;
        float best = -std::numeric_limits<float>::infinity();
        for (const std::int64_t answer : right[q]) best = std::max(best, row[answer]);
        std::int64_t before = std::count_if(row, row + answers, [best](float score) { return score >= best; });
        for (const std::int64_t answer : right[q]) before -= row[answer] >= best ? 1 : 0;
        ranks.push_back(before);
    }
    return ranks;
}

void addRecall(nlohmann::json& metrics, const std::string& name, std::vector<std::int64_t> ranks) {
    for (const std::int64_t k : {1, 5, 10}) {
        const auto hits = std::count_if(ranks.begin(), ranks.end(), [k](std::int64_t rank) { return rank < k; });
        metrics[name + "_r" + std::to_string(k)] = static_cast<double>(hits) / static_cast<double>(ranks.size());
    }
    std::sort(ranks.begin(), ranks.end());
    metrics[name + "_median_rank"] = static_cast<double>(ranks[ranks.size() / 2] + ranks[(ranks.size() - 1) / 2]) / 2 + 1;
}

/// Which pictures a caption is right for, and which captions a picture: those with an equal caption.
struct RightAnswers {
    std::vector<std::vector<std::int64_t>> pictures;  ///< of each caption
    std::vector<std::vector<std::int64_t>> captions;  ///< of each picture
};

RightAnswers rightAnswers(const Embeddings& embeddings) {
    std::map<std::string, std::pair<std::set<std::int64_t>, std::vector<std::int64_t>>> by_text;  // pictures, captions
    for (std::size_t t = 0; t < embeddings.captions.size(); ++t) {
        auto& [pictures, captions] = by_text[embeddings.captions[t]];
        pictures.insert(embeddings.text_sample[t]);
        captions.push_back(static_cast<std::int64_t>(t));
    }
    RightAnswers right;
    std::vector<std::set<std::int64_t>> captions(static_cast<std::size_t>(embeddings.images.size(0)));
    for (std::size_t t = 0; t < embeddings.captions.size(); ++t) {
        const auto& [pictures, equal] = by_text[embeddings.captions[t]];
        right.pictures.emplace_back(pictures.begin(), pictures.end());
        captions[static_cast<std::size_t>(embeddings.text_sample[t])].insert(equal.begin(), equal.end());
    }
    for (const auto& set : captions) right.captions.emplace_back(set.begin(), set.end());
    return right;
}

}  // namespace

at::Tensor embedPictures(model::MultimodalModel& model, const RunConfig& config, const std::vector<io::Image>& pictures,
                         const model::ForwardContext& context) {
    const data::OrderedBatch batch = data::makeBatch({}, pictures, config);
    return restored(model->encodeImages(data::onDevice(batch.batch, model->device()), context).embedding, batch.order);
}

at::Tensor embedTexts(model::MultimodalModel& model, const RunConfig& config,
                      const std::vector<std::vector<std::int32_t>>& tokens, const model::ForwardContext& context) {
    const data::OrderedBatch batch = data::makeBatch(tokens, {}, config);
    return restored(model->encodeText(data::onDevice(batch.batch, model->device()), context).embedding, batch.order);
}

Embeddings embed(model::MultimodalModel& model, const RunConfig& config, const dataset::Dataset& data,
                 const text::Tokenizer& tokenizer, const model::ForwardContext& context, const Progress& progress) {
    // Not inference mode: between training steps the model keeps tensors made here, such as position biases.
    const at::NoGradGuard no_gradient;
    const auto& samples = data.samples();
    const auto pictures = static_cast<std::int64_t>(samples.size());
    Embeddings out;
    std::vector<at::Tensor> image_parts, text_parts;
    // The next pictures are decoded while the model works on these.
    const auto decode = [&](std::int64_t begin) {
        std::vector<io::Image> decoded;
        for (std::int64_t i = begin; i < std::min(pictures, begin + kPicturesAtOnce); ++i) {
            decoded.push_back(data.picture(samples[static_cast<std::size_t>(i)]));
        }
        return decoded;
    };
    std::future<std::vector<io::Image>> next;
    if (pictures > 0) next = std::async(std::launch::async, decode, 0);
    for (std::int64_t begin = 0; begin < pictures; begin += kPicturesAtOnce) {
        const std::vector<io::Image> decoded = next.get();
        if (begin + kPicturesAtOnce < pictures) next = std::async(std::launch::async, decode, begin + kPicturesAtOnce);
        image_parts.push_back(embedPictures(model, config, decoded, context));
        tell(progress, std::min(pictures, begin + kPicturesAtOnce), pictures, "pictures");
    }
    std::vector<std::vector<std::int32_t>> tokens;
    for (std::int64_t i = 0; i < pictures; ++i) {
        for (const std::string& text : samples[static_cast<std::size_t>(i)].texts) {
            tokens.push_back(tokenizer.encode(text, config.model.text.max_tokens));
            out.text_sample.push_back(i);
            out.captions.push_back(folded(text));
        }
    }
    const auto captions = static_cast<std::int64_t>(tokens.size());
    for (std::int64_t begin = 0; begin < captions; begin += kTextsAtOnce) {
        const auto end = std::min(captions, begin + kTextsAtOnce);
        text_parts.push_back(embedTexts(model, config, {tokens.begin() + begin, tokens.begin() + end}, context));
        tell(progress, end, captions, "captions");
    }
    const auto none = at::empty({0, config.model.embed_dim}, at::kFloat);
    out.images = image_parts.empty() ? none : at::cat(image_parts);
    out.texts = text_parts.empty() ? none : at::cat(text_parts);
    return out;
}

nlohmann::json retrievalMetrics(const Embeddings& embeddings) {
    const std::int64_t pictures = embeddings.images.size(0), captions = embeddings.texts.size(0);
    if (pictures == 0 || captions == 0) throw Error(ExitCode::kBadData, "retrieval needs pictures with captions");
    const RightAnswers right = rightAnswers(embeddings);
    const at::Tensor scores = at::mm(embeddings.texts, embeddings.images.t());
    nlohmann::json metrics;
    addRecall(metrics, "text_to_image", ranksOf(scores, right.pictures));
    addRecall(metrics, "image_to_text", ranksOf(scores.t(), right.captions));
    metrics["median_rank"] = metrics["text_to_image_median_rank"];
    // Chance that ten pictures drawn without replacement hold one of the right ones, mean over captions.
    double chance = 0;
    for (const auto& answers : right.pictures) {
        double miss = 1;
        for (std::int64_t draw = 0; draw < std::min<std::int64_t>(10, pictures); ++draw) {
            miss *= std::max(0.0, 1.0 - static_cast<double>(answers.size()) / static_cast<double>(pictures - draw));
        }
        chance += (1 - miss) / static_cast<double>(captions);
    }
    return {{"samples", pictures}, {"captions", captions}, {"chance_r10", chance}, {"metrics", metrics}};
}

}  // namespace switchyard::eval
