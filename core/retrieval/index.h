// SPDX-License-Identifier: MIT
// A searchable set of pictures: their embeddings, captions and where they lie. Layout: docs/formats.md.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/io/safetensors.h"
#include "core/eval/loaded_model.h"
#include "core/eval/requests.h"

namespace switchyard::retrieval {

struct Item {
    std::string id;
    std::string image;               ///< absolute path
    std::vector<std::string> texts;
};

/// Embeds every picture and caption of a JSONL and writes OUT whole or not at all.
/// @return {"index", "pictures", "captions", "dim", "bytes", "data", "checkpoint"}
/// Throws: Error(kBadData | kIo | kInterrupted when cancelled).
nlohmann::json buildIndex(eval::LoadedModel& model, const std::filesystem::path& data, const std::filesystem::path& root,
                          const std::filesystem::path& out, const eval::Progress& progress);

struct Hit {
    std::int64_t item = 0;
    std::string text;
    float score = 0;  ///< cosine of the two embeddings
};

/// An index on disk, vectors memory-mapped. Thread: safe for reading.
class Index {
public:
    /// Throws: Error(kIo) when there is none, Error(kCorruptCheckpoint) when it is broken.
    explicit Index(const std::filesystem::path& folder);
    /// Exact search; every picture once. query [dim] fp32, normalised.
    std::vector<Hit> pictures(const at::Tensor& query, std::int64_t k) const;
    /// Exact search over captions; equal captions once.
    std::vector<Hit> captions(const at::Tensor& query, std::int64_t k) const;
    const std::vector<Item>& items() const { return items_; }
    const nlohmann::json& info() const { return info_; }

private:
    std::unique_ptr<io::SafetensorsFile> file_;
    at::Tensor images_, texts_;
    std::vector<std::pair<std::int64_t, std::int64_t>> text_of_;  // item and number of each caption row
    std::vector<Item> items_;
    nlohmann::json info_;
};

}  // namespace switchyard::retrieval
