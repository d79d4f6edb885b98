// SPDX-License-Identifier: MIT
// A sparse mixture-of-experts FFN as three small things: gate (which experts, which weights), dispatcher (no
// parameters: sort by expert, combine), experts (two matrices each).
#pragma once

#include <torch/nn/cloneable.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/model/routing.h"

namespace switchyard::model {

struct MoeOptions {
    std::int64_t dim = 0;  ///< D
    RunConfig::Moe moe;
    std::uint64_t layer_key = 0;  ///< `layer` of random draws: hash of the layer's name
    std::string name;             ///< "fusion.blocks.0.moe"
    ExpertShare share;
};

/// What a router computes from tokens, before any choice.
struct RouterLogits {
    at::Tensor logits;  ///< [T, E] fp32 or fp64, with gradient
    at::Tensor noise;   ///< noisy_topk: [T, E] softplus of this plus 0.01 is the noise's scale; else undefined
    at::Tensor bias;    ///< topk with bias balancing: [E]; else undefined
};

/// Router: logits = x Wg in fp32 (fp64 in fp64) under every precision, then the gate's choice.
/// Parameters: `weight` [E, D]; noisy_topk also `noise_weight` [E, D], both from 0.
/// Buffers: topk with bias balancing `bias` [E], from 0.
class RouterImpl : public torch::nn::Module {
public:
    explicit RouterImpl(const MoeOptions& options);
    /// Shapes: x [T, D] -> logits [T, E], experts [T, K], weights [T, K], dropped [T, K].
    RoutingRecord forward(const at::Tensor& x, const TokenInfo& tokens, const ForwardContext& context);
    /// Bias balancing after an optimizer step: bias += rate * sign(mean load - load). Nothing without a bias.
    /// @param load [E] choices of all data ranks in this step, before dropping
    void balance(const at::Tensor& load);
    /// Chooses by this gate from now on; the weights stay what they are.
    void setGate(const RunConfig::Moe& moe) { options_.moe = moe; }
    /// Evaluation only: from now on no token is sent to other experts than these (rising numbers; empty = all may
    /// serve). As if the others' logits were -inf: they have no share of the probabilities, no choices and no slots.
    void mask(const std::vector<std::int64_t>& kept);
    at::Tensor weight, noise_weight, bias;
private:
    RoutingRecord amongKept(const at::Tensor& in, const TokenInfo& tokens, const ForwardContext& context);

    MoeOptions options_;
    at::Tensor kept_;  ///< [kept] int64; undefined: all
};
TORCH_MODULE(Router);

/// The gate's choice from logits: the code that training, evaluation and what-if replay share.
RoutingRecord route(const RouterLogits& router, const MoeOptions& options, const TokenInfo& tokens,
                    const ForwardContext& context);

/// Rows sorted by expert.
struct Dispatch {
    at::Tensor row_token;     ///< [R] int64, token of each sorted row (R = kept choices)
    at::Tensor row_choice;    ///< [R] int64, flat index t * K + k of the choice
    std::vector<std::int64_t> offsets;  ///< [E + 1] rows of expert e are offsets[e] .. offsets[e + 1]
};
Dispatch makeDispatch(const RoutingRecord& record);

struct ExpertFfnOptions {
    Activation activation = Activation::kGelu;
    bool recompute = false;  ///< the hidden features are computed again in the backward instead of kept
};

/// Experts' FFN over sorted rows, weighted and summed back to tokens; one custom autograd function.
/// Shapes: x [T, D], w1 [E, D, H], b1 [E, H] or undefined, w2 [E, H, D], b2 [E, D] or undefined,
/// weights [T, K] -> [T, D]. swiglu: w1 [E, D, 2H] and b1 [E, 2H], the gate's features first, then the values'
/// (Shazeer 2020, arXiv 2002.05202: silu(x W) * (x V)).
at::Tensor expertFfn(const at::Tensor& x, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2,
                     const at::Tensor& b2, const at::Tensor& weights, const Dispatch& dispatch, const ExpertFfnOptions& options);

/// The same for other devices than CPUs, from PyTorch's grouped products with counts that stay on the device: no
/// synchronisation with the host. D and H must be multiples of 16 bytes. Differs from expertFfn by rounding alone.
/// @param may_drop some choice may be dropped or absent; false saves three passes
at::Tensor groupedExpertFfn(const at::Tensor& x, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2, const at::Tensor& b2,
                            const RoutingRecord& record, Activation activation, bool may_drop);

/// The same with the experts shared out over the ranks of a group: rows travel to the ranks that have their experts and
/// back (counts first, then uneven all-to-all), and so do their gradients. All ranks of the group take part, with rows
/// or without. w1, b1, w2, b2 hold the rank's own experts. With `chunks` > 1 these are taken in so many parts, and the
/// rows of one part travel while another computes.
at::Tensor exchangedExpertFfn(const at::Tensor& x, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2, const at::Tensor& b2,
                              const RoutingRecord& record, const ExpertFfnOptions& options, parallel::Collectives& experts,
                              std::int64_t chunks);

/// Whether a parameter of a model is an experts' slab (below): these are what ranks share out.
bool isExpertParameter(const std::string& name);

/// Sees what each expert gives back, beside a forward on the CPU that has all experts.
class ExpertWatch {
public:
    virtual ~ExpertWatch() = default;
    /// @param outputs of a choice k: [T, D], what the token's k-th expert gives before it is weighed; 0 where there is
    ///     none or it was dropped. Computed when asked for
    virtual void see(const RoutingRecord& routing, const std::function<at::Tensor(std::int64_t k)>& outputs) = 0;
};

/// Parameters: `router.weight` [E, D]; of the rank's own experts `experts.w1` [E, D, H] (swiglu: [E, D, 2H]),
/// `experts.b1`, `experts.w2` [E, H, D], `experts.b2`.
class MoeLayerImpl : public torch::nn::Module {
public:
    explicit MoeLayerImpl(const MoeOptions& options);
    struct Output {
        at::Tensor y;  ///< [T, D]
        RoutingRecord routing;
    };
    Output forward(const at::Tensor& x, const TokenInfo& tokens, const ForwardContext& context);
    Router& router() { return router_; }
    /// Evaluation only: another gate over the same router and experts.
    void setGate(const RunConfig::Moe& moe);
    /// @param watch null: none; outlives the forwards
    void setWatch(ExpertWatch* watch) { watch_ = watch; }
    const std::string& layerName() const { return options_.name; }
private:
    Output compute(const at::Tensor& x, const TokenInfo& tokens, const ForwardContext& context);

    MoeOptions options_;
    Router router_{nullptr};
    std::shared_ptr<torch::nn::Module> experts_;
    ExpertWatch* watch_ = nullptr;
};
TORCH_MODULE(MoeLayer);

/// The MoE layers of a model, in the order in which its modules were registered.
std::vector<MoeLayerImpl*> moeLayersOf(const torch::nn::Module& model);

}  // namespace switchyard::model
