// SPDX-License-Identifier: MIT
// Rows of a micro-batch laid into tensors: the one place that fills a Batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/data/batch.h"

namespace switchyard::data {

struct Row {
    std::vector<std::int32_t> tokens;
    std::vector<std::int32_t> positions;  ///< place of each token in its text before any was left out
    std::vector<std::uint8_t> types;      ///< of each token; empty = all 0
    std::vector<std::int32_t> patches;    ///< kept patches, rising; empty = all
    std::uint64_t sample = 0;
    std::int64_t global_position = 0;
    std::uint64_t text_key = 0;
    std::int64_t task = -1;  ///< of task.names; -1 = no labels in this batch
    double label = 0;
};

/// Key of a caption: equal for texts of equal tokens.
std::uint64_t textKey(const std::vector<std::int32_t>& tokens);

/// Places of `rows` by rising text length, equal ones in the order given.
std::vector<std::int64_t> byLength(const std::vector<Row>& rows);

/// Calls work(0) ... work(count - 1), in any order or at once.
using Spread = std::function<void(std::size_t count, const std::function<void(std::size_t)>& work)>;
void inTurn(std::size_t count, const std::function<void(std::size_t)>& work);

/// Packs rows[order[0]], rows[order[1]], ...; `render(index into rows, out [3, side, side])` draws a picture and
/// may be empty (no pictures); `spread` shares these calls out.
Batch pack(const std::vector<Row>& rows, const std::vector<std::int64_t>& order, std::int64_t side,
           const std::function<void(std::size_t, float*)>& render, const Spread& spread = inTurn);

}  // namespace switchyard::data
