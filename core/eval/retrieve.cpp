// SPDX-License-Identifier: MIT
#include "core/eval/retrieve.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/data/eval_batch.h"
#include "core/eval/request_fields.h"
#include "core/eval/retrieval_eval.h"

namespace switchyard::eval {
namespace {

constexpr std::int64_t kReranked = 50, kMostHits = 10'000, kMostParts = 16;
constexpr std::int64_t kMostLooked = 2000;   ///< hits that folding looks through for enough unlike ones
constexpr std::size_t kMostAlike = 50;       ///< of one hit that are told

using Part = QueryPart;
using Scores = std::vector<std::optional<double>>;

/// A hit, and those like it that are folded into it.
struct Group {
    std::size_t best = 0;
    std::vector<std::size_t> alike;
};

Part partOf(const LoadedModel& model, const nlohmann::json& from) {
    const std::string text = textOr(from, "text"), image = textOr(from, "image");
    if (text.empty() == image.empty()) {
        throw Error(ExitCode::kUsage, "a part of a query is either a text or an image", "queries");
    }
    Part part;
    part.weight = from.value("weight", 1.0);
    if (!std::isfinite(part.weight) || part.weight < 0) {
        throw Error(ExitCode::kUsage, "a weight must be a number from 0", "queries");
    }
    if (!text.empty()) part.tokens = model.tokenizer().encode(text, model.config().model.text.max_tokens);
    else part.picture = readPicture(image);
    return part;
}

std::vector<Part> partsOf(const LoadedModel& model, const nlohmann::json& request) {
    std::vector<Part> parts;
    for (const nlohmann::json& part : request.value("queries", nlohmann::json::array())) parts.push_back(partOf(model, part));
    for (const char* key : {"text", "image"})
        if (const std::string given = textOr(request, key); !given.empty()) parts.push_back(partOf(model, {{key, given}}));
    if (parts.empty()) throw Error(ExitCode::kUsage, "give a text or an image to search with");
    if (parts.size() > kMostParts) throw Error(ExitCode::kUsage, "a query has at most 16 parts", "queries");
    const double sum =
        std::accumulate(parts.begin(), parts.end(), 0.0, [](double so_far, const Part& part) { return so_far + part.weight; });
    if (sum <= 0) throw Error(ExitCode::kUsage, "no part of the query has a weight", "queries");
    return parts;
}

class Search {
public:
    Search(LoadedModel& model, const retrieval::Index& index, std::vector<Part> parts, const nlohmann::json& request)
        : model_(model), index_(index), parts_(std::move(parts)) {
        k_ = std::clamp<std::int64_t>(request.value("k", std::int64_t{10}), 1, kMostHits);
        const bool only_pictures =
            std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.picture.has_value(); });
        captions_ = request.value("captions", only_pictures);
        fold_ = captions_ ? 0 : request.value("fold", 0.0);
        const bool judge = std::any_of(parts_.begin(), parts_.end(),
                                       [this](const Part& part) { return part.picture.has_value() == captions_; });
        rerank_ = request.value("rerank", false) && judge;
    }

    nlohmann::json run() {
        const Stopwatch searching;
        const at::Tensor query = joined();
        find(query);
        const double search_ms = searching.milliseconds();
        const Stopwatch judging;
        if (rerank_ && !hits_.empty()) rerank();
        const double rerank_ms = judging.milliseconds();
        nlohmann::json rows = nlohmann::json::array();
        for (const Group& group : groups_) {
            if (static_cast<std::int64_t>(rows.size()) >= k_) break;
            nlohmann::json row = tell(group.best);
            if (!group.alike.empty()) {
                row["alike_count"] = group.alike.size();
                for (std::size_t i = 0; i < std::min(kMostAlike, group.alike.size()); ++i)
                    row["alike"].push_back(tell(group.alike[i]));
            }
            rows.push_back(std::move(row));
        }
        nlohmann::json answer = {{"results", rows}, {"searched", index_.size()}, {"search_ms", search_ms}};
        if (rerank_ && !hits_.empty()) answer["rerank_ms"] = rerank_ms;
        return answer;
    }

private:
    at::Tensor embedded(const Part& part) {
        if (part.embedding.defined()) return part.embedding;
        return part.picture ? embedPictures(model_.model(), model_.config(), {*part.picture}, model_.context())[0]
                            : embedTexts(model_.model(), model_.config(), {part.tokens}, model_.context())[0];
    }

    at::Tensor joined() {
        at::Tensor sum = at::zeros({model_.config().model.embed_dim}, at::kFloat);
        for (const Part& part : parts_) {
            const at::Tensor own = embedded(part);
            if (parts_.size() == 1) return own;
            sum += part.weight * own;
        }
        return sum / sum.norm().clamp_min(1e-12);
    }

    /// Enough hits, those alike put together: more are looked through until k are unlike, or there are no more.
    void find(const at::Tensor& query) {
        const std::int64_t wanted = rerank_ ? std::max(k_, kReranked) : k_;
        const std::int64_t all = captions_ ? index_.numCaptions() : index_.size();
        for (std::int64_t fetched = fold_ > 0 ? 2 * wanted : wanted;; fetched *= 4) {
            hits_ = captions_ ? index_.captions(query, fetched) : index_.pictures(query, fetched);
            fold();
            if (fold_ <= 0 || static_cast<std::int64_t>(groups_.size()) >= wanted || fetched >= all || fetched >= kMostLooked) break;
        }
        if (static_cast<std::int64_t>(groups_.size()) > wanted) groups_.resize(static_cast<std::size_t>(wanted));
    }

    void fold() {
        groups_.clear();
        std::vector<at::Tensor> kept;
        for (std::size_t i = 0; i < hits_.size(); ++i) {
            if (fold_ > 0) {
                const at::Tensor own = index_.pictureVectors()[hits_[i].item];
                const auto like = std::find_if(kept.begin(), kept.end(), [&](const at::Tensor& other) {
                    return other.dot(own).item<double>() >= fold_;
                });
                if (like != kept.end()) {
                    groups_[static_cast<std::size_t>(like - kept.begin())].alike.push_back(i);
                    continue;
                }
                kept.push_back(own);
            }
            groups_.push_back({i, {}});
        }
    }

    void rerank() {
        match_.assign(hits_.size(), std::nullopt);
        std::vector<std::size_t> judged;
        std::vector<std::vector<std::int32_t>> texts;
        std::vector<io::Image> pictures;
        for (const Group& group : groups_) {
            try {
                const retrieval::Hit& hit = hits_[group.best];
                if (captions_) texts.push_back(model_.tokenizer().encode(hit.text, model_.config().model.text.max_tokens));
                else pictures.push_back(readPicture(index_.item(hit.item).image));
            } catch (const Error&) {
                continue;  // moved or deleted since the index was made: the hit stays, unjudged
            }
            judged.push_back(group.best);
        }
        if (judged.empty()) return;
        std::vector<double> mean(judged.size(), 0);
        double weights = 0;
        for (const Part& part : parts_) {
            if (part.picture.has_value() != captions_ || part.weight <= 0) continue;
            const std::vector<double> own = captions_ ? matchScores(texts, {*part.picture}) : matchScores({part.tokens}, pictures);
            for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += part.weight * own[i];
            weights += part.weight;
        }
        for (std::size_t i = 0; i < judged.size() && weights > 0; ++i) match_[judged[i]] = mean[i] / weights;
        // Without a judgement: last.
        std::stable_sort(groups_.begin(), groups_.end(),
                         [this](const Group& a, const Group& b) { return match_[a.best] > match_[b.best]; });
    }

    /// Of one text with every picture, or of every text with one picture, as probabilities.
    std::vector<double> matchScores(const std::vector<std::vector<std::int32_t>>& texts, const std::vector<io::Image>& pictures) {
        const model::ForwardContext context = model_.context();
        const data::OrderedBatch text_batch = data::makeBatch(texts, {}, model_.config());
        const data::OrderedBatch image_batch = data::makeBatch({}, pictures, model_.config());
        const model::TextEncoding text = model_.model()->encodeText(text_batch.batch, context);
        const model::ImageEncoding image = model_.model()->encodeImages(image_batch.batch, context);
        const std::size_t pairs = std::max(texts.size(), pictures.size());
        std::vector<std::int64_t> text_at(pairs, 0), image_at(pairs, 0);
        const auto place = [](const std::vector<std::int64_t>& order, std::vector<std::int64_t>* at) {
            if (order.size() == 1) return;
            for (std::size_t i = 0; i < order.size(); ++i) (*at)[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
        };
        place(text_batch.order, &text_at);
        place(image_batch.order, &image_at);
        const std::vector<std::uint64_t> ids(pairs, 0);
        const at::Tensor logits = model_.model()->match(text, image, text_at, image_at, ids, context).match_logits;
        std::vector<double> scores;
        for (std::int64_t i = 0; i < logits.numel(); ++i) scores.push_back(at::sigmoid(logits[i]).item<double>());
        return scores;
    }

    nlohmann::json tell(std::size_t number) const {
        const retrieval::Hit& hit = hits_[number];
        const retrieval::Item item = index_.item(hit.item);
        nlohmann::json row = {{"id", item.id}, {"image", item.image}, {"text", hit.text}, {"score", hit.score}};
        if (!captions_ && item.texts.size() > 1) row["texts"] = item.texts;
        if (number < match_.size() && match_[number]) row["match_score"] = *match_[number];
        return row;
    }

    LoadedModel& model_;
    const retrieval::Index& index_;
    std::vector<Part> parts_;
    std::int64_t k_ = 10;
    bool captions_ = false, rerank_ = false;
    double fold_ = 0;
    std::vector<retrieval::Hit> hits_;
    std::vector<Group> groups_;
    Scores match_;
};

}  // namespace

nlohmann::json retrieve(LoadedModel& model, const retrieval::Index& index, const nlohmann::json& request) {
    return retrieve(model, index, partsOf(model, request), request);
}

nlohmann::json retrieve(LoadedModel& model, const retrieval::Index& index, std::vector<QueryPart> parts, const nlohmann::json& request) {
    const at::NoGradGuard no_gradient;  // not inference mode: what the model keeps must fit a gradient later
    return Search(model, index, std::move(parts), request).run();
}

void requireSameModel(const LoadedModel& model, const retrieval::Index& index, const std::string& folder) {
    if (model.identity() == index.info().value("checkpoint_sha256", "")) return;
    throw Error(ExitCode::kUsage, "the index was made with another checkpoint", folder,
                "Build it again: switchyard index --checkpoint " + model.folder().string());
}

}  // namespace switchyard::eval
