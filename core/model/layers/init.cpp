// SPDX-License-Identifier: MIT
#include "core/model/layers/init.h"

#include <cmath>
#include <numbers>
#include <string_view>

#include "core/base/util/random.h"
#include "core/model/layers/compute_type.h"
#include "core/model/layers/draws.h"

namespace switchyard::model {
namespace {

bool endsWith(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

void fillUniform(at::Tensor& tensor, std::uint64_t key, double bound, std::int64_t first = 0) {
    withType(tensor, [&](auto value) {
        using T = decltype(value);
        T* out = tensor.mutable_data_ptr<T>();
        RandomSequence draws(key, static_cast<std::uint64_t>(first));
        for (std::int64_t i = 0; i < tensor.numel(); ++i) out[i] = static_cast<T>(draws.uniform(-bound, bound));
    });
}

void fillNormal(at::Tensor& tensor, std::uint64_t key, double deviation) {
    withType(tensor, [&](auto value) {
        using T = decltype(value);
        T* out = tensor.mutable_data_ptr<T>();
        RandomSequence draws(key);
        for (std::int64_t i = 0; i < tensor.numel(); ++i) {
            // Box-Muller; one of the pair is enough.
            const double radius = std::sqrt(-2.0 * std::log(1.0 - draws.uniform()));
            out[i] = static_cast<T>(deviation * radius * std::cos(2.0 * std::numbers::pi * draws.uniform()));
        }
    });
}

bool isNoisyRouter(const torch::OrderedDict<std::string, at::Tensor>& names, const std::string& name) {
    constexpr std::string_view kWeight = "router.weight";
    return endsWith(name, kWeight) && names.contains(name.substr(0, name.size() - std::string_view("weight").size()) + "noise_weight");
}

bool isLoraB(std::string_view name) {
    return name.find(".lora_") != std::string_view::npos && endsWith(name, "_b");
}

}  // namespace

void initialise(torch::nn::Module& model, std::uint64_t seed, ExpertShare share) {
    const at::NoGradGuard no_grad;
    auto names = model.named_parameters();
    for (auto& entry : names) {
        const std::string& name = entry.key();
        at::Tensor& tensor = entry.value();
        const std::uint64_t key = randomKey({seed, static_cast<std::uint64_t>(Stream::kInit), nameKey(name)});
        if (endsWith(name, "norm.weight")) {
            tensor.fill_(1);
        } else if (endsWith(name, "router.noise_weight") || isNoisyRouter(names, name)) {
            tensor.zero_();  // both start at 0, so that all experts are equal (Shazeer et al. 2017, appendix A)
        } else if (endsWith(name, "bias") || endsWith(name, ".b1") || endsWith(name, ".b2") || isLoraB(name)) {
            tensor.zero_();
        } else if (endsWith(name, "logit_scale")) {
            tensor.fill_(std::log(1.0 / 0.07));
        } else if (endsWith(name, "embedding.weight") || endsWith(name, "class_embedding") || endsWith(name, "position") || endsWith(name, "router.weight")) {
            fillNormal(tensor, key, 0.02);
        } else if (endsWith(name, ".w1") || endsWith(name, ".w2")) {
            fillUniform(tensor, key, 1.0 / std::sqrt(static_cast<double>(tensor.size(1))), share.rank * tensor.numel());
        } else {
            const double fan_in = static_cast<double>(tensor.numel()) / static_cast<double>(tensor.size(0));
            // Convolutions of a stem have no norm between them, only a GELU: they start so that the signal keeps its
            // size (He et al. 2015), else four of them shrink it a hundredfold and the picture is lost beside its positions.
            const double gain = name.find("convs.") != std::string::npos ? 6.0 : 1.0;
            fillUniform(tensor, key, std::sqrt(gain / fan_in));
        }
    }
}

}  // namespace switchyard::model
