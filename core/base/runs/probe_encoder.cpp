// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/runs/probe_layout.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

using namespace probe;

class Bytes {
public:
    template <typename Value>
    void put(Value value) {
        const auto* first = reinterpret_cast<const std::uint8_t*>(&value);
        bytes.insert(bytes.end(), first, first + sizeof value);
    }
    void putId(std::uint32_t id, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) bytes.push_back(static_cast<std::uint8_t>(id >> (8 * i)));
    }
    std::vector<std::uint8_t> bytes;
};

/// Halves as whole numbers that rise with the value, and back.
int rank(std::uint16_t half) {
    return (half & 0x8000) != 0 ? -static_cast<int>(half & 0x7fff) : half;
}
std::uint16_t ofRank(int rank) {
    return static_cast<std::uint16_t>(rank < 0 ? 0x8000 | -rank : rank);
}

/// Rounds numbers that fall from first to last; those that differ still do, so a choice by the best is the same.
void roundFalling(const std::vector<float>& falling, std::vector<std::uint16_t>* halves) {
    halves->resize(falling.size());
    for (std::size_t i = 0; i < falling.size(); ++i) {
        std::uint16_t half = toHalf(falling[i]);
        if (i > 0 && falling[i] < falling[i - 1] && rank(half) >= rank((*halves)[i - 1])) {
            half = ofRank(std::max(rank((*halves)[i - 1]) - 1, -0x7bff));
        } else if (i > 0 && falling[i] == falling[i - 1]) {
            half = (*halves)[i - 1];
        }
        (*halves)[i] = half;
    }
}

class Encoder {
public:
    Encoder(const LayerRoutes& routes, ProbeWeights rule) : routes_(routes) {
        const auto tokens = static_cast<std::size_t>(routes.num_tokens);
        const std::size_t choices = tokens * static_cast<std::size_t>(routes.num_choices);
        if (!routes.allLogits() || routes.num_logits != routes.num_experts || routes.experts.size() != choices ||
            routes.weights.size() != choices || routes.dropped.size() != choices || routes.entropy.size() != tokens ||
            routes.log_sum_exp.size() != tokens || routes.text_tokens > routes.num_tokens ||
            routes.logits.size() != tokens * static_cast<std::size_t>(routes.num_experts) ||
            routes.num_tokens > kMostTokens || routes.num_tokens * routes.num_experts > kMostEntries ||
            routes.num_choices > 0xffff) {
            throw Error(ExitCode::kRunFailed, "The routes of a probe are not complete", routes.layer);
        }
        width_ = idBytes(static_cast<std::uint64_t>(routes.num_experts));
        header_.experts = static_cast<std::uint32_t>(routes.num_experts);
        header_.tokens = static_cast<std::uint32_t>(routes.num_tokens);
        header_.text_tokens = static_cast<std::uint32_t>(routes.text_tokens);
        header_.choices = static_cast<std::uint16_t>(routes.num_choices);
        kept_ = static_cast<double>(
            std::count_if(routes.experts.begin(), routes.experts.end(), [](auto e) { return e >= 0; }));
        if (routes.sigmoid) header_.flags |= kSigmoid;
        if (kept_ < static_cast<double>(choices)) header_.flags |= kCounts;
        chooseForm(rule);
    }

    std::vector<std::uint8_t> encode() {
        out_.bytes.resize(sizeof header_);  // it comes last
        putChoices();
        const auto experts = static_cast<std::size_t>(routes_.num_experts);
        if (header_.form == Form::kAllFloats) {
            for (const float logit : routes_.logits) out_.put(logit);
        } else if (header_.form == Form::kAllHalves) {
            for (std::int64_t t = 0; t < routes_.num_tokens; ++t) {
                sortToken(t);
                std::vector<std::uint16_t> in_order(experts);
                for (std::size_t i = 0; i < experts; ++i) in_order[order_[i]] = halves_[i];
                for (const std::uint16_t half : in_order) out_.put(half);
            }
        } else {
            putBest();
        }
        header_.sum = sumOf(header_, out_.bytes.data() + sizeof header_, out_.bytes.size() - sizeof header_);
        std::memcpy(out_.bytes.data(), &header_, sizeof header_);
        return std::move(out_.bytes);
    }

private:
    /// As much of the logits as the budget has room for.
    void chooseForm(ProbeWeights rule) {
        const double tokens = std::max(1.0, static_cast<double>(routes_.num_tokens));
        const double each = kept_ / tokens, experts = static_cast<double>(routes_.num_experts);
        const double id = static_cast<double>(width_), counts = (header_.flags & kCounts) != 0 ? 2 : 0;
        const double fixed = counts + each * (id + 2);
        if (fixed + 4 * experts <= kProbeTokenBytes) return;
        if (fixed + 2 * experts <= kProbeTokenBytes) {
            header_.form = Form::kAllHalves;
            return;
        }
        header_.form = Form::kBest;
        double used = counts + 6 + each * (id + 4);
        if (used > kProbeTokenBytes && rule != ProbeWeights::kStored) {
            header_.weights = rule;
            used -= 2 * each;
        }
        const double room = std::floor((kProbeTokenBytes - used) / (id + 2));
        header_.others = static_cast<std::uint16_t>(
            std::clamp(room, 0.0, static_cast<double>(routes_.num_experts - routes_.num_choices)));
    }

    void putChoices() {
        if ((header_.flags & kCounts) != 0) {
            for (std::int64_t t = 0; t < routes_.num_tokens; ++t) {
                const auto* of = routes_.experts.data() + t * routes_.num_choices;
                out_.put(static_cast<std::uint16_t>(
                    std::count_if(of, of + routes_.num_choices, [](auto e) { return e >= 0; })));
            }
        }
        const std::uint32_t drop_bit = 1U << (8 * width_ - 1);
        for (std::size_t i = 0; i < routes_.experts.size(); ++i) {
            if (routes_.experts[i] < 0) continue;
            out_.putId(static_cast<std::uint32_t>(routes_.experts[i]) | (routes_.dropped[i] != 0 ? drop_bit : 0U),
                       width_);
        }
        if (header_.weights != ProbeWeights::kStored) return;
        for (std::size_t i = 0; i < routes_.experts.size(); ++i) {
            if (routes_.experts[i] < 0) continue;
            const float weight = routes_.weights[i];
            const float held = weight >= 0 ? std::min(weight, 1.0F) : 0.0F;  // NaN becomes 0
            out_.put(static_cast<std::uint16_t>(std::lround(held * 65535.0F)));
        }
    }

    /// order_: experts by falling logit; halves_: their logits, rounded.
    void sortToken(std::int64_t token) {
        const float* logit = routes_.logits.data() + token * routes_.num_experts;
        const auto key = [&](std::size_t e) { return std::isnan(logit[e]) ? -INFINITY : logit[e]; };
        order_.resize(static_cast<std::size_t>(routes_.num_experts));
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return key(a) > key(b); });
        std::vector<float> falling;
        for (const std::size_t e : order_) falling.push_back(logit[e]);
        roundFalling(falling, &halves_);
    }

    void putBest() {
        std::vector<std::uint16_t> of_choices, of_others;
        std::vector<std::uint32_t> others;
        for (std::int64_t t = 0; t < routes_.num_tokens; ++t) {
            sortToken(t);
            std::vector<std::uint16_t> by_expert(order_.size());
            for (std::size_t i = 0; i < order_.size(); ++i) by_expert[order_[i]] = halves_[i];
            const auto* chosen = routes_.experts.data() + t * routes_.num_choices;
            for (std::int64_t k = 0; k < routes_.num_choices; ++k) {
                if (chosen[k] >= 0) of_choices.push_back(by_expert[static_cast<std::size_t>(chosen[k])]);
            }
            std::size_t left = header_.others;
            for (std::size_t i = 0; i < order_.size() && left > 0; ++i) {
                if (std::find(chosen, chosen + routes_.num_choices, static_cast<std::int32_t>(order_[i])) !=
                    chosen + routes_.num_choices)
                    continue;
                others.push_back(static_cast<std::uint32_t>(order_[i]));
                of_others.push_back(halves_[i]);
                --left;
            }
        }
        for (const std::uint16_t half : of_choices) out_.put(half);
        for (const float sum : routes_.log_sum_exp) out_.put(sum);
        for (const float entropy : routes_.entropy) out_.put(toHalf(entropy));
        for (const std::uint32_t id : others) out_.putId(id, width_);
        for (const std::uint16_t half : of_others) out_.put(half);
    }

    const LayerRoutes& routes_;
    Header header_;
    std::size_t width_ = 1;
    double kept_ = 0;
    Bytes out_;
    std::vector<std::size_t> order_;
    std::vector<std::uint16_t> halves_;
};

}  // namespace

std::vector<std::uint8_t> encodeProbe(const LayerRoutes& routes, ProbeWeights rule) {
    return Encoder(routes, rule).encode();
}

}  // namespace switchyard::runs
