// SPDX-License-Identifier: MIT
#include "core/base/plan/product_code.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace switchyard::plan {
namespace {

constexpr double kCapacity = 1024;          ///< ONEDNN_PRIMITIVE_CACHE_CAPACITY, if it is not set
constexpr double kEach = 0.67 * (1 << 20);  ///< measured, docs/planning.md
constexpr double kDirections = 3;           ///< forward, to the input, to the weight

}  // namespace

double differentSums(const DataFacts& facts, double samples, double passes) {
    // Of lengths that are not known, texts of one length are the wrong guess here: hardly any two batches are alike.
    if (!facts.measured) return passes;
    const auto count = static_cast<double>(facts.lengths.size());
    const double mean = std::accumulate(facts.lengths.begin(), facts.lengths.end(), 0.0) / count;
    double variance = 0;
    for (const double length : facts.lengths) variance += (length - mean) * (length - mean) / count;
    const double deviation = std::sqrt(variance * samples);
    if (deviation < 0.3) return 1;
    // A sum of many lengths is about normal: each whole number with its own chance to be met.
    double different = 0;
    const double reach = std::ceil(6 * deviation);
    for (double at = -reach; at <= reach; ++at) {
        const double chance = std::exp(-0.5 * at * at / (deviation * deviation)) / (deviation * std::sqrt(2 * M_PI));
        different += 1 - std::pow(1 - std::min(1.0, chance), passes);
    }
    return std::max(1.0, std::min(different, passes));
}

double productCodeBytes(const Products& products, const PassInput& input, const RunConfig& config,
                        const DataFacts& facts, double passes) {
    const Precision precision = config.train.precision;
    if (precision != Precision::kBf16 && precision != Precision::kFp16) return 0;
    double pairs = 0;
    for (const LengthRun& run : input.pairs) pairs += run.samples;
    const double tokens = input.images > 0 ? imageTokens(config) : 0;
    const std::array<double, 6> steady = {
        input.samples, pairs, input.images * tokens, input.images * (tokens - 1), pairs * tokens, input.samples * 2};
    double texts = 0;
    for (const LengthRun& run : input.texts) texts += run.rows();
    // In pairs an anchor's text stands twice, and another one beside it: their sum spreads wider than the batch's.
    const double of_texts = differentSums(facts, input.samples, passes);
    const double of_pairs =
        config.task.kind == TaskKind::kMultimodal ? differentSums(facts, 5 * pairs / 3, passes) : of_texts;
    double made = 0;
    for (const Products::Size& size : products.sizes()) {
        const bool fixed = std::find(steady.begin(), steady.end(), size.rows) != steady.end();
        made += kDirections * (fixed ? 1 : size.rows == texts ? of_texts : of_pairs);
    }
    return kEach * std::min(kCapacity, made);
}

}  // namespace switchyard::plan
