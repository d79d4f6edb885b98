// SPDX-License-Identifier: MIT
#include "core/parallel/sharding.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/parallel/fsdp.h"
#include "core/parallel/gradient_buckets.h"
#include "core/parallel/joined.h"
#include "core/parallel/squares.h"

namespace switchyard::parallel {
namespace {

/// Numbers that a rank sends in one round of an exchange of pieces.
constexpr std::int64_t kRound = std::int64_t{1} << 21;

double summed(double value, Collectives& group, const at::Tensor& like, const char* name) {
    at::Tensor sum = at::full({1}, value, like.options().dtype(at::kDouble).requires_grad(false));
    group.allReduceSum(sum, name);
    return sum.item<double>();
}

/// Where a parameter lies in the whole model.
Piece wholeOf(const Parameter& parameter, const Mesh& mesh) {
    Piece piece{parameter.name, parameter.tensor, parameter.tensor.sizes().vec(), 0, true, true};
    if (parameter.expert) {
        piece.global_shape[0] *= mesh.experts().size();
        piece.first = mesh.experts().rank() * parameter.tensor.numel();
        piece.everywhere = mesh.experts().size() == 1;
        piece.mine = mesh.replicas().rank() == 0;
    }
    return piece;
}

/// Trained parameters of one kind: dense ones live on all ranks, experts on those that hold the same.
struct Kind {
    std::vector<Parameter> parameters;
    Collectives* group = nullptr;

    std::vector<at::Tensor> tensors() const {
        std::vector<at::Tensor> list;
        for (const Parameter& parameter : parameters) list.push_back(parameter.tensor);
        return list;
    }
};

std::array<Kind, 2> kinds(const std::vector<Parameter>& parameters, const Mesh& mesh) {
    std::array<Kind, 2> both;
    both[0].group = &mesh.world();
    both[1].group = &mesh.replicas();
    for (const Parameter& parameter : parameters) {
        if (parameter.trained()) both[parameter.expert ? 1 : 0].parameters.push_back(parameter);
    }
    return both;
}

/// Every rank holds whole parameters between steps. Gradients are averaged on all ranks while the backward runs; a
/// derived class that wants them elsewhere does without the buckets.
class WholeParameters : public Sharding {
public:
    WholeParameters(std::vector<Parameter> parameters, const Mesh& mesh, StoredType reduce_dtype, bool averages)
        : parameters_(std::move(parameters)),
          mesh_(mesh),
          reduce_dtype_(reduce_dtype),
          kinds_(kinds(parameters_, mesh)) {
        if (!averages) return;
        for (const Kind& kind : kinds_) {
            buckets_.push_back(
                std::make_unique<GradientBuckets>(kind.tensors(), *kind.group, mesh.size(), reduce_dtype));
        }
    }
    std::vector<Piece> weights() const override {
        std::vector<Piece> pieces;
        for (const Parameter& parameter : parameters_) pieces.push_back(wholeOf(parameter, mesh_));
        return pieces;
    }
    const std::vector<Piece>& updated() const override { return updated_; }
    void begin() override {
        for (const Parameter& parameter : parameters_) parameter.tensor.mutable_grad() = at::Tensor();
        for (const auto& buckets : buckets_) buckets->begin();
        own_squares_.reset();
    }
    void beforeBackward(bool last) override {
        for (const auto& buckets : buckets_) buckets->beforeBackward(last);
    }
    bool ownGradientsFinite() override {
        own_squares_ = 0;
        if (buckets_.empty()) {
            for (const Kind& kind : kinds_) *own_squares_ += squaredGradients(kind.tensors());
        }
        for (const auto& buckets : buckets_) *own_squares_ += buckets->sendRest();
        return std::isfinite(*own_squares_);
    }
    void finish() override {
        for (const auto& buckets : buckets_) buckets->finish();
    }

protected:
    std::vector<Parameter> parameters_;
    const Mesh& mesh_;
    StoredType reduce_dtype_;
    std::array<Kind, 2> kinds_;
    std::vector<std::unique_ptr<GradientBuckets>> buckets_;
    std::vector<Piece> updated_;
    std::optional<double> own_squares_;  ///< of this rank's gradients, once they were looked at
};

class Replicated final : public WholeParameters {
public:
    Replicated(std::vector<Parameter> parameters, const Mesh& mesh, StoredType reduce_dtype)
        : WholeParameters(std::move(parameters), mesh, reduce_dtype, /*averages=*/true) {
        for (const Parameter& parameter : parameters_) {
            if (parameter.trained()) updated_.push_back(wholeOf(parameter, mesh));
        }
    }
    double gradientNorm() override {
        if (mesh_.size() == 1 && own_squares_) return std::sqrt(*own_squares_);  // they are the average
        double sum = squaredGradients(kinds_[0].tensors());
        if (!kinds_[1].parameters.empty()) {
            const double experts = squaredGradients(kinds_[1].tensors());
            sum += summed(experts, mesh_.experts(), parameters_.front().tensor, "gradient_norm");
        }
        return std::sqrt(sum);
    }
    void publish() override {}
};

/// oss and zero2: whole parameters have owners.
class OwnerSharded final : public WholeParameters {
public:
    OwnerSharded(std::vector<Parameter> parameters, const Mesh& mesh, StoredType reduce_dtype, bool gradients_too)
        : WholeParameters(std::move(parameters), mesh, reduce_dtype, /*averages=*/!gradients_too) {
        for (std::size_t k = 0; k < kinds_.size(); ++k) {
            owners_[k] = owners(kinds_[k].parameters, kinds_[k].group->size());
            for (std::size_t i = 0; i < kinds_[k].parameters.size(); ++i) {
                if (owners_[k][i] != kinds_[k].group->rank()) continue;
                Piece piece = wholeOf(kinds_[k].parameters[i], mesh);
                piece.everywhere = false;
                piece.mine = true;
                updated_.push_back(piece);
            }
        }
    }
    void finish() override {
        WholeParameters::finish();
        if (!buckets_.empty()) return;  // every rank has the averages
        for (std::size_t k = 0; k < kinds_.size(); ++k) reduceToOwners(kinds_[k], owners_[k]);
    }
    double gradientNorm() override {
        // Every parameter has one owner in the world.
        std::vector<at::Tensor> own;
        for (const Piece& piece : updated_) own.push_back(piece.tensor);
        return std::sqrt(summed(squaredGradients(own), mesh_.world(), parameters_.front().tensor, "gradient_norm"));
    }
    void publish() override {
        const at::NoGradGuard no_gradient;
        for (std::size_t k = 0; k < kinds_.size(); ++k) {
            const std::vector<Joined> of_owner =
                byOwner(kinds_[k], owners_[k], [](const at::Tensor& tensor) { return tensor; });
            const auto round = [&](std::int64_t first, std::int64_t length, at::Tensor& all, at::Tensor& own) {
                of_owner[static_cast<std::size_t>(kinds_[k].group->rank())].each(
                    first, length,
                    [&](const at::Tensor& part, std::int64_t at) { own.narrow(0, at, part.numel()).copy_(part); });
                kinds_[k].group->allGatherAsync(all, own, "weights")->wait();
                for (std::size_t r = 0; r < of_owner.size(); ++r) {
                    if (static_cast<int>(r) == kinds_[k].group->rank()) continue;
                    const std::int64_t begin = static_cast<std::int64_t>(r) * length;
                    of_owner[r].each(first, length, [&](at::Tensor part, std::int64_t at) {
                        part.copy_(all.narrow(0, begin + at, part.numel()));
                    });
                }
            };
            rounds(kinds_[k], of_owner, StoredType::kFp32, round);
        }
    }

private:
    template <typename Of>
    static std::vector<Joined> byOwner(const Kind& kind, const std::vector<int>& owner, const Of& of) {
        std::vector<Joined> joined(static_cast<std::size_t>(kind.group->size()));
        for (std::size_t i = 0; i < kind.parameters.size(); ++i)
            joined[static_cast<std::size_t>(owner[i])].add(of(kind.parameters[i].tensor));
        return joined;
    }

    /// Calls round(first, length, buffer of all ranks' parts, of one part) until every owner's numbers are through.
    template <typename Round>
    static void rounds(const Kind& kind, const std::vector<Joined>& of_owner, StoredType dtype, const Round& round) {
        if (kind.parameters.empty() || kind.group->size() == 1) return;
        std::int64_t most = 0;
        for (const Joined& joined : of_owner) most = std::max(most, joined.size());
        const at::Tensor& like = kind.parameters.front().tensor;
        const auto options = like.options().requires_grad(false).dtype(reducedType(dtype, like));
        for (std::int64_t first = 0; first < most; first += kRound) {
            const std::int64_t length = std::min(kRound, most - first);
            at::Tensor all = at::zeros({length * kind.group->size()}, options), own = at::zeros({length}, options);
            round(first, length, all, own);
        }
    }

    void reduceToOwners(const Kind& kind, const std::vector<int>& owner) {
        const at::NoGradGuard no_gradient;
        for (const Parameter& parameter : kind.parameters) {
            if (!parameter.tensor.grad().defined()) parameter.tensor.mutable_grad() = at::zeros_like(parameter.tensor);
        }
        const std::vector<Joined> of_owner =
            byOwner(kind, owner, [](const at::Tensor& tensor) { return tensor.grad(); });
        const auto round = [&](std::int64_t first, std::int64_t length, at::Tensor& all, at::Tensor& own) {
            for (std::size_t r = 0; r < of_owner.size(); ++r) {
                const std::int64_t begin = static_cast<std::int64_t>(r) * length;
                of_owner[r].each(first, length, [&](const at::Tensor& part, std::int64_t at) {
                    all.narrow(0, begin + at, part.numel()).copy_(part);
                });
            }
            kind.group->reduceScatterSumAsync(own, all, "gradients")->wait();
            of_owner[static_cast<std::size_t>(kind.group->rank())].each(
                first, length, [&](at::Tensor part, std::int64_t at) {
                    part.copy_(own.narrow(0, at, part.numel())).div_(mesh_.size());
                });
        };
        rounds(kind, of_owner, reduce_dtype_, round);
        for (std::size_t i = 0; i < kind.parameters.size(); ++i) {
            if (kind.group->size() == 1) kind.parameters[i].tensor.mutable_grad().div_(mesh_.size());
            if (owner[i] != kind.group->rank()) kind.parameters[i].tensor.mutable_grad() = at::Tensor();
        }
    }

    std::array<std::vector<int>, 2> owners_;
};

}  // namespace

std::vector<Piece> wholePieces(const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
    std::vector<Piece> pieces;
    for (const auto& [name, tensor] : tensors) pieces.push_back({name, tensor, tensor.sizes().vec()});
    return pieces;
}

std::vector<int> owners(const std::vector<Parameter>& parameters, int ranks) {
    std::vector<std::int64_t> sums(static_cast<std::size_t>(ranks), 0);
    std::vector<int> owner;
    for (const Parameter& parameter : parameters) {
        const auto least = std::min_element(sums.begin(), sums.end());
        owner.push_back(static_cast<int>(least - sums.begin()));
        *least += parameter.tensor.numel();
    }
    return owner;
}

std::unique_ptr<Sharding> makeSharding(const RunConfig::Parallel& config, std::vector<Parameter> parameters,
                                       const Mesh& mesh) {
    switch (config.shard) {
        case Shard::kFsdp:
            return std::make_unique<FlatSharding>(parameters, mesh, config);
        case Shard::kOss:
            return std::make_unique<OwnerSharded>(std::move(parameters), mesh, config.reduce_dtype,
                                                  /*gradients_too=*/false);
        case Shard::kZero2:
            return std::make_unique<OwnerSharded>(std::move(parameters), mesh, config.reduce_dtype,
                                                  /*gradients_too=*/true);
        default:
            return std::make_unique<Replicated>(std::move(parameters), mesh, config.reduce_dtype);
    }
}

}  // namespace switchyard::parallel
