// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "core/base/runs/probe_layout.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

using namespace probe;

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
        throw Error(ExitCode::kBadData, "The row of a probe " + what, where_,
                    "The run's database is damaged; record the probe again");
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
        if (header_.form > Form::kBest || header_.weights > ProbeWeights::kProbabilities ||
            header_.flags > (kSigmoid | kCounts))
            refuse("has an unknown form");
        if (header_.experts == 0 || header_.experts > 65536 || header_.tokens > kMostTokens ||
            header_.text_tokens > header_.tokens || header_.choices == 0 || header_.choices > header_.experts ||
            header_.others + header_.choices > header_.experts ||
            static_cast<std::int64_t>(header_.tokens) * (header_.choices + header_.others) > kMostEntries)
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
            refuse((bytes_.size() < bytes ? "is cut off: " : "is too long: ") + std::to_string(bytes_.size()) + " of " +
                   std::to_string(bytes) + " bytes");
        }
        if (sumOf(header_, bytes_.data() + sizeof header_, bytes_.size() - sizeof header_) != header_.sum)
            refuse("is damaged: its sum is not right");
    }

    std::uint16_t countOf(std::int64_t token) const {
        return counts_.empty() ? header_.choices : counts_[static_cast<std::size_t>(token)];
    }

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
            if (all > 0) std::memcpy(out->logits.data(), bytes_.data() + at_, 4 * all);
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
                row.emplace_back(fromHalf(take<std::uint16_t>()),
                                 others[static_cast<std::size_t>(t) * header_.others + m]);
            }
            std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) {
                return a.first > b.first || (std::isnan(b.first) && !std::isnan(a.first));
            });
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
            return out->sigmoid ? 1 / (1 + std::exp(-logits[i]))
                                : std::exp(logits[i] - out->log_sum_exp[static_cast<std::size_t>(token)]);
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

LayerRoutes decodeProbe(const std::vector<std::uint8_t>& bytes, const std::string& where) {
    return Decoder(bytes, where).decode();
}

}  // namespace switchyard::runs
