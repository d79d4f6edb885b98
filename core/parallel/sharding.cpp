// SPDX-License-Identifier: MIT
#include "core/parallel/sharding.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>

#include "core/parallel/fsdp.h"
#include "core/parallel/joined.h"

namespace switchyard::parallel {
namespace {

/// Numbers that a rank sends in one round of an exchange of pieces.
constexpr std::int64_t kRound = std::int64_t{1} << 21;

/// Numbers whose squares are summed together, whatever the number of threads.
constexpr std::int64_t kNormChunk = 1 << 16;

/// Sum of squares in fp64 of fp32 or fp64 numbers that lie in a row.
template <typename T>
double sumOfSquares(const T* values, std::int64_t count) {
    std::array<double, 16> sums{};
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        for (std::size_t lane = 0; lane < 16; ++lane) {
            const auto value = static_cast<double>(values[i + static_cast<std::int64_t>(lane)]);
            sums[lane] += value * value;
        }
    }
    for (; i < count; ++i) sums[0] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double summed(double value, Collectives& group, const at::Tensor& like, const char* name) {
    at::Tensor sum = at::full({1}, value, like.options().dtype(at::kDouble).requires_grad(false));
    group.allReduceSum(sum, name);
    return sum.item<double>();
}

/// One flat buffer in flight.
struct Bucket {
    at::Tensor flat;
    std::vector<at::Tensor> gradients;
    std::unique_ptr<Pending> pending;
};

void start(Bucket& bucket, Collectives& collectives, at::ScalarType type) {
    std::vector<at::Tensor> parts;
    for (const at::Tensor& gradient : bucket.gradients) parts.push_back(gradient.reshape({-1}));
    bucket.flat = at::cat(parts).to(type);
    bucket.pending = collectives.allReduceSumAsync(bucket.flat, "gradients");
}

void finishBucket(Bucket& bucket, int divisor) {
    bucket.pending->wait();
    bucket.flat = bucket.flat.to(bucket.gradients.front().scalar_type()).div_(divisor);
    std::int64_t offset = 0;
    for (at::Tensor& gradient : bucket.gradients) {
        gradient.copy_(bucket.flat.narrow(0, offset, gradient.numel()).view(gradient.sizes()));
        offset += gradient.numel();
    }
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

/// Every rank holds whole parameters between steps.
class WholeParameters : public Sharding {
public:
    WholeParameters(std::vector<Parameter> parameters, const Mesh& mesh, StoredType reduce_dtype)
        : parameters_(std::move(parameters)),
          mesh_(mesh),
          reduce_dtype_(reduce_dtype),
          kinds_(kinds(parameters_, mesh)) {}
    std::vector<Piece> weights() const override {
        std::vector<Piece> pieces;
        for (const Parameter& parameter : parameters_) pieces.push_back(wholeOf(parameter, mesh_));
        return pieces;
    }
    const std::vector<Piece>& updated() const override { return updated_; }
    void begin() override {
        for (const Parameter& parameter : parameters_) parameter.tensor.mutable_grad() = at::Tensor();
        own_squares_.reset();
    }
    bool ownGradientsFinite() override {
        own_squares_ = squaredGradients(kinds_[0].tensors()) + squaredGradients(kinds_[1].tensors());
        return std::isfinite(*own_squares_);
    }

protected:
    std::vector<Parameter> parameters_;
    const Mesh& mesh_;
    StoredType reduce_dtype_;
    std::array<Kind, 2> kinds_;
    std::vector<Piece> updated_;
    std::optional<double> own_squares_;  ///< of this rank's gradients, once they were looked at
};

class Replicated final : public WholeParameters {
public:
    Replicated(std::vector<Parameter> parameters, const Mesh& mesh, StoredType reduce_dtype)
        : WholeParameters(std::move(parameters), mesh, reduce_dtype) {
        for (const Parameter& parameter : parameters_) {
            if (parameter.trained()) updated_.push_back(wholeOf(parameter, mesh));
        }
    }
    void finish() override {
        for (const Kind& kind : kinds_) averageGradients(kind.tensors(), *kind.group, mesh_.size(), reduce_dtype_);
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
        : WholeParameters(std::move(parameters), mesh, reduce_dtype), gradients_too_(gradients_too) {
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
        for (std::size_t k = 0; k < kinds_.size(); ++k) {
            if (gradients_too_) {
                reduceToOwners(kinds_[k], owners_[k]);
            } else {
                averageGradients(kinds_[k].tensors(), *kinds_[k].group, mesh_.size(), reduce_dtype_);
            }
        }
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

    bool gradients_too_;
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

double squaredNorm(const at::Tensor& tensor) {
    const bool plain = tensor.device().is_cpu() && tensor.is_non_overlapping_and_dense() &&
                       (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble);
    if (!plain) {
        const double norm = at::linalg_vector_norm(tensor, 2, std::nullopt, false, at::kDouble).item<double>();
        return norm * norm;
    }
    const std::int64_t count = tensor.numel(), chunks = (count + kNormChunk - 1) / kNormChunk;
    std::vector<double> sums(static_cast<std::size_t>(chunks));
    at::parallel_for(0, chunks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t chunk = begin; chunk < end; ++chunk) {
            const std::int64_t first = chunk * kNormChunk, length = std::min(kNormChunk, count - first);
            sums[static_cast<std::size_t>(chunk)] = tensor.scalar_type() == at::kFloat
                                                        ? sumOfSquares(tensor.const_data_ptr<float>() + first, length)
                                                        : sumOfSquares(tensor.const_data_ptr<double>() + first, length);
        }
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double squaredGradients(const std::vector<at::Tensor>& tensors) {
    double sum = 0;
    for (const at::Tensor& tensor : tensors) {
        if (tensor.grad().defined()) sum += squaredNorm(tensor.grad());
    }
    return sum;
}

at::ScalarType reducedType(StoredType reduce_dtype, const at::Tensor& gradient) {
    return reduce_dtype == StoredType::kBf16 ? at::kBFloat16 : gradient.scalar_type();
}

void averageGradients(const std::vector<at::Tensor>& parameters, Collectives& collectives, int divisor,
                      StoredType reduce_dtype, std::int64_t bucket_bytes) {
    const at::NoGradGuard no_gradient;
    for (const at::Tensor& parameter : parameters) {
        if (!parameter.grad().defined()) parameter.mutable_grad() = at::zeros_like(parameter);
    }
    if (collectives.size() == 1) {  // nothing to add; saves two copies of every gradient
        if (divisor == 1) return;
        for (const at::Tensor& parameter : parameters) parameter.mutable_grad().div_(divisor);
        return;
    }
    constexpr std::size_t kInFlight = 2;  // more only cost memory
    std::deque<Bucket> buckets;
    std::int64_t bytes = 0;
    const auto send = [&] {
        if (buckets.empty()) return;
        start(buckets.back(), collectives, reducedType(reduce_dtype, buckets.back().gradients.front()));
        if (buckets.size() <= kInFlight) return;
        finishBucket(buckets.front(), divisor);
        buckets.pop_front();
    };
    for (const at::Tensor& parameter : parameters) {
        const at::Tensor gradient = parameter.grad();
        const bool fits = !buckets.empty() && bytes + static_cast<std::int64_t>(gradient.nbytes()) <= bucket_bytes &&
                          buckets.back().gradients.front().scalar_type() == gradient.scalar_type();
        if (!fits) {
            send();
            buckets.emplace_back();
            bytes = 0;
        }
        buckets.back().gradients.push_back(gradient);
        bytes += static_cast<std::int64_t>(gradient.nbytes());
    }
    send();
    for (Bucket& bucket : buckets) finishBucket(bucket, divisor);
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
