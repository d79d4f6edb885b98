// SPDX-License-Identifier: MIT
// A searchable set of pictures: their embeddings, captions and where they lie. Layout: docs/formats.md.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/io/file_descriptor.h"
#include "core/base/io/safetensors.h"
#include "core/retrieval/graph.h"
#include "core/retrieval/index_writer.h"

namespace switchyard::retrieval {

struct Hit {
    std::int64_t item = 0;
    std::string text;
    float score = 0;  ///< dot product of the query and the found one's embedding: their cosine
};

/// An index on disk, vectors memory-mapped; opening it reads no vector, and no item until it is found. Where there are
/// graphs, they are read into memory, and what they find is scored with the full vectors. Thread: safe for reading.
class Index {
public:
    /// Throws: Error(kIo) when there is none, Error(kCorruptCheckpoint) when it is broken.
    explicit Index(const std::filesystem::path& folder);
    /// Best first, every picture once. query [dim] fp32, normalised.
    std::vector<Hit> pictures(const at::Tensor& query, std::int64_t k) const;
    /// The same of captions, equal ones once.
    std::vector<Hit> captions(const at::Tensor& query, std::int64_t k) const;
    std::int64_t size() const { return images_.size(0); }
    std::int64_t numCaptions() const { return texts_.size(0); }
    /// Throws: Error(kCorruptCheckpoint).
    Item item(std::int64_t number) const;
    /// [pictures, dim], as they lie in the file.
    const at::Tensor& pictureVectors() const { return images_; }
    const nlohmann::json& info() const { return info_; }

private:
    struct Found {
        std::vector<std::int64_t> rows;
        std::vector<float> scores;
    };
    static Found best(const at::Tensor& vectors, const Graph* graph, const at::Tensor& query, std::int64_t k);
    std::unique_ptr<Graph> openGraph(const char* name, const at::Tensor& vectors) const;
    [[noreturn]] void broken(const std::string& why) const;

    std::filesystem::path folder_;
    std::unique_ptr<io::SafetensorsFile> file_;
    io::FileDescriptor items_;
    std::int64_t items_bytes_ = 0;
    at::Tensor images_, texts_;
    at::Tensor item_at_, text_item_;  ///< an item's first byte in items.jsonl; the item of each caption
    std::unique_ptr<Graph> image_graph_, text_graph_;
    nlohmann::json info_;
};

}  // namespace switchyard::retrieval
