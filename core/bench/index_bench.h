// SPDX-License-Identifier: MIT
// How fast and how right an index of many vectors answers, and what making it takes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/retrieval/index_writer.h"

namespace switchyard::bench {

struct IndexCase {
    std::int64_t vectors = 100'000, dim = 256, queries = 100, seed = 1;
    retrieval::SearchMethod search = retrieval::SearchMethod::kAuto;
    std::filesystem::path folder;  ///< of the index: made, and removed at the end
};

/// Vectors in clusters of about 100: a centre and a member's difference from it are normal, 1 and 0.6 a number, then
/// all have unit length. A query is a further member of a cluster. Each query asks for the 10 best and reads their
/// rows.
/// -> {vectors, dim, queries, search: "exact" | "graph", build_s, peak_rss_bytes (of the process, when the index was
///     made), bytes, open_s, ms (median a query), cpu_ms (its processor time), p99_ms, recall_at_10 (share of the 10 best by all dot products)}
/// Throws: Error(kIo | kInterrupted).
nlohmann::json benchIndex(const IndexCase& which,
                          const std::function<bool(std::int64_t, std::int64_t, const std::string&)>& progress);

}  // namespace switchyard::bench
