// SPDX-License-Identifier: MIT
// A checkpoint folder's manifest.json and COMMIT.
//
//   checkpoints/step-00001200/
//     model.r000-of-002.safetensors   weights that rank 0 saved        optim.r000-of-002.safetensors
//     optim2.r000-of-002.safetensors  the rest of them, when large     config.resolved.yaml, tokenizer.model
//     state.r000-of-002.safetensors   generators, cursor, counters
//     manifest.json   every file's size, SHA-256 and block sums, every tensor's global shape, slice and dtype
//     COMMIT          SHA-256 of manifest.json; a folder without it is no checkpoint
//
// Saving: every rank writes its files into `.tmp-step-...`, all agree, rank 0 writes manifest and COMMIT,
// renames the folder and fsyncs its parent. So a checkpoint is whole or not there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/io/block_sums.h"

namespace switchyard::io {

struct ManifestFile {
    std::string name;  ///< plain file name inside the folder
    std::uint64_t bytes = 0;
    std::string sha256;
    BlockSums block_sums;  ///< empty where there are none: of small files, and of all in earlier versions
};

/// A slice of a global tensor: [offset, offset + shape) in every dimension. A single offset and size for a tensor of
/// another number of dimensions mean a run of its numbers, read row by row.
struct ManifestTensor {
    std::string name;  ///< key, e.g. "text.blocks.0.attn.qkv.weight"; optimizer moments add ".exp_avg"
    std::string file;
    std::string kind;   ///< "model" | "optim" | "state"
    std::string dtype;  ///< safetensors spelling
    std::vector<std::int64_t> global_shape, offset, shape;

    /// The slice as a run of the flattened global tensor, if it is one.
    struct Run {
        std::int64_t first = 0, count = 0;
    };
    std::optional<Run> run() const;
};

struct Manifest {
    static constexpr int kFormat = 1;
    std::int64_t step = 0;
    int ranks = 1;
    std::string created_by;  ///< "switchyard 0.1.0"
    std::vector<ManifestFile> files;
    std::vector<ManifestTensor> tensors;
    nlohmann::json info = nlohmann::json::object();  ///< samples seen, tokens, epoch, dataset hash, metrics, ...

    std::string toJson() const;
    /// Throws: Error(kCorruptCheckpoint): not JSON, wrong types, "../" in a name, overlap or hole in a tensor.
    static Manifest fromJson(const std::string& text, const std::string& where);
};

/// Reads and checks COMMIT, manifest and every file's size; with `deep` also every SHA-256.
/// Throws: Error(kCorruptCheckpoint) naming the file.
Manifest readCheckpoint(const std::filesystem::path& folder, bool deep);

/// The same for someone who then reads by CheckedFile: SHA-256 of those files only that have no block sums.
Manifest openCheckpoint(const std::filesystem::path& folder);

/// "model.r000-of-002.safetensors": a rank's file of one kind.
std::string rankFileName(const std::string& kind, int rank, int ranks);

/// Folders "step-..." with a COMMIT, oldest first; none where there is no such folder.
std::vector<std::filesystem::path> committedCheckpoints(const std::filesystem::path& checkpoints_dir);

struct VerifyReport {
    bool ok = true;
    std::int64_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> problems;
};
/// All problems at once instead of the first.
VerifyReport verifyCheckpoint(const std::filesystem::path& folder, bool deep);

/// Writes manifest.json and COMMIT into `temporary`, renames it to `final_folder`, fsyncs the parent.
/// Throws: Error(kIo), also where a checkpoint stands; `temporary` then remains for the caller to remove.
void commitCheckpoint(const std::filesystem::path& temporary, const std::filesystem::path& final_folder,
                      const Manifest& manifest);

/// The same where an earlier checkpoint may stand: the two change places, and the caller removes `temporary`.
void replaceCheckpoint(const std::filesystem::path& temporary, const std::filesystem::path& final_folder,
                       const Manifest& manifest);

}  // namespace switchyard::io
