// SPDX-License-Identifier: MIT
// Rows of a run's routing probe. The sum is set right first, or nothing behind it would ever be read.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "core/base/runs/probe_layout.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    std::vector<std::uint8_t> bytes(data, data + size);
    runs::probe::Header header;
    if (size >= sizeof header) {
        std::memcpy(static_cast<void*>(&header), bytes.data(), sizeof header);
        const std::uint32_t sum = runs::probe::sumOf(header, bytes.data() + sizeof header, size - sizeof header);
        std::memcpy(bytes.data() + offsetof(runs::probe::Header, sum), &sum, sizeof sum);
    }
    runs::LayerRoutes routes;
    if (!fuzz::readsOrRefuses(ExitCode::kBadData, [&] { routes = runs::decodeProbe(bytes, "row"); })) return 0;
    const auto tokens = static_cast<std::size_t>(routes.num_tokens),
               choices = tokens * static_cast<std::size_t>(routes.num_choices);
    require(routes.experts.size() == choices && routes.weights.size() == choices && routes.dropped.size() == choices,
            "tables are whole");
    require(routes.logits.size() == tokens * static_cast<std::size_t>(routes.num_logits), "logits are whole");
    require(routes.entropy.size() == tokens && routes.log_sum_exp.size() == tokens, "every token has its sums");
    for (const std::int32_t id : routes.experts) require(id >= -1 && id < routes.num_experts, "choices are experts");
    for (const std::int32_t id : routes.logit_experts)
        require(id >= -1 && id < routes.num_experts, "logits are of experts");
    for (std::int64_t t = 0; t < std::min<std::int64_t>(routes.num_tokens, 64); ++t) {
        require(static_cast<std::int64_t>(routes.tokenLogits(t).size()) == routes.num_experts,
                "a token has a logit for every expert");
    }
    const runs::RouteSummary summary = runs::summaryOf(routes);
    require(static_cast<std::int64_t>(summary.load.size()) == routes.num_experts, "every expert has a load");
    return 0;
}
