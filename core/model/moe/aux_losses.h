// SPDX-License-Identifier: MIT
// Auxiliary losses of a router: what keeps experts in use and logits small.
#pragma once

#include <array>

#include "core/base/config/run_config.h"
#include "core/model/routing.h"

namespace switchyard::model {

enum class AuxLoss : std::uint8_t { kBalance, kZ, kImportance, kLoad, kLimoeLocal, kLimoeGlobal };
constexpr std::size_t kAuxLosses = 6;
/// "balance", "z", "importance", ...: the name in the config and in the tag loss/NAME.
const char* auxLossName(AuxLoss loss);
double auxLossWeight(AuxLoss loss, const RunConfig::Losses& losses);

/// One value for each loss, unscaled; undefined where a loss was not computed.
using AuxLosses = std::array<at::Tensor, kAuxLosses>;

/// The losses of one layer. Balance and z always (they are logged), except that a gate without choices by tokens has
/// no balance loss; the others where their weight is above 0. Each is scaled so that the mean over ranks of values
/// and of gradients is that of the joined batch (without `global_balance` each rank's own sums count, z excepted).
///
/// With T tokens, p = probs, f_e = share of first choices of expert e before dropping (no gradient):
///   balance       E sum_e f_e mean_t p_te; 1 when routing is uniform      Fedus et al. 2021 (arXiv 2101.03961) eq. 4
///   z             mean_t logsumexp(logits_t)^2                            Zoph et al. 2022 (arXiv 2202.08906) eq. 5
///   importance    CV^2 over experts of sum_t gates                        Shazeer et al. 2017 (arXiv 1701.06538) eq. 6
///   load          CV^2 over experts of sum_t Phi(...)                     the same, eq. 8 to 11
///   limoe_local   sum over modalities of mean_t H(p_t)                    Mustafa et al. 2022 (arXiv 2206.02770) sec. 2.2
///   limoe_global  sum over modalities of max(0, log S - H(mean_t p_t))    the same
/// CV^2 = unbiased variance / (mean^2 + 1e-10). A modality without tokens adds nothing.
AuxLosses auxLosses(const RoutingRecord& record, const RunConfig::Losses& losses, parallel::Collectives& collectives);

}  // namespace switchyard::model
