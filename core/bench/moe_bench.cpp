// SPDX-License-Identifier: MIT
#include "core/bench/moe_bench.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "core/bench/timing.h"
#include "core/model/layers/init.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/mesh.h"
#include "core/train/peak_memory.h"
#include "core/train/precision_scope.h"

namespace switchyard::bench {
namespace {

at::ScalarType rowType(Precision precision) {
    return precision == Precision::kFp64 ? at::kDouble : precision == Precision::kBf16 ? at::kBFloat16 : at::kFloat;
}

}  // namespace

double gemmCeiling(Precision precision) {
    const at::NoGradGuard no_grad;
    constexpr std::int64_t kSide = 1024;
    const at::Tensor a = at::randn({kSide, kSide}).to(rowType(precision)),
                     b = at::randn({kSide, kSide}).to(rowType(precision));
    at::Tensor out = at::empty({kSide, kSide}, a.options());
    double best = 1e30;
    for (int i = 0; i < 18; ++i) best = std::min(best, millisecondsOf([&] { at::mm_out(out, a, b); }));
    return 2.0 * kSide * kSide * kSide / best / 1e6;
}

nlohmann::json benchMoe(const MoeCase& which) {
    train::keepFreedMemory();  // as a rank does
    at::manual_seed(1);
    const double ceiling_before = gemmCeiling(which.precision);
    model::MoeOptions options;
    options.dim = which.dim;
    options.moe = which.moe;
    options.name = "bench.moe";
    options.layer_key = 1;
    model::MoeLayer layer(options);
    if (which.bf16_weights) {
        for (auto& item : layer->named_parameters()) {
            if (model::isExpertParameter(item.key()))
                item.value().set_data(at::empty(item.value().sizes(), at::kBFloat16));
        }
    }
    model::initialise(*layer, 1);
    if (which.precision == Precision::kFp64) layer->to(at::kDouble);

    const parallel::Mesh alone;
    model::ForwardContext context;
    context.training = true;
    context.mesh = &alone;
    model::TokenInfo tokens;
    tokens.modality = at::zeros({which.tokens}, at::kChar);
    tokens.keys = at::arange(which.tokens, at::kLong);
    const auto type = at::TensorOptions().dtype(rowType(which.precision));
    const at::Tensor upstream = at::randn({which.tokens, which.dim}).to(type);
    std::vector<at::Tensor> inputs;
    for (int i = 0; i < 4; ++i) inputs.push_back(at::randn({which.tokens, which.dim}).to(type).requires_grad_());

    const auto step = [&](std::int64_t index) {
        context.step = index;
        at::Tensor& x = inputs[static_cast<std::size_t>(index) % inputs.size()];
        x.mutable_grad() = at::Tensor();
        for (at::Tensor& parameter : layer->parameters()) parameter.mutable_grad() = at::Tensor();
        at::Tensor y;
        {
            const train::PrecisionScope precision(which.precision, at::kCPU);
            y = layer(x, tokens, context).y;
        }
        y.backward(upstream.to(y.scalar_type()));
    };
    std::vector<double> times;
    for (int i = 0; i < kWarmUps; ++i) step(i);
    for (int i = 0; i < which.repeats; ++i) times.push_back(millisecondsOf([&] { step(kWarmUps + i); }));
    const auto [ms, median_ms] = summary(times);
    // Before and after: on a shared machine either may fall into a slow moment.
    const double ceiling = std::max(ceiling_before, gemmCeiling(which.precision));
    const double matrices = which.moe.activation == Activation::kSwiGlu ? 18.0 : 12.0;
    const double flops = matrices * static_cast<double>(which.moe.top_k * which.dim) *
                         static_cast<double>(which.moe.hidden_dim * which.tokens);
    return {{"experts", which.moe.experts},
            {"dim", which.dim},
            {"hidden", which.moe.hidden_dim},
            {"tokens", which.tokens},
            {"weights", which.bf16_weights                    ? "bf16"
                        : which.precision == Precision::kFp64 ? "fp64"
                                                              : "fp32"},
            {"ranks", 1},
            {"ms", ms},
            {"median_ms", median_ms},
            {"tokens_per_s", static_cast<double>(which.tokens) / ms * 1e3},
            {"gflops", flops / ms / 1e6},
            {"ceiling_gflops", ceiling},
            {"share_of_ceiling", flops / ms / 1e6 / ceiling},
            {"peak_rss_bytes", train::peakMemoryBytes()}};
}

}  // namespace switchyard::bench
