// SPDX-License-Identifier: MIT
// Where one MoE layer sent the tokens of one sample, as plain vectors: what a run's probes, the answers of a worker and
// trace files all give.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::runs {

/// Shapes: T tokens (first the text's, then the picture's), E experts, K choices a token, M logits known a token.
/// A table [T, K] lies row by row: choice k of token t is at t * num_choices + k.
struct LayerRoutes {
    std::string layer;  ///< "fusion.blocks.0.moe"
    std::int64_t num_tokens = 0, text_tokens = 0, num_experts = 0, num_choices = 0;
    bool sigmoid = false;               ///< scores are sigmoids of the logits (model.moe.score), not their softmax
    std::vector<std::int32_t> experts;  ///< [T, K] best first; -1 = none (expert_choice only)
    std::vector<float> weights;         ///< [T, K] after dropping
    std::vector<std::uint8_t> dropped;  ///< [T, K] 1 = dropped for capacity; also where there is no choice
    std::vector<float> logits;          ///< [T, M]; all of them (M = E) stand in the order of the experts
    std::int64_t num_logits = 0;        ///< M
    std::vector<std::int32_t> logit_experts;  ///< [T, M] whose logits those are, best first, -1 = no more; empty: all
    std::vector<float> log_sum_exp;           ///< [T] of all logits
    std::vector<float> entropy;               ///< [T] of the router's probabilities, in nats
    std::vector<float> bias;                  ///< [E] selection bias (bias_balance); empty = none
    bool rounded = false;                     ///< logits are not the router's own bits

    bool isText(std::int64_t token) const { return token < text_tokens; }
    bool allLogits() const { return logit_experts.empty(); }
    /// All logits of a token, [E]. Those that are not known share evenly what is left of the sum.
    std::vector<float> tokenLogits(std::int64_t token) const;
    /// What a router would say of these logits: fills log_sum_exp and entropy. Needs all logits.
    void summarise();
};

/// What a layer's routes add up to.
struct RouteSummary {
    std::vector<std::int64_t> load, text_load, image_load;  ///< [E] choices before dropping
    double entropy = 0;                                     ///< mean over tokens, nats
    double max_violation = 0;                               ///< largest load over the mean load, minus 1
    double dropped = 0;                                     ///< share of choices
    std::int64_t dead = 0;                                  ///< experts without a choice
};
RouteSummary summaryOf(const LayerRoutes& routes);

/// How two routings of the same tokens differ, in any order of a token's choices.
struct RouteChanges {
    std::int64_t choices = 0;  ///< of `after`, whose expert the token did not have before
    std::int64_t tokens = 0;   ///< with another set of experts
    std::int64_t drops = 0;    ///< choices of both that only one of them dropped
};
/// Throws: Error(kUsage) when they are not of as many tokens.
RouteChanges changesBetween(const LayerRoutes& before, const LayerRoutes& after);

}  // namespace switchyard::runs
