// SPDX-License-Identifier: MIT
// Approximate search of many vectors: a graph of near neighbours over vectors of 8 bits a number. What it finds is
// scored again with the full vectors by whoever asks.
// Source: Malkov and Yashunin 2018 (arXiv 1603.09320), as hnswlib.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace switchyard::retrieval {

/// Neighbours a node keeps, and candidates looked at while it is put in: what a recall@10 of 0.97 needs at a million.
struct GraphShape {
    std::int64_t neighbours = 16, candidates = 120;
};

/// Memory: a row takes dim + 12 bytes of numbers, about 150 of links and 100 of hnswlib's own lists.
/// Thread: search is safe beside search; nothing else is.
class Graph {
public:
    /// Empty, for at most `rows` vectors of `dim` numbers.
    Graph(std::int64_t dim, std::int64_t rows, const GraphShape& shape = {});
    /// As saved, with room for `rows`. Throws: Error(kCorruptCheckpoint) when it is no graph of such vectors.
    Graph(const std::filesystem::path& file, std::int64_t dim, std::int64_t rows);
    ~Graph();

    std::int64_t rows() const;
    /// The next row. Throws: Error(kOutOfMemory).
    void add(const float* vector);
    /// Rows whose dot product with `query` is likely among the largest, nearest first. `breadth`: how many are looked
    /// at on the way, at least `count`.
    std::vector<std::int64_t> search(const float* query, std::int64_t count, std::int64_t breadth) const;
    /// Whole or not at all, and on the disk. Throws: Error(kIo).
    void save(const std::filesystem::path& file) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::retrieval
