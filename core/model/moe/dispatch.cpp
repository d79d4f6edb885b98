// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "core/model/moe/moe_layer.h"

namespace switchyard::model {

Dispatch makeDispatch(const RoutingRecord& record) {
    // Counting sort: rows stand by expert, within an expert in the order of tokens and choices.
    const at::Tensor experts = record.experts.cpu().contiguous(), dropped = record.dropped.cpu().contiguous();
    const auto* expert = experts.const_data_ptr<std::int64_t>();
    const auto* drop = dropped.const_data_ptr<bool>();
    const std::int64_t choices = experts.numel(), per_token = experts.size(1);
    Dispatch dispatch;
    dispatch.offsets.assign(static_cast<std::size_t>(record.num_experts) + 1, 0);
    for (std::int64_t i = 0; i < choices; ++i) {
        if (!drop[i]) ++dispatch.offsets[static_cast<std::size_t>(expert[i]) + 1];
    }
    for (std::size_t e = 1; e < dispatch.offsets.size(); ++e) dispatch.offsets[e] += dispatch.offsets[e - 1];
    const std::int64_t rows = dispatch.offsets.back();
    dispatch.row_token = at::empty({rows}, at::kLong);
    dispatch.row_choice = at::empty({rows}, at::kLong);
    auto* token = dispatch.row_token.mutable_data_ptr<std::int64_t>();
    auto* choice = dispatch.row_choice.mutable_data_ptr<std::int64_t>();
    std::vector<std::int64_t> next(dispatch.offsets.begin(), dispatch.offsets.end() - 1);
    for (std::int64_t i = 0; i < choices; ++i) {
        if (drop[i]) continue;
        const std::int64_t row = next[static_cast<std::size_t>(expert[i])]++;
        token[row] = i / per_token;
        choice[row] = i;
    }
    return dispatch;
}

}  // namespace switchyard::model
