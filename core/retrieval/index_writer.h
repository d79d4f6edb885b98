// SPDX-License-Identifier: MIT
// An index that is being made: files in FOLDER.part that grow row by row, so that a build that was killed goes on
// where its last commit was; then FOLDER, whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace switchyard::retrieval {

struct Item {
    std::string id;
    std::string image;  ///< absolute path
    std::vector<std::string> texts;
};

enum class SearchMethod { kAuto, kExact, kGraph };

/// "auto" (or ""), "exact" or "graph". Throws: Error(kUsage).
SearchMethod searchMethodOf(const std::string& name);

/// kAuto: exact up to so many vectors, above by a graph.
inline constexpr std::int64_t kMostExact = 1'000'000;

/// Thread: one thread. Memory: a few MiB, and a graph where one is made.
class IndexWriter {
public:
    /// @param key what the index is made from; a part made from something else is thrown away
    /// Throws: Error(kIo); Error(kUsage) while another program builds the same index.
    IndexWriter(std::filesystem::path folder, nlohmann::json key, std::int64_t dim);
    ~IndexWriter();

    /// Samples of the data that are done: where to go on.
    std::int64_t samplesDone() const;
    std::int64_t pictures() const;
    /// True when all of it is there and only has to be put in place: build() may be called at once.
    bool complete() const;
    /// @param picture [dim]; `texts` [item.texts.size(), dim]
    void add(const Item& item, const float* picture, const float* texts);
    /// A sample whose picture can not be read: counted, and the first ones told.
    void skip(const std::string& why);
    /// On the disk, with everything before; called now and then.
    void commit(std::int64_t samples_done);
    /// Vectors into one file, the graphs, and all of it in place. @param progress (rows in graphs, of, "graph"); false
    /// stops it with Error(kInterrupted), and what is done stays.
    /// @return index.json
    nlohmann::json build(SearchMethod method,
                         const std::function<bool(std::int64_t, std::int64_t, const std::string&)>& progress);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::retrieval
