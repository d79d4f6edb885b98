// SPDX-License-Identifier: MIT
// Flat sharding (FSDP): a unit's parameters lie one after another in one vector, of which every rank keeps an equal
// share. The whole vector is there while the unit computes; its gradient is summed and cut into shares at once.
// Source: FairScale's FullyShardedDataParallel, and Rajbhandari et al. 2020 (ZeRO, arXiv 1910.02054) stage 3.
#include "core/parallel/fsdp.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>

#include "core/parallel/after_gradient.h"
#include "core/parallel/gradient_buckets.h"
#include "core/parallel/joined.h"

namespace switchyard::parallel {
namespace {

/// Numbers of a share that are summed in one exchange between CPUs, and exchanges under way at once: more would only
/// cost memory, as the ranks' cores do the sums. GPUs send a share whole, and compute meanwhile.
constexpr std::int64_t kRound = std::int64_t{1} << 20;
constexpr std::size_t kRoundsInFlight = 2;

}  // namespace

std::string unitOf(const std::string& parameter) {
    constexpr std::string_view kBlocks = ".blocks.";
    if (const std::size_t at = parameter.find(kBlocks); at != std::string::npos) {
        return parameter.substr(0, parameter.find('.', at + kBlocks.size()));
    }
    constexpr std::string_view kEmbedding = "text.embedding";
    return parameter.starts_with(kEmbedding) ? std::string(kEmbedding) : kRootUnit;
}

/// Parameters of a unit that are sharded together: over the same ranks, all trained or all frozen.
class FlatShare {
public:
    FlatShare(std::vector<Parameter> parameters, Collectives& group, const Collectives& experts,
              StoredType reduce_dtype)
        : parameters_(std::move(parameters)),
          group_(group),
          expert_rank_(experts.rank()),
          expert_ranks_(experts.size()),
          reduce_dtype_(reduce_dtype) {
        const at::NoGradGuard no_gradient;
        for (const Parameter& parameter : parameters_) {
            begins_.push_back(total_);
            total_ += parameter.tensor.numel();
        }
        own_ = (total_ + group.size() - 1) / group.size();
        const auto options = parameters_.front().tensor.options().requires_grad(false);
        full_ = at::zeros({own_ * group.size()}, options);
        for (std::size_t i = 0; i < parameters_.size(); ++i) {
            at::Tensor& tensor = parameters_[i].tensor;
            const at::Tensor place = full_.narrow(0, begins_[i], tensor.numel()).view(tensor.sizes());
            place.copy_(tensor);
            tensor.set_data(place);
        }
        if (group.size() == 1) {
            shard_ = full_;
        } else {
            shard_ = full_.narrow(0, group.rank() * own_, own_).clone();
            free();
        }
        for (std::size_t i = 0; i < parameters_.size(); ++i) pieces_.push_back(pieceOf(i));
    }

    bool trained() const { return parameters_.front().trained(); }
    const std::vector<Parameter>& parameters() const { return parameters_; }
    /// Of the shard: one for each parameter, empty where the shard has nothing of it.
    const std::vector<Piece>& pieces() const { return pieces_; }

    void startFetch() {
        if (resident_ || group_.size() == 1) return;
        c10::StorageImpl* storage = full_.storage().unsafeGetStorageImpl();
        const std::size_t bytes = static_cast<std::size_t>(full_.numel()) * full_.element_size();
        storage->set_data_ptr_noswap(storage->allocator()->allocate(bytes));
        storage->set_nbytes(bytes);
        resident_ = true;
        gather_ = group_.allGatherAsync(full_, shard_, "weights");
    }
    void finishFetch() {
        startFetch();
        if (gather_) gather_->wait();
        gather_.reset();
    }
    void free() {
        if (group_.size() == 1) return;
        if (gather_) gather_->wait();
        gather_.reset();
        c10::StorageImpl* storage = full_.storage().unsafeGetStorageImpl();
        storage->set_data_ptr_noswap(c10::DataPtr(nullptr, storage->device()));
        storage->set_nbytes(0);
        resident_ = false;
    }

    void begin() {
        for (const Parameter& parameter : parameters_) parameter.tensor.mutable_grad() = at::Tensor();
        for (const Piece& piece : pieces_) piece.tensor.mutable_grad() = at::Tensor();
        gradient_ = at::Tensor();
        ready_ = 0;
        reduced_ = settled_ = false;
    }
    void gradientReady() { ++ready_; }
    /// Every parameter has its gradient of this backward: nothing asks for the weights any more.
    bool complete() const { return ready_ == static_cast<std::int64_t>(parameters_.size()); }
    void startBackward() { ready_ = 0; }
    bool reduced() const { return reduced_; }

    /// Sum over the ranks, cut into shares. The full gradients are gone afterwards; this rank's own are added to `own`.
    void startReduce(SumOfSquares& own) {
        const at::NoGradGuard no_gradient;
        reduced_ = true;
        if (group_.size() == 1) {  // nothing to add: the gradients stay where they are
            for (const Parameter& parameter : parameters_) {
                if (!parameter.tensor.grad().defined())
                    parameter.tensor.mutable_grad() = at::zeros_like(parameter.tensor);
                own.add(parameter.tensor.grad());
            }
            return;
        }
        Joined joined;
        for (const Parameter& parameter : parameters_) {
            at::Tensor& gradient = parameter.tensor.mutable_grad();
            if (!gradient.defined()) gradient = at::zeros_like(parameter.tensor);
            own.add(gradient);
            joined.add(gradient.contiguous());
            gradient = at::Tensor();
        }
        gradient_ = at::empty({own_}, full_.options());
        const std::int64_t most = full_.device().is_cpu() ? kRound : own_;
        for (std::int64_t first = 0; first < own_; first += most) {
            if (rounds_.size() == kRoundsInFlight) finishRound();
            startRound(joined, first, std::min(most, own_ - first));
        }
    }
    /// Waits for the sum, divides it, and hands it to the pieces.
    void finishReduce(int divisor) {
        if (settled_) return;
        settled_ = true;
        if (group_.size() == 1) {
            for (std::size_t i = 0; i < pieces_.size(); ++i) {
                at::Tensor& gradient = parameters_[i].tensor.mutable_grad();
                if (divisor > 1) gradient.div_(divisor);
                pieces_[i].tensor.mutable_grad() = gradient;
                gradient = at::Tensor();
            }
            return;
        }
        while (!rounds_.empty()) finishRound();
        gradient_.div_(divisor);
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            if (pieces_[i].tensor.numel() == 0) continue;
            const std::int64_t first = pieces_[i].tensor.storage_offset() - shard_.storage_offset();
            pieces_[i].tensor.mutable_grad() = gradient_.narrow(0, first, pieces_[i].tensor.numel());
        }
        gradient_ = at::Tensor();
    }
    bool settled() const { return settled_; }
    /// Place of its first piece among the sharding's updated ones, and how many it has there.
    std::size_t first_updated = 0, updated = 0;

private:
    /// A part of every rank's share on its way.
    struct Round {
        at::Tensor all, own, to;
        std::unique_ptr<Pending> pending;
    };
    void startRound(const Joined& gradients, std::int64_t first, std::int64_t length) {
        const auto options = full_.options().dtype(reducedType(reduce_dtype_, full_));
        Round round{at::empty({length * group_.size()}, options), {}, gradient_.narrow(0, first, length), {}};
        for (int rank = 0; rank < group_.size(); ++rank) {
            const at::Tensor part = round.all.narrow(0, rank * length, length);
            std::int64_t filled = 0;
            gradients.each(rank * own_ + first, length, [&](const at::Tensor& from, std::int64_t at) {
                part.narrow(0, at, from.numel()).copy_(from);
                filled = at + from.numel();
            });
            part.narrow(0, filled, length - filled).zero_();  // behind the last parameter
        }
        round.own = round.to.scalar_type() == round.all.scalar_type() ? round.to : at::empty({length}, options);
        round.pending = group_.reduceScatterSumAsync(round.own, round.all, "gradients");
        rounds_.push_back(std::move(round));
    }
    void finishRound() {
        Round& round = rounds_.front();
        round.pending->wait();
        if (!round.own.is_same(round.to)) round.to.copy_(round.own);
        rounds_.pop_front();
    }

    Piece pieceOf(std::size_t i) const {
        const Parameter& parameter = parameters_[i];
        const std::int64_t count = parameter.tensor.numel();
        Piece piece{parameter.name, {}, parameter.tensor.sizes().vec(), 0, false, true};
        if (parameter.expert) {
            piece.global_shape[0] *= expert_ranks_;
            piece.first = expert_rank_ * count;
        }
        if (group_.size() == 1) {
            piece.tensor = shard_.narrow(0, begins_[i], count).view(parameter.tensor.sizes());
            return piece;
        }
        const std::int64_t begin = std::clamp(begins_[i] - group_.rank() * own_, std::int64_t{0}, own_);
        const std::int64_t end = std::clamp(begins_[i] + count - group_.rank() * own_, std::int64_t{0}, own_);
        piece.tensor = shard_.narrow(0, begin, end - begin);
        if (end > begin) piece.first += group_.rank() * own_ + begin - begins_[i];
        return piece;
    }

    std::vector<Parameter> parameters_;
    Collectives& group_;
    std::int64_t expert_rank_, expert_ranks_;
    StoredType reduce_dtype_;
    std::vector<std::int64_t> begins_;
    std::int64_t total_ = 0, own_ = 0;
    at::Tensor full_;   ///< [ranks * own]; its memory is there while the unit is
    at::Tensor shard_;  ///< [own]
    std::vector<Piece> pieces_;
    bool resident_ = false, reduced_ = false, settled_ = false;
    std::int64_t ready_ = 0;
    at::Tensor gradient_;  ///< [own]
    std::deque<Round> rounds_;
    std::unique_ptr<Pending> gather_;
};

struct FlatSharding::Unit {
    std::string name;
    std::vector<std::unique_ptr<FlatShare>> shares;
    bool for_backward = false;

    bool frozenParts() const {
        return std::any_of(shares.begin(), shares.end(), [](const auto& share) { return !share->trained(); });
    }
    void free() {
        for (const auto& share : shares) share->free();
        for_backward = false;
    }
};

FlatSharding::FlatSharding(const std::vector<Parameter>& parameters, const Mesh& mesh,
                           const RunConfig::Parallel& config)
    : mesh_(mesh),
      reshard_after_forward_(config.reshard_after_forward),
      early_(!parameters.front().tensor.device().is_cpu()) {
    std::vector<std::string> names;
    for (const Parameter& parameter : parameters) {
        const std::string name = unitOf(parameter.name);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    for (const std::string& name : names) {
        auto unit = std::make_unique<Unit>();
        unit->name = name;
        for (const bool expert : {false, true}) {
            for (const bool trained : {true, false}) {
                std::vector<Parameter> together;
                for (const Parameter& parameter : parameters) {
                    if (unitOf(parameter.name) == name && parameter.expert == expert && parameter.trained() == trained)
                        together.push_back(parameter);
                }
                if (together.empty()) continue;
                unit->shares.push_back(std::make_unique<FlatShare>(
                    std::move(together), expert ? mesh.replicas() : mesh.world(), mesh.experts(), config.reduce_dtype));
            }
        }
        units_.push_back(std::move(unit));
    }
    for (const auto& unit : units_) {
        for (const auto& share : unit->shares) {
            if (!share->trained()) continue;
            share->first_updated = updated_.size();
            for (const Piece& piece : share->pieces()) {
                if (piece.tensor.numel() > 0) updated_.push_back(piece);
            }
            share->updated = updated_.size() - share->first_updated;
            for (const Parameter& parameter : share->parameters()) {
                afterGradient(parameter.tensor,
                              [this, of = unit.get(), which = share.get()] { gradientReady(*of, *which); });
            }
        }
    }
}

FlatSharding::~FlatSharding() = default;

std::vector<Piece> FlatSharding::weights() const {
    std::vector<Piece> all;
    for (const auto& unit : units_) {
        for (const auto& share : unit->shares) all.insert(all.end(), share->pieces().begin(), share->pieces().end());
    }
    return all;
}

FlatSharding::Unit& FlatSharding::unitNamed(const std::string& name) {
    const auto found = std::find_if(units_.begin(), units_.end(), [&](const auto& unit) { return unit->name == name; });
    return **found;
}

void FlatSharding::begin() {
    for (const auto& unit : units_) {
        for (const auto& share : unit->shares) share->begin();
    }
    own_squares_ = {};
}

void FlatSharding::beforeBackward(bool last) {
    reduces_ = last;
    for (const auto& unit : units_) {
        for (const auto& share : unit->shares) share->startBackward();
    }
}

void FlatSharding::fetch(const std::string& name) {
    Unit& unit = unitNamed(name);
    if (name != kRootUnit) {
        fetch(kRootUnit);
        // Blocks are what the backward comes to again.
        const bool block = name.find(".blocks.") != std::string::npos;
        if (block && !ordered_ && std::find(order_.begin(), order_.end(), &unit) == order_.end())
            order_.push_back(&unit);
    }
    for (const auto& share : unit.shares) share->finishFetch();
    if (ordered_) startNext(unit, 1);
}

/// The unit that the pass comes to next travels while this one computes.
void FlatSharding::startNext(const Unit& unit, int direction) {
    const auto at = std::find(order_.begin(), order_.end(), &unit);
    if (at == order_.end()) return;
    const auto next = static_cast<std::ptrdiff_t>(at - order_.begin()) + direction;
    if (next < 0 || next >= static_cast<std::ptrdiff_t>(order_.size())) return;
    for (const auto& share : order_[static_cast<std::size_t>(next)]->shares) share->startFetch();
}

void FlatSharding::release(const std::string& name) {
    if (name == kRootUnit || !reshard_after_forward_) return;
    Unit& unit = unitNamed(name);
    // The last unit of the forward is the first of the backward.
    if (ordered_ && at::GradMode::is_enabled() && !order_.empty() && order_.back() == &unit) return;
    unit.free();
}

void FlatSharding::fetchForBackward(const std::string& name) {
    ordered_ = true;
    Unit& unit = unitNamed(name);
    if (unit.for_backward) return;
    for (const auto& other : units_) {
        // Nothing tells when frozen weights are done with, but that the pass has come to another unit.
        if (other->for_backward && other->frozenParts()) other->free();
    }
    for (const auto& share : unit.shares) share->finishFetch();
    unit.for_backward = true;
    if (early_) startNext(unit, -1);
}

void FlatSharding::gradientReady(Unit& unit, FlatShare& share) {
    share.gradientReady();
    if (!share.complete()) return;
    const bool done = std::all_of(unit.shares.begin(), unit.shares.end(),
                                  [&](const auto& other) { return !other->trained() || other->complete(); });
    if (unit.name != kRootUnit && !unit.frozenParts()) {
        share.free();
        if (done) unit.for_backward = false;
    }
    if (done && !early_) startNext(unit, -1);
    if (reduces_) reduce(share);
}

void FlatSharding::reduce(FlatShare& share) {
    // One sum is on its way while the next unit computes; its memory is given up before the next one's is taken.
    if (in_flight_ != nullptr) settle(*in_flight_);
    share.startReduce(own_squares_);
    in_flight_ = &share;
}

void FlatSharding::settle(FlatShare& share) {
    if (share.settled()) return;
    share.finishReduce(mesh_.size());
    if (!update_) return;
    update_(share.first_updated, share.updated);
    for (std::size_t i = 0; i < share.updated; ++i)
        updated_[share.first_updated + i].tensor.mutable_grad() = at::Tensor();
}

void FlatSharding::reduceRest() {
    for (const auto& unit : units_) {
        for (const auto& share : unit->shares) {
            if (share->trained() && !share->reduced()) reduce(*share);
        }
    }
}

bool FlatSharding::ownGradientsFinite() {
    reduceRest();
    return std::isfinite(own_squares_.value());
}

void FlatSharding::finish() {
    reduceRest();
    if (in_flight_ != nullptr) settle(*in_flight_);
    in_flight_ = nullptr;
    for (const auto& unit : units_) unit->free();
}

double FlatSharding::gradientNorm() {
    std::vector<at::Tensor> own;
    for (const Piece& piece : updated_) own.push_back(piece.tensor);
    at::Tensor sum =
        at::full({1}, squaredGradients(own), own.front().options().dtype(at::kDouble).requires_grad(false));
    mesh_.world().allReduceSum(sum, "gradient_norm");
    return std::sqrt(sum.item<double>());
}

}  // namespace switchyard::parallel
