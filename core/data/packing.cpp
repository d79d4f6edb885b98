// SPDX-License-Identifier: MIT
#include "core/data/packing.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "core/base/util/error.h"
#include "core/base/util/random.h"

namespace switchyard::data {

std::uint64_t textKey(const std::vector<std::int32_t>& tokens) {
    std::uint64_t key = tokens.size();
    for (const std::int32_t token : tokens) key = randomKey({key, static_cast<std::uint64_t>(token)});
    return key;
}

std::vector<std::int64_t> byLength(const std::vector<Row>& rows) {
    std::vector<std::int64_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return rows[static_cast<std::size_t>(a)].tokens.size() < rows[static_cast<std::size_t>(b)].tokens.size();
    });
    return order;
}

void inTurn(std::size_t count, const std::function<void(std::size_t)>& work) {
    for (std::size_t i = 0; i < count; ++i) work(i);
}

Batch pack(const std::vector<Row>& rows, const std::vector<std::int64_t>& order, std::int64_t side,
           const std::function<void(std::size_t, float*)>& render, const Spread& spread) {
    Batch batch;
    batch.size = static_cast<std::int64_t>(order.size());
    std::int64_t tokens = 0;
    for (const Row& row : rows) tokens += static_cast<std::int64_t>(row.tokens.size());
    const std::size_t kept = rows.empty() ? 0 : rows.front().patches.size();
    batch.token_ids = at::empty({tokens}, at::kLong);
    batch.token_positions = at::empty({tokens}, at::kLong);
    const bool typed = std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.types.empty(); });
    if (typed) batch.token_types = at::empty({tokens}, at::kLong);
    auto* types = typed ? batch.token_types.mutable_data_ptr<std::int64_t>() : nullptr;
    if (render) batch.images = at::empty({batch.size, 3, side, side}, at::kFloat);
    if (kept > 0) batch.patches = at::empty({batch.size, static_cast<std::int64_t>(kept)}, at::kLong);
    auto* ids = batch.token_ids.mutable_data_ptr<std::int64_t>();
    auto* positions = batch.token_positions.mutable_data_ptr<std::int64_t>();
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto index = static_cast<std::size_t>(order[i]);
        const Row& row = rows[index];
        ids = std::copy(row.tokens.begin(), row.tokens.end(), ids);
        positions = std::copy(row.positions.begin(), row.positions.end(), positions);
        if (typed && row.types.empty()) {
            types = std::fill_n(types, row.tokens.size(), 0);
        } else if (typed) {
            types = std::copy(row.types.begin(), row.types.end(), types);
        }
        if (row.task >= 0) {
            batch.tasks.push_back(row.task);
            batch.labels.push_back(row.label);
        }
        batch.text_lengths.push_back(static_cast<std::int64_t>(row.tokens.size()));
        batch.sample_ids.push_back(row.sample);
        batch.global_positions.push_back(row.global_position);
        batch.text_keys.push_back(row.text_key);
        if (row.patches.size() != kept) throw Error(ExitCode::kRunFailed, "Samples keep different numbers of patches");
        if (kept > 0) {
            std::copy(row.patches.begin(), row.patches.end(),
                      batch.patches.mutable_data_ptr<std::int64_t>() + i * kept);
        }
    }
    if (!render) return batch;
    auto* pixels = batch.images.mutable_data_ptr<float>();
    spread(order.size(), [&](std::size_t i) {
        render(static_cast<std::size_t>(order[i]), pixels + static_cast<std::int64_t>(i) * 3 * side * side);
    });
    return batch;
}

}  // namespace switchyard::data
