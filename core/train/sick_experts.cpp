// SPDX-License-Identifier: MIT
#include "core/train/sick_experts.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/model/moe/moe_layer.h"

namespace switchyard::train {
namespace {

constexpr std::size_t kNamed = 4;

/// "fusion.blocks.0.moe.experts.w1" -> "fusion.blocks.0.moe"
std::string layerOf(const std::string& parameter) {
    return parameter.substr(0, parameter.rfind(".experts."));
}

}  // namespace

std::vector<SickExpert> sickExperts(const Assembly& assembly) {
    // Every rank has a part of every layer or none; the model's names are the same on all.
    std::map<std::string, std::int64_t> first;
    const std::int64_t experts = assembly.config.model.moe.experts;
    for (const auto& item : assembly.model->named_parameters())
        if (model::isExpertParameter(item.key())) first.try_emplace(layerOf(item.key()), 0);
    std::int64_t places = 0;
    for (auto& [layer, place] : first) place = std::exchange(places, places + experts);
    if (places == 0) return {};
    at::Tensor sick = at::zeros({places}, at::kDouble);
    auto* flags = sick.mutable_data_ptr<double>();
    const at::NoGradGuard no_gradient;
    for (const parallel::Piece& piece : assembly.sharding->weights()) {
        const auto place = model::isExpertParameter(piece.name) ? first.find(layerOf(piece.name)) : first.end();
        if (place == first.end() || piece.tensor.numel() == 0) continue;
        std::int64_t of_one = 1;
        for (std::size_t i = 1; i < piece.global_shape.size(); ++i) of_one *= piece.global_shape[i];
        const at::Tensor bad = at::isfinite(piece.tensor.flatten()).logical_not().nonzero().flatten().cpu();
        const auto* at_number = bad.const_data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < bad.numel(); ++i) {
            const std::int64_t expert = (piece.first + at_number[i]) / of_one;
            if (expert < experts) flags[place->second + expert] = 1;
        }
    }
    sick = sick.to(assembly.device);
    assembly.mesh->world().allReduceSum(sick, "sick_experts");
    sick = sick.cpu();
    const auto* all = sick.const_data_ptr<double>();
    std::vector<SickExpert> found;
    for (const auto& [layer, place] : first)
        for (std::int64_t e = 0; e < experts; ++e)
            if (all[place + e] > 0) found.push_back({layer, static_cast<int>(e)});
    return found;
}

std::string describe(const std::vector<SickExpert>& experts) {
    std::string text;
    for (std::size_t i = 0; i < std::min(experts.size(), kNamed); ++i)
        text += (i > 0 ? ", " : "") + experts[i].layer + " expert " + std::to_string(experts[i].expert);
    if (experts.size() > kNamed) text += " and " + std::to_string(experts.size() - kNamed) + " more";
    return text;
}

NonFiniteError::NonFiniteError(std::int64_t step, const std::string& where, std::vector<SickExpert> experts)
    : Error(ExitCode::kNonFinite,
            "The loss or a gradient is not finite in step " + std::to_string(step) +
                (experts.empty() ? std::string() : "; weights that are not finite: " + describe(experts)),
            where, "Lower optim.lr, raise optim.warmup_steps, or resume from the last checkpoint"),
      step_(step),
      experts_(std::move(experts)) {}

}  // namespace switchyard::train
