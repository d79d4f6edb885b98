// SPDX-License-Identifier: MIT
#include "core/model/moe/aux_losses.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace switchyard::model {
namespace {

constexpr std::size_t slot(AuxLoss loss) {
    return static_cast<std::size_t>(loss);
}

bool looksAt(const std::vector<std::string>& modalities, Modality modality) {
    const char* name = modality == Modality::kText ? "text" : "image";
    return std::find(modalities.begin(), modalities.end(), name) != modalities.end();
}

/// Rows of one sum per rank, with gradient, that become sums over all ranks in one exchange.
class JointSums {
public:
    /// @param row any shape, fp32 or fp64
    std::size_t add(const at::Tensor& row) {
        rows_.push_back(row);
        return rows_.size() - 1;
    }

    /// @param global false leaves each rank its own sums
    void exchange(bool global, parallel::Collectives& collectives) {
        if (!global || rows_.empty()) return;
        std::vector<at::Tensor> flat;
        for (const at::Tensor& row : rows_) flat.push_back(row.detach().to(at::kDouble).flatten());
        at::Tensor all = at::cat(flat);
        collectives.allReduceSum(all, "aux_losses");
        const auto ranks = static_cast<double>(collectives.size());
        std::int64_t next = 0;
        for (at::Tensor& row : rows_) {
            const at::Tensor sum = all.narrow(0, next, row.numel()).view(row.sizes()).to(row.options());
            next += row.numel();
            // The value of the sum, and a gradient times the ranks: the mean over ranks then is the whole gradient.
            row = row.requires_grad() ? sum + (row - row.detach()) * ranks : sum;
        }
    }

    const at::Tensor& operator[](std::size_t index) const { return rows_[index]; }

private:
    std::vector<at::Tensor> rows_;
};

at::Tensor squaredVariation(const at::Tensor& values) {
    if (values.numel() < 2) return values.sum() * 0;
    return values.var(/*unbiased=*/true) / (values.mean().square() + 1e-10);
}

/// H(p) of rows in nats; 0 log 0 = 0.
at::Tensor entropy(const at::Tensor& probs) {
    return at::special_entr(probs).sum(-1);
}

at::Tensor gateSums(const RoutingRecord& record) {
    const at::Tensor flat = record.gates.flatten();
    const at::Tensor expert = record.experts.clamp_min(0).flatten();  // a missing choice has the gate value 0
    return at::zeros({record.num_experts}, flat.options()).index_add(0, expert, flat);
}

}  // namespace

const char* auxLossName(AuxLoss loss) {
    switch (loss) {
        case AuxLoss::kBalance: return "balance";
        case AuxLoss::kZ: return "z";
        case AuxLoss::kImportance: return "importance";
        case AuxLoss::kLoad: return "load";
        case AuxLoss::kLimoeLocal: return "limoe_local";
        default: return "limoe_global";
    }
}

double auxLossWeight(AuxLoss loss, const RunConfig::Losses& losses) {
    switch (loss) {
        case AuxLoss::kBalance: return losses.balance;
        case AuxLoss::kZ: return losses.z;
        case AuxLoss::kImportance: return losses.importance;
        case AuxLoss::kLoad: return losses.load;
        case AuxLoss::kLimoeLocal: return losses.limoe_local;
        default: return losses.limoe_global;
    }
}

AuxLosses auxLosses(const RoutingRecord& record, const RunConfig::Losses& losses, parallel::Collectives& collectives) {
    const at::Tensor& probs = record.probs;
    const std::int64_t experts = record.num_experts, tokens = probs.size(0);
    const auto options = probs.options().requires_grad(false);
    const auto counted = [&](std::int64_t value) { return at::full({1}, static_cast<double>(value), options.dtype(at::kDouble)); };
    const bool local = losses.limoe_local > 0, global = losses.limoe_global > 0;

    JointSums always;  // z is a mean over the joined batch whatever the flag says
    const std::size_t all_tokens = always.add(counted(tokens));
    always.exchange(true, collectives);

    JointSums sums;
    const std::size_t own_tokens = sums.add(counted(tokens)), prob_sum = sums.add(probs.sum(0));
    std::size_t first = 0, gate_sum = 0, load_sum = 0;
    if (!record.expert_choice) first = sums.add(at::bincount(record.experts.select(1, 0), {}, experts).to(at::kDouble));
    const bool importance = losses.importance > 0, load = losses.load > 0 && record.load.defined();
    if (importance) gate_sum = sums.add(gateSums(record));
    if (load) load_sum = sums.add(record.load.sum(0));
    struct OfModality {
        std::size_t tokens, probs, entropy;
    };
    std::vector<std::pair<Modality, OfModality>> modalities;
    if (local || global) {
        const at::Tensor per_token = entropy(probs);
        for (const Modality modality : {Modality::kText, Modality::kImage}) {
            const at::Tensor mine = record.modality.to(probs.device()).eq(static_cast<std::int8_t>(modality)).to(probs.scalar_type());
            modalities.emplace_back(modality, OfModality{sums.add(mine.sum().view({1}).to(at::kDouble)), sums.add(mine.matmul(probs)),
                                                         sums.add(mine.dot(per_token).view({1}))});
        }
    }
    sums.exchange(losses.global_balance, collectives);

    AuxLosses out;
    const double joint = std::max(1.0, always[all_tokens].item<double>());
    out[slot(AuxLoss::kZ)] = record.logits.logsumexp(-1).square().sum() * (static_cast<double>(collectives.size()) / joint);
    const double count = std::max(1.0, sums[own_tokens].item<double>());
    if (!record.expert_choice) {
        if (record.balance_pull && sums[prob_sum].requires_grad()) {
            sums[prob_sum].register_hook([cell = record.balance_pull, count](const at::Tensor& gradient) {
                const at::Tensor of_means = gradient.detach() * count;
                *cell = cell->defined() ? *cell + of_means : of_means;
            });
        }
        const at::Tensor share = (sums[first] / count).to(probs.scalar_type());
        out[slot(AuxLoss::kBalance)] = share.dot(sums[prob_sum]) * (static_cast<double>(experts) / count);
    }
    if (importance) out[slot(AuxLoss::kImportance)] = squaredVariation(sums[gate_sum]);
    if (load) out[slot(AuxLoss::kLoad)] = squaredVariation(sums[load_sum]);
    for (const auto& [modality, sum] : modalities) {
        const double of_modality = sums[sum.tokens].item<double>();
        if (of_modality < 0.5) continue;
        const auto into = [&](AuxLoss loss, const at::Tensor& value) {
            at::Tensor& term = out[slot(loss)];
            term = term.defined() ? term + value : value;
        };
        if (local && looksAt(losses.limoe_local_on, modality)) into(AuxLoss::kLimoeLocal, (sums[sum.entropy] / of_modality).squeeze());
        if (!global || !looksAt(losses.limoe_global_on, modality)) continue;
        const double wanted = modality == Modality::kText ? losses.limoe_text_experts : losses.limoe_image_experts;
        into(AuxLoss::kLimoeGlobal, (std::log(wanted) - entropy(sums[sum.probs] / of_modality)).clamp_min(0));
    }
    return out;
}

}  // namespace switchyard::model
