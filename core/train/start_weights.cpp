// SPDX-License-Identifier: MIT
#include "core/train/start_weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "core/base/util/error.h"
#include "core/base/util/random.h"
#include "core/checkpoint/checkpoint.h"
#include "core/eval/loaded_model.h"
#include "core/model/layers/draws.h"

namespace switchyard::train {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

at::Tensor normalLike(const at::Tensor& like, std::uint64_t key) {
    const std::int64_t rows = like.size(0), columns = like.numel() / rows;
    const at::Tensor keys = model::mixed(at::arange(rows, at::kLong) + static_cast<std::int64_t>(key >> 1));
    return model::normalRows(keys, columns, key, at::kFloat).view(like.sizes()).to(like.scalar_type());
}

/// Features of one copy, [hidden, ...] in its first dimension each: rows of fc1, its bias, columns of fc2 as rows.
struct Features {
    at::Tensor w1, b1, w2;
};

/// Draws `share` of the features anew with mean and deviation of those that they replace.
void redraw(Features& features, double share, std::uint64_t key) {
    const std::int64_t hidden = features.w1.size(0);
    const auto count = static_cast<std::int64_t>(std::llround(share * static_cast<double>(hidden)));
    if (count == 0) return;
    const at::Tensor order = model::uniformRows(at::arange(hidden, at::kLong), 1, key, at::kDouble).flatten().argsort();
    const at::Tensor chosen = order.narrow(0, 0, count);
    std::uint64_t part = 0;
    for (at::Tensor* tensor : {&features.w1, &features.b1, &features.w2}) {
        const at::Tensor old = tensor->index_select(0, chosen);
        const double mean = old.mean().item<double>(), deviation = old.numel() > 1 ? old.std().item<double>() : 0.0;
        tensor->index_copy_(0, chosen, normalLike(old, randomKey({key, ++part})) * deviation + mean);
    }
}

void disturb(Features& features, double noise, std::uint64_t key) {
    if (noise <= 0) return;
    std::uint64_t part = 16;
    for (at::Tensor* tensor : {&features.w1, &features.w2})
        tensor->add_(normalLike(*tensor, randomKey({key, ++part})), noise * tensor->std().item<double>());
}

class Starter {
public:
    Starter(const RunConfig& config, const model::ExpertShare& share, model::MultimodalModel& model)
        : config_(config), share_(share) {
        for (auto& item : model->named_parameters()) own_[item.key()] = item.value();
        for (auto& item : model->named_buffers()) own_[item.key()] = item.value();
    }

    void take(const std::string& encoder, const std::string& from) {
        Tensors theirs;
        for (auto& [name, tensor] : checkpoint::readWeights(eval::resolveModelFolder(from), encoder)) theirs[name] = tensor;
        if (theirs.empty())
            throw Error(ExitCode::kBadConfig, "The model has no " + encoder + "* weights", from, "Choose another init_from");
        for (auto& [name, tensor] : own_) {
            if (name.starts_with(encoder)) takeOne(name, tensor, theirs);
        }
        if (problems_.empty()) return;
        throw Error(ExitCode::kBadConfig, "The weights do not fit the configuration: " + problems_, from,
                    "Give model.text and model.vision the sizes of the model's own config.yaml");
    }

private:
    void problem(const std::string& text) { problems_ += (problems_.empty() ? "" : "; ") + text; }

    void takeOne(const std::string& name, at::Tensor& tensor, const Tensors& theirs) {
        const auto found = theirs.find(name);
        const std::string::size_type moe = name.find(".moe.");
        if (found == theirs.end() && moe != std::string::npos) return upcycle(name, tensor, name.substr(0, moe), theirs);
        if (found == theirs.end()) {
            if (name.find(".lora_") == std::string::npos) problem(name + " is missing");
            return;
        }
        at::Tensor from = found->second;
        const bool table = name.ends_with("position") && from.dim() == 2 && from.size(0) > tensor.size(0);
        if (table && name.starts_with("text.")) from = from.narrow(0, 0, tensor.size(0));
        if (from.sizes() != tensor.sizes()) {
            problem(name + " is " + c10::str(from.sizes()) + ", not " + c10::str(tensor.sizes()));
            return;
        }
        tensor.copy_(from);
    }

    /// One tensor of an MoE layer from block.ffn.*; the router only becomes equal within a copy's groups.
    void upcycle(const std::string& name, at::Tensor& tensor, const std::string& block, const Tensors& theirs) {
        const RunConfig::Upcycle& options = config_.model.moe.upcycle;
        const std::int64_t groups = options.groups;
        if (name.ends_with("router.weight")) {
            for (std::int64_t e = 0; groups > 1 && e < tensor.size(0); ++e) tensor[e].copy_(tensor[e / groups * groups].clone());
            return;
        }
        const std::string field = name.substr(name.rfind('.') + 1);
        if (field != "w1" && field != "w2" && field != "b1" && field != "b2") return;
        const auto of = [&](const char* part) {
            const auto found = theirs.find(block + ".ffn." + part);
            return found == theirs.end() ? at::Tensor() : found->second;
        };
        const at::Tensor fc1 = of("fc1.weight"), bias1 = of("fc1.bias"), fc2 = of("fc2.weight"), bias2 = of("fc2.bias");
        const std::int64_t hidden = config_.model.moe.hidden_dim;
        if (!fc1.defined() || !fc2.defined() || config_.model.moe.activation == Activation::kSwiGlu)
            return problem(block + " has no dense feed-forward to make experts of");
        if (fc1.size(0) != hidden * groups)
            return problem("experts of " + std::to_string(hidden) + " hidden features in " + std::to_string(groups) +
                           " group(s) can not be made of " + std::to_string(fc1.size(0)) + " (model.moe.hidden_dim)");
        const std::int64_t experts = tensor.size(0);
        for (std::int64_t i = 0; i < experts; ++i) {
            const std::int64_t expert = share_.rank * experts + i, first = expert % groups * hidden;
            if (field == "b2") {
                tensor[i].copy_(bias2);
                continue;
            }
            Features features{fc1.narrow(0, first, hidden).clone(), bias1.narrow(0, first, hidden).clone(),
                              fc2.narrow(1, first, hidden).t().clone()};
            const std::uint64_t key = randomKey({static_cast<std::uint64_t>(config_.run.seed), static_cast<std::uint64_t>(Stream::kInit),
                                                 model::nameKey(block), static_cast<std::uint64_t>(expert)});
            redraw(features, options.reinit, key);
            disturb(features, options.noise, key);
            if (field == "w1") tensor[i].copy_(features.w1.t());
            if (field == "b1") tensor[i].copy_(features.b1);
            if (field == "w2") tensor[i].copy_(features.w2 * static_cast<double>(groups));
        }
    }

    const RunConfig& config_;
    const model::ExpertShare& share_;
    Tensors own_;
    std::string problems_;
};

}  // namespace

void startFrom(const RunConfig& config, const model::ExpertShare& share, model::MultimodalModel& model) {
    const at::NoGradGuard no_gradient;
    const std::string &text = config.model.text.init_from, &vision = config.model.vision.init_from;
    if (!text.empty()) Starter(config, share, model).take("text.", text);
    if (!vision.empty() && config.task.kind != TaskKind::kText) Starter(config, share, model).take("vision.", vision);
}

}  // namespace switchyard::train
