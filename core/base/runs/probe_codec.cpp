// SPDX-License-Identifier: MIT
#include "core/base/runs/probe_codec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/base/io/block_sums.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint8_t kVersion = 1;
constexpr std::int64_t kMostTokens = 1 << 20;
constexpr std::uint16_t kLargestHalf = 0x7bff;

enum class Form : std::uint8_t { kAllFloats = 0, kAllHalves = 1, kBest = 2 };

struct Header {
    std::uint8_t version = kVersion;
    Form form = Form::kAllFloats;
    std::uint8_t flags = 0;  ///< 1 sigmoid scores, 2 tokens have numbers of choices of their own
    ProbeWeights weights = ProbeWeights::kStored;
    std::uint32_t experts = 0, tokens = 0, text_tokens = 0;
    std::uint16_t choices = 0;  ///< the most of a token
    std::uint16_t others = 0;   ///< form kBest: logits beside those of the choices
    std::uint32_t sum = 0;
};
static_assert(sizeof(Header) == kProbeHeaderBytes);
constexpr std::uint8_t kSigmoid = 1, kCounts = 2;

std::size_t idBytes(std::uint64_t experts) {
    return experts < 0x80 ? 1 : experts < 0x8000 ? 2 : 4;
}

std::uint32_t sumOf(Header header, const std::uint8_t* body, std::size_t bytes) {
    header.sum = 0;
    std::uint64_t parts[4] = {};
    std::memcpy(parts, &header, sizeof header);
    parts[3] = io::blockSum(body, bytes);
    return static_cast<std::uint32_t>(io::blockSum(parts, sizeof parts));
}

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
            half = ofRank(std::max(rank((*halves)[i - 1]) - 1, -static_cast<int>(kLargestHalf)));
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
            routes.num_tokens > kMostTokens || routes.num_choices > 0xffff) {
            throw Error(ExitCode::kRunFailed, "The routes of a probe are not complete", routes.layer);
        }
        width_ = idBytes(static_cast<std::uint64_t>(routes.num_experts));
        header_.experts = static_cast<std::uint32_t>(routes.num_experts);
        header_.tokens = static_cast<std::uint32_t>(routes.num_tokens);
        header_.text_tokens = static_cast<std::uint32_t>(routes.text_tokens);
        header_.choices = static_cast<std::uint16_t>(routes.num_choices);
        kept_ = static_cast<double>(std::count_if(routes.experts.begin(), routes.experts.end(), [](auto e) { return e >= 0; }));
        if (routes.sigmoid) header_.flags |= kSigmoid;
        if (kept_ < static_cast<double>(choices)) header_.flags |= kCounts;
        chooseForm(rule);
    }

    std::vector<std::uint8_t> encode() {
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
        header_.sum = sumOf(header_, out_.bytes.data(), out_.bytes.size());
        std::vector<std::uint8_t> all(sizeof header_);
        std::memcpy(all.data(), &header_, sizeof header_);
        all.insert(all.end(), out_.bytes.begin(), out_.bytes.end());
        return all;
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
                out_.put(static_cast<std::uint16_t>(std::count_if(of, of + routes_.num_choices, [](auto e) { return e >= 0; })));
            }
        }
        const std::uint32_t drop_bit = 1U << (8 * width_ - 1);
        for (std::size_t i = 0; i < routes_.experts.size(); ++i) {
            if (routes_.experts[i] < 0) continue;
            out_.putId(static_cast<std::uint32_t>(routes_.experts[i]) | (routes_.dropped[i] != 0 ? drop_bit : 0U), width_);
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
                if (std::find(chosen, chosen + routes_.num_choices, static_cast<std::int32_t>(order_[i])) != chosen + routes_.num_choices) continue;
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

class Decoder {
public:
    Decoder(const std::vector<std::uint8_t>& bytes, const std::string& where) : bytes_(bytes), where_(where) {}

    LayerRoutes decode() {
        readHeader();
        LayerRoutes out;
        out.num_tokens = header_.tokens;
        out.text_tokens = header_.text_tokens;
        out.num_experts = header_.experts;
        out.num_choices = header_.choices;
        out.sigmoid = (header_.flags & kSigmoid) != 0;
        out.rounded = header_.form != Form::kAllFloats;
        readChoices(&out);
        if (header_.form == Form::kBest) {
            readBest(&out);
        } else {
            readAll(&out);
        }
        return out;
    }

private:
    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(ExitCode::kBadData, "The row of a probe " + what, where_, "The run's database is damaged; record the probe again");
    }

    template <typename Value>
    Value take() {
        Value value;
        std::memcpy(&value, bytes_.data() + at_, sizeof value);
        at_ += sizeof value;
        return value;
    }
    std::uint32_t takeId() {
        std::uint32_t id = 0;
        for (std::size_t i = 0; i < width_; ++i) id |= static_cast<std::uint32_t>(bytes_[at_++]) << (8 * i);
        return id;
    }

    void readHeader() {
        if (bytes_.size() < sizeof header_) refuse("is cut off: " + std::to_string(bytes_.size()) + " bytes");
        header_ = take<Header>();
        if (header_.version != kVersion) refuse("has the unknown version " + std::to_string(header_.version));
        if (header_.form > Form::kBest || header_.weights > ProbeWeights::kProbabilities || header_.flags > (kSigmoid | kCounts))
            refuse("has an unknown form");
        if (header_.experts == 0 || header_.experts > 65536 || header_.tokens > kMostTokens || header_.text_tokens > header_.tokens ||
            header_.choices == 0 || header_.choices > header_.experts || header_.others + header_.choices > header_.experts)
            refuse("has impossible sizes");
        width_ = idBytes(header_.experts);
        const std::uint64_t tokens = header_.tokens;
        kept_ = tokens * header_.choices;
        std::uint64_t bytes = sizeof header_;
        if ((header_.flags & kCounts) != 0) {
            if (bytes_.size() < bytes + 2 * tokens) refuse("is cut off: " + std::to_string(bytes_.size()) + " bytes");
            kept_ = 0;
            for (std::uint64_t t = 0; t < tokens; ++t) {
                counts_.push_back(take<std::uint16_t>());
                if (counts_.back() > header_.choices) refuse("has more choices than it says");
                kept_ += counts_.back();
            }
            bytes += 2 * tokens;
        }
        bytes += kept_ * (width_ + (header_.weights == ProbeWeights::kStored ? 2 : 0));
        if (header_.form == Form::kAllFloats) bytes += 4 * tokens * header_.experts;
        if (header_.form == Form::kAllHalves) bytes += 2 * tokens * header_.experts;
        if (header_.form == Form::kBest) bytes += 2 * kept_ + 6 * tokens + tokens * header_.others * (width_ + 2);
        if (header_.form != Form::kBest && header_.weights != ProbeWeights::kStored) refuse("has no weights");
        if (bytes_.size() != bytes) {
            refuse((bytes_.size() < bytes ? "is cut off: " : "is too long: ") + std::to_string(bytes_.size()) + " of " + std::to_string(bytes) + " bytes");
        }
        if (sumOf(header_, bytes_.data() + sizeof header_, bytes_.size() - sizeof header_) != header_.sum) refuse("is damaged: its sum is not right");
    }

    std::uint16_t countOf(std::int64_t token) const { return counts_.empty() ? header_.choices : counts_[static_cast<std::size_t>(token)]; }

    /// Calls work(flat index of the choice) for every choice there is.
    template <typename Work>
    void eachChoice(const Work& work) const {
        for (std::int64_t t = 0; t < header_.tokens; ++t) {
            for (std::int64_t k = 0; k < countOf(t); ++k) work(static_cast<std::size_t>(t * header_.choices + k));
        }
    }

    void readChoices(LayerRoutes* out) {
        const std::size_t all = static_cast<std::size_t>(header_.tokens) * header_.choices;
        out->experts.assign(all, -1);
        out->dropped.assign(all, 1);
        out->weights.assign(all, 0);
        const std::uint32_t drop_bit = 1U << (8 * width_ - 1);
        eachChoice([&](std::size_t i) {
            const std::uint32_t id = takeId();
            if ((id & ~drop_bit) >= header_.experts) refuse("names an expert that is not there");
            out->experts[i] = static_cast<std::int32_t>(id & ~drop_bit);
            out->dropped[i] = (id & drop_bit) != 0 ? 1 : 0;
        });
        if (header_.weights != ProbeWeights::kStored) return;
        eachChoice([&](std::size_t i) { out->weights[i] = static_cast<float>(take<std::uint16_t>()) / 65535.0F; });
    }

    void readAll(LayerRoutes* out) {
        const std::size_t all = static_cast<std::size_t>(header_.tokens) * header_.experts;
        out->num_logits = header_.experts;
        out->logits.resize(all);
        if (header_.form == Form::kAllFloats) {
            std::memcpy(out->logits.data(), bytes_.data() + at_, 4 * all);
        } else {
            for (float& logit : out->logits) logit = fromHalf(take<std::uint16_t>());
        }
        out->summarise();
    }

    void readBest(LayerRoutes* out) {
        std::vector<float> of_choices(out->experts.size());
        eachChoice([&](std::size_t i) { of_choices[i] = fromHalf(take<std::uint16_t>()); });
        out->log_sum_exp.resize(header_.tokens);
        for (float& sum : out->log_sum_exp) sum = take<float>();
        out->entropy.resize(header_.tokens);
        for (float& entropy : out->entropy) entropy = fromHalf(take<std::uint16_t>());
        std::vector<std::int32_t> others(static_cast<std::size_t>(header_.tokens) * header_.others);
        for (std::int32_t& other : others) {
            const std::uint32_t id = takeId();
            if (id >= header_.experts) refuse("names an expert that is not there");
            other = static_cast<std::int32_t>(id);
        }
        out->num_logits = header_.choices + header_.others;
        const std::size_t known = static_cast<std::size_t>(header_.tokens) * static_cast<std::size_t>(out->num_logits);
        out->logits.assign(known, 0);
        out->logit_experts.assign(known, -1);
        std::vector<std::pair<float, std::int32_t>> row;
        for (std::int64_t t = 0; t < header_.tokens; ++t) {
            row.clear();
            for (std::int64_t k = 0; k < countOf(t); ++k) {
                const auto i = static_cast<std::size_t>(t * header_.choices + k);
                row.emplace_back(of_choices[i], out->experts[i]);
            }
            for (std::size_t m = 0; m < header_.others; ++m) {
                row.emplace_back(fromHalf(take<std::uint16_t>()), others[static_cast<std::size_t>(t) * header_.others + m]);
            }
            std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first > b.first || (std::isnan(b.first) && !std::isnan(a.first)); });
            for (std::size_t m = 0; m < row.size(); ++m) {
                const std::size_t at = static_cast<std::size_t>(t * out->num_logits) + m;
                out->logits[at] = row[m].first;
                out->logit_experts[at] = row[m].second;
            }
            if (header_.weights != ProbeWeights::kStored) weigh(t, of_choices, out);
        }
    }

    /// Weights that were left out.
    void weigh(std::int64_t token, const std::vector<float>& logits, LayerRoutes* out) const {
        const auto first = static_cast<std::size_t>(token * header_.choices), end = first + countOf(token);
        const auto score = [&](std::size_t i) {
            return out->sigmoid ? 1 / (1 + std::exp(-logits[i])) : std::exp(logits[i] - out->log_sum_exp[static_cast<std::size_t>(token)]);
        };
        float sum = 0;
        for (std::size_t i = first; i < end; ++i) sum += score(i);
        for (std::size_t i = first; i < end; ++i) {
            const float share = header_.weights == ProbeWeights::kShares ? score(i) / sum : score(i);
            out->weights[i] = out->dropped[i] != 0 ? 0 : share;
        }
    }

    const std::vector<std::uint8_t>& bytes_;
    const std::string& where_;
    Header header_;
    std::size_t width_ = 1, at_ = 0;
    std::uint64_t kept_ = 0;  ///< choices there are
    std::vector<std::uint16_t> counts_;
};

}  // namespace

std::vector<std::uint8_t> encodeProbe(const LayerRoutes& routes, ProbeWeights rule) {
    return Encoder(routes, rule).encode();
}

LayerRoutes decodeProbe(const std::vector<std::uint8_t>& bytes, const std::string& where) {
    return Decoder(bytes, where).decode();
}

std::uint16_t toHalf(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
    if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7e00);
    const float size = std::fabs(value);
    if (size >= 65504.0F) return static_cast<std::uint16_t>(sign | kLargestHalf);
    if (size < 0x1p-14F) {  // subnormal: whole multiples of 2^-24
        return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(size * 0x1p24F)));
    }
    const std::uint32_t plain = std::bit_cast<std::uint32_t>(size) - (112U << 23);
    const std::uint32_t even = plain + 0xfff + ((plain >> 13) & 1);
    return static_cast<std::uint16_t>(sign | std::min<std::uint32_t>(even >> 13, kLargestHalf));
}

float fromHalf(std::uint16_t half) {
    const float sign = (half & 0x8000) != 0 ? -1.0F : 1.0F;
    const int exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
    if (exponent == 0x1f) return fraction != 0 ? std::nanf("") : sign * INFINITY;
    if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
    return sign * std::bit_cast<float>((static_cast<std::uint32_t>(exponent + 112) << 23) | (static_cast<std::uint32_t>(fraction) << 13));
}

}  // namespace switchyard::runs
