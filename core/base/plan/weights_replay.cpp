// SPDX-License-Identifier: MIT
#include "core/base/plan/weights_replay.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/base/plan/flat_replay.h"

namespace switchyard::plan {
namespace {

using Int = std::int64_t;

constexpr double kBucketBytes = 8 << 20;       ///< core/parallel/gradient_buckets.h
constexpr Int kRound = std::int64_t{1} << 21;  ///< core/parallel/sharding.cpp

/// Numbers that each rank of a group owns, and the owner of each parameter: to the one with the fewest so far.
std::vector<Int> shared(const std::vector<Int>& counts, int group, std::vector<int>* owner) {
    std::vector<Int> sums(static_cast<std::size_t>(group), 0);
    for (const Int count : counts) {
        const auto least = std::min_element(sums.begin(), sums.end());
        if (owner != nullptr) owner->push_back(static_cast<int>(least - sums.begin()));
        *least += count;
    }
    return sums;
}

int replicasOf(const RunConfig& config, int ranks) {
    return static_cast<int>(std::max<Int>(1, ranks / config.parallel.expert));
}

/// Parameters are whole on every rank; of dense ones all ranks hold the same, of experts the ranks that hold them.
class WholeReplay final : public WeightsReplay {
public:
    WholeReplay(MemoryPool& pool, const RunConfig& config, const ModelTensors& model, RankPlace place, Traffic& traffic)
        : pool_(pool), config_(config), list_(model.list), traffic_(traffic), gradients_(model.list.size()) {
        width_ = config.train.precision == Precision::kFp64 ? 8 : 4;
        moment_ = config.optim.state_dtype == StoredType::kBf16 ? 2 : width_;
        sums_ = config.parallel.reduce_dtype == StoredType::kBf16 ? 2 : width_;
        kinds_[0].group = place.ranks;
        kinds_[1].group = replicasOf(config, place.ranks);
        kinds_[0].rank = place.rank;
        kinds_[1].rank = place.rank < 0 ? -1 : place.rank / static_cast<int>(config.parallel.expert);
        for (std::size_t i = 0; i < list_.size(); ++i) {
            if (list_[i].trained) kinds_[list_[i].expert ? 1 : 0].parameters.push_back(static_cast<int>(i));
            weights_.emplace_back(pool, bytesOf(static_cast<int>(i)), Part::kWeights);
        }
        owned_ = config.parallel.shard != Shard::kNone;
        for (Kind& kind : kinds_) shareOut(&kind);
        for (const Kind& kind : kinds_) {
            for (std::size_t i = 0; i < kind.parameters.size(); ++i) {
                if (owned_ && kind.owner[i] != kind.rank) continue;
                const double numbers = static_cast<double>(tensor(kind.parameters[i]).count);
                for (int moment = 0; moment < 2; ++moment)
                    moments_.emplace_back(pool, numbers * moment_, Part::kOptimizer);
            }
        }
    }

    void begin() override {
        for (Buffer& gradient : gradients_) gradient.reset();
        for (Kind& kind : kinds_) kind.flat.clear();
        for (Kind& kind : kinds_) kind.sent = 0;
    }
    void beforeBackward(bool last) override {
        last_ = last;
        for (Kind& kind : kinds_) std::fill(kind.ready.begin(), kind.ready.end(), 0);
    }
    void gradientReady(int parameter, Buffer gradient) override {
        gradient.turnInto(Part::kGradients);
        Buffer& kept = gradients_[static_cast<std::size_t>(parameter)];
        if (!kept) kept = std::move(gradient);  // else added in place
        Kind& kind = kinds_[tensor(parameter).expert ? 1 : 0];
        if (kind.group == 1 || zero2()) return;
        ++kind.ready[static_cast<std::size_t>(kind.bucket_of.at(parameter))];
        while (last_ && kind.sent < kind.buckets.size() &&
               kind.ready[kind.sent] == static_cast<int>(kind.buckets[kind.sent].size())) {
            send(&kind, kind.buckets[kind.sent++]);
        }
    }
    void finish() override {
        for (Kind& kind : kinds_) {
            for (const int parameter : kind.parameters) {  // every trained one has a gradient, if only of zeros
                Buffer& gradient = gradients_[static_cast<std::size_t>(parameter)];
                const bool sent =
                    kind.group > 1 && !zero2() && static_cast<std::size_t>(kind.bucket_of.at(parameter)) < kind.sent;
                if (!gradient && !sent) gradient = Buffer(pool_, bytesOf(parameter), Part::kGradients);
            }
            if (kind.group == 1) continue;
            while (!zero2() && kind.sent < kind.buckets.size()) send(&kind, kind.buckets[kind.sent++]);
            for (Buffer& flat : kind.flat) {
                if (sums_ != width_) flat = Buffer(pool_, flat.bytes() / sums_ * width_, Part::kGradients);
            }
            if (zero2()) rounds(kind, CollectiveKind::kReduceScatter, "gradients", sums_);
            for (std::size_t i = 0; zero2() && i < kind.parameters.size(); ++i) {
                if (kind.owner[i] != kind.rank) gradients_[static_cast<std::size_t>(kind.parameters[i])].reset();
            }
        }
        if (!owned_) return;
        for (const Kind& kind : kinds_)  // the updated weights go to everyone
            rounds(kind, CollectiveKind::kAllGather, "weights", width_);
    }
    double checkpointBytes() const override {
        double bytes = 0;
        for (const Buffer& moment : moments_) bytes += moment.bytes() / (owned_ ? 1.0 : kinds_[0].group);
        for (const Buffer& weight : weights_) bytes += weight.bytes() / kinds_[0].group;
        return bytes;
    }
    double updated() const override {
        double bytes = 0;
        for (const Buffer& moment : moments_) bytes += moment.bytes();
        return bytes / (2 * moment_);
    }

private:
    struct Kind {
        std::vector<int> parameters;
        int group = 1, rank = 0;
        std::vector<int> owner;
        Int most = 0;  ///< numbers of the rank that owns most
        std::vector<std::vector<int>> buckets;
        std::map<int, int> bucket_of;
        std::vector<int> ready;
        std::size_t sent = 0;
        std::vector<Buffer> flat;
    };

    bool zero2() const { return config_.parallel.shard == Shard::kZero2; }
    const ParameterTensor& tensor(int parameter) const { return list_[static_cast<std::size_t>(parameter)]; }
    double bytesOf(int parameter) const { return static_cast<double>(tensor(parameter).count) * width_; }

    void shareOut(Kind* kind) const {
        std::vector<Int> counts;
        for (const int parameter : kind->parameters) counts.push_back(tensor(parameter).count);
        const std::vector<Int> sums = shared(counts, kind->group, &kind->owner);
        const auto most = std::max_element(sums.begin(), sums.end());
        if (kind->rank < 0) kind->rank = static_cast<int>(most - sums.begin());
        kind->most = *most;
        double bytes = 0;
        for (auto parameter = kind->parameters.rbegin(); parameter != kind->parameters.rend(); ++parameter) {
            if (kind->buckets.empty() || bytes + bytesOf(*parameter) > kBucketBytes) {
                kind->buckets.emplace_back();
                bytes = 0;
            }
            kind->buckets.back().push_back(*parameter);
            kind->bucket_of[*parameter] = static_cast<int>(kind->buckets.size()) - 1;
            bytes += bytesOf(*parameter);
        }
        kind->ready.assign(kind->buckets.size(), 0);
    }
    void send(Kind* kind, const std::vector<int>& bucket) {
        double bytes = 0;
        for (const int parameter : bucket) bytes += bytesOf(parameter);
        Buffer flat(pool_, bytes, Part::kGradients);
        if (sums_ != width_) flat = Buffer(pool_, bytes / width_ * sums_, Part::kGradients);
        for (const int parameter : bucket) gradients_[static_cast<std::size_t>(parameter)].reset();
        traffic_.add(CollectiveKind::kAllReduce, "gradients", kind->group, flat.bytes());
        kind->flat.push_back(std::move(flat));
    }
    void rounds(const Kind& kind, CollectiveKind what, const char* name, double width) {
        if (kind.group == 1 || kind.most == 0) return;
        for (Int first = 0; first < kind.most; first += kRound)
            traffic_.add(what, name, kind.group,
                         static_cast<double>(std::min(kRound, kind.most - first) * kind.group) * width);
        const double length = static_cast<double>(std::min(kRound, kind.most));
        const Buffer all(pool_, length * kind.group * width, Part::kGradients),
            own(pool_, length * width, Part::kGradients);
    }

    MemoryPool& pool_;
    const RunConfig& config_;
    const std::vector<ParameterTensor>& list_;
    Traffic& traffic_;
    double width_ = 4, moment_ = 4, sums_ = 4;
    bool owned_ = false, last_ = true;
    std::array<Kind, 2> kinds_;
    std::vector<Buffer> weights_, moments_, gradients_;
};

}  // namespace

std::array<std::vector<Int>, 2> ownedNumbers(const ModelTensors& model, const RunConfig& config, int ranks) {
    std::array<std::vector<Int>, 2> counts;
    for (const ParameterTensor& tensor : model.list)
        if (tensor.trained) counts[tensor.expert ? 1 : 0].push_back(tensor.count);
    return {shared(counts[0], ranks, nullptr), shared(counts[1], replicasOf(config, ranks), nullptr)};
}

std::unique_ptr<WeightsReplay> makeWeightsReplay(MemoryPool& pool, const RunConfig& config, const ModelTensors& model,
                                                 RankPlace place, bool gpu, Traffic& traffic) {
    if (config.parallel.shard == Shard::kFsdp) return makeFlatReplay(pool, config, model, place, gpu, traffic);
    return std::make_unique<WholeReplay>(pool, config, model, place, traffic);
}

}  // namespace switchyard::plan
