// SPDX-License-Identifier: MIT
// As core/parallel/fsdp.cpp.
#include "core/base/plan/flat_replay.h"

#include <algorithm>
#include <array>
#include <deque>

namespace switchyard::plan {
namespace {

using Int = std::int64_t;

constexpr Int kRound = std::int64_t{1} << 20;
constexpr std::size_t kRoundsInFlight = 2;

/// Parameters of a unit that are shared out together.
struct Share {
    std::vector<int> parameters;
    int group = 1, unit = 0;
    bool trained = true, expert = false;
    Int total = 0, own = 0;
    Buffer full, shard, gradient;
    int ready = 0;
    bool reduced = false;
};

class FlatReplay final : public WeightsReplay {
public:
    FlatReplay(MemoryPool& pool, const RunConfig& config, const ModelTensors& model, RankPlace place, bool gpu,
               Traffic& traffic)
        : pool_(pool),
          config_(config),
          list_(model.list),
          traffic_(traffic),
          early_(gpu),
          units_(static_cast<std::size_t>(model.units)) {
        width_ = config.train.precision == Precision::kFp64 ? 8 : 4;
        sums_ = config.parallel.reduce_dtype == StoredType::kBf16 ? 2 : width_;
        moment_ = config.optim.state_dtype == StoredType::kBf16 ? 2 : width_;
        std::vector<Buffer> whole;
        for (const ParameterTensor& tensor : list_)
            whole.emplace_back(pool, static_cast<double>(tensor.count) * width_, Part::kWeights);
        gradients_.resize(list_.size());
        share_of_.resize(list_.size());
        for (int unit = 0; unit < model.units; ++unit) makeShares(unit, place.ranks, &whole);
        for (const auto& share : shares_) {
            if (!share->trained) continue;
            // One pair of moments for each parameter that the rank has a part of.
            Int begin = -(place.rank < 0 ? 0 : memberOf(*share, place.rank)) * share->own;
            for (const int parameter : share->parameters) {
                const Int count = list_[static_cast<std::size_t>(parameter)].count;
                const Int own = std::clamp(begin + count, Int{0}, share->own) - std::clamp(begin, Int{0}, share->own);
                begin += count;
                for (int i = 0; i < 2 && own > 0; ++i)
                    moments_.emplace_back(pool, static_cast<double>(own) * moment_, Part::kOptimizer);
            }
        }
    }

    void fetch(int unit) override {
        if (unit != 0) {
            fetch(0);
            if (!ordered_ && unit != embeddingUnit() && std::find(order_.begin(), order_.end(), unit) == order_.end())
                order_.push_back(unit);
        }
        for (Share* share : sharesOf(unit)) load(share);
        if (ordered_) startNext(unit, 1);
    }
    void release(int unit) override {
        if (unit == 0 || !config_.parallel.reshard_after_forward) return;
        if (ordered_ && !order_.empty() && order_.back() == unit) return;
        for (Share* share : sharesOf(unit)) free(share);
    }
    void fetchForBackward(int unit) override {
        ordered_ = true;
        for (Share* share : sharesOf(unit)) load(share);
        if (early_) startNext(unit, -1);
        for (std::size_t other = 1; other < units_.size(); ++other) {
            if (static_cast<int>(other) != unit && in_backward_ == static_cast<int>(other) && frozenParts(other)) {
                for (Share* share : units_[other]) free(share);
            }
        }
        in_backward_ = unit;
    }

    void begin() override {
        for (Buffer& gradient : gradients_) gradient.reset();
        for (const auto& share : shares_) {
            share->gradient.reset();
            share->reduced = false;
        }
    }
    void beforeBackward(bool last) override {
        last_ = last;
        for (const auto& share : shares_) share->ready = 0;
    }
    void gradientReady(int parameter, Buffer gradient) override {
        gradient.turnInto(Part::kGradients);
        Buffer& kept = gradients_[static_cast<std::size_t>(parameter)];
        if (!kept) kept = std::move(gradient);
        Share* share = share_of_[static_cast<std::size_t>(parameter)];
        if (++share->ready < static_cast<int>(share->parameters.size())) return;
        if (share->unit != 0 && !frozenParts(static_cast<std::size_t>(share->unit))) free(share);
        if (!early_) startNext(share->unit, -1);
        if (last_) reduce(share);
    }
    void finish() override {
        for (const auto& share : shares_) {
            if (share->trained && !share->reduced) reduce(share.get());
        }
        settle();
        for (const auto& share : shares_) free(share.get());
    }
    double checkpointBytes() const override {
        double bytes = 0;
        for (const Buffer& moment : moments_) bytes += moment.bytes();
        for (const auto& share : shares_) bytes += share->group == 1 ? share->full.bytes() : share->shard.bytes();
        return bytes;
    }
    double updated() const override {
        double bytes = 0;
        for (const Buffer& moment : moments_) bytes += moment.bytes();
        return bytes / (2 * moment_);
    }

private:
    /// The place of a rank among those that a share lies on.
    Int memberOf(const Share& share, int rank) const { return share.expert ? rank / config_.parallel.expert : rank; }
    int embeddingUnit() const { return 1; }  ///< it is no block: the backward does not come to it again
    const std::vector<Share*>& sharesOf(int unit) const { return units_[static_cast<std::size_t>(unit)]; }
    bool frozenParts(std::size_t unit) const {
        return std::any_of(units_[unit].begin(), units_[unit].end(),
                           [](const Share* share) { return !share->trained; });
    }

    void makeShares(int unit, int ranks, std::vector<Buffer>* whole) {
        const int replicas = static_cast<int>(std::max<Int>(1, ranks / config_.parallel.expert));
        for (const bool expert : {false, true}) {
            for (const bool trained : {true, false}) {
                auto share = std::make_unique<Share>();
                for (std::size_t i = 0; i < list_.size(); ++i) {
                    if (list_[i].unit != unit || list_[i].expert != expert || list_[i].trained != trained) continue;
                    share->parameters.push_back(static_cast<int>(i));
                    share->total += list_[i].count;
                    share_of_[i] = share.get();
                }
                if (share->parameters.empty()) continue;
                share->unit = unit;
                share->trained = trained;
                share->expert = expert;
                share->group = expert ? replicas : ranks;
                share->own = (share->total + share->group - 1) / share->group;
                share->full = Buffer(pool_, fullBytes(*share), Part::kWeights);
                for (const int parameter : share->parameters) (*whole)[static_cast<std::size_t>(parameter)].reset();
                if (share->group > 1) {
                    share->shard = Buffer(pool_, static_cast<double>(share->own) * width_, Part::kWeights);
                    share->full.reset();
                }
                units_[static_cast<std::size_t>(unit)].push_back(share.get());
                shares_.push_back(std::move(share));
            }
        }
    }
    double fullBytes(const Share& share) const { return static_cast<double>(share.own) * share.group * width_; }
    void load(Share* share) {
        if (share->group == 1 || share->full) return;
        share->full = Buffer(pool_, fullBytes(*share), Part::kWeights);
        traffic_.add(CollectiveKind::kAllGather, "weights", share->group, fullBytes(*share));
    }
    static void free(Share* share) {
        if (share->group > 1) share->full.reset();
    }
    void startNext(int unit, int direction) {
        const auto at = std::find(order_.begin(), order_.end(), unit);
        if (at == order_.end()) return;
        const auto next = (at - order_.begin()) + direction;
        if (next < 0 || next >= static_cast<std::ptrdiff_t>(order_.size())) return;
        for (Share* share : sharesOf(order_[static_cast<std::size_t>(next)])) load(share);
    }

    /// The full gradients are cut into shares, a round at a time; the ones before are finished first.
    void reduce(Share* share) {
        settle();
        share->reduced = true;
        for (const int parameter : share->parameters) {
            Buffer& gradient = gradients_[static_cast<std::size_t>(parameter)];
            if (!gradient) {
                const auto count = static_cast<double>(list_[static_cast<std::size_t>(parameter)].count);
                gradient = Buffer(pool_, count * width_, Part::kGradients);
            }
        }
        in_flight_ = share;
        if (share->group == 1) return;
        share->gradient = Buffer(pool_, static_cast<double>(share->own) * width_, Part::kGradients);
        const Int most = early_ ? share->own : kRound;
        for (Int first = 0; first < share->own; first += most) {
            if (rounds_.size() == kRoundsInFlight) rounds_.pop_front();
            const double length = static_cast<double>(std::min(most, share->own - first));
            Buffer all(pool_, length * share->group * sums_, Part::kGradients);
            traffic_.add(CollectiveKind::kReduceScatter, "gradients", share->group, all.bytes());
            rounds_.push_back(
                {std::move(all), sums_ == width_ ? Buffer() : Buffer(pool_, length * sums_, Part::kGradients)});
        }
        for (const int parameter : share->parameters) gradients_[static_cast<std::size_t>(parameter)].reset();
    }
    void settle() {
        if (in_flight_ == nullptr) return;
        rounds_.clear();
        if (config_.optim.in_backward) {
            in_flight_->gradient.reset();
            for (const int parameter : in_flight_->parameters) gradients_[static_cast<std::size_t>(parameter)].reset();
        }
        in_flight_ = nullptr;
    }

    MemoryPool& pool_;
    const RunConfig& config_;
    const std::vector<ParameterTensor>& list_;
    Traffic& traffic_;
    double width_ = 4, sums_ = 4, moment_ = 4;
    bool early_, last_ = true, ordered_ = false;
    int in_backward_ = -1;
    std::vector<std::unique_ptr<Share>> shares_;
    std::vector<std::vector<Share*>> units_;
    std::vector<Share*> share_of_;
    std::vector<int> order_;
    std::vector<Buffer> gradients_, moments_;
    Share* in_flight_ = nullptr;
    std::deque<std::array<Buffer, 2>> rounds_;
};

}  // namespace

std::unique_ptr<WeightsReplay> makeFlatReplay(MemoryPool& pool, const RunConfig& config, const ModelTensors& model,
                                              RankPlace place, bool gpu, Traffic& traffic) {
    return std::make_unique<FlatReplay>(pool, config, model, place, gpu, traffic);
}

}  // namespace switchyard::plan
