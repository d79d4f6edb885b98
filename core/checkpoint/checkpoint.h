// SPDX-License-Identifier: MIT
// Saving and loading of weights, optimizer and run state in the layout of core/base/io/manifest.h.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/parallel/sharding.h"

namespace switchyard::checkpoint {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// What this rank has of what is saved. What every rank has is written by one of them, chosen so that the files are
/// about equal.
struct Contents {
    std::vector<parallel::Piece> model;
    std::vector<parallel::Piece> optim;  ///< "<parameter>.exp_avg", "<parameter>.exp_avg_sq"
    NamedTensors state;                  ///< small tensors of this rank, "rank<r>/..."; counters are in `info`
    std::int64_t step = 0;
    nlohmann::json info;                                       ///< manifest.info
    std::map<std::string, std::filesystem::path> extra_files;  ///< name in the folder -> file copied by rank 0
};

/// Collective. Writes checkpoints_dir/step-%08d atomically over all ranks; returns the folder. A failure on any
/// rank throws Error(kIo) on all of them, leaves no temporary folder, and training may go on.
std::filesystem::path save(const std::filesystem::path& checkpoints_dir, const Contents& contents,
                           parallel::Collectives& collectives);

/// What of it this rank writes, and the saving of that: the two halves of save().
Contents shareOf(const Contents& contents, const parallel::Collectives& collectives);
struct ShareOptions {
    c10::Device device = c10::DeviceType::CPU;  ///< of the collectives' tensors
    std::string problem;                        ///< not empty: why this rank can not take part
    std::function<void()> after_block;          ///< as of io::WriteManner
};
std::filesystem::path saveShare(const std::filesystem::path& checkpoints_dir, const Contents& share,
                                parallel::Collectives& collectives, const ShareOptions& options);

/// Copies what is saved into the pieces of `model` and `optim`, whatever layout it was saved in; only what a piece
/// needs is read (names and global shapes must agree; dtype is converted). Manifest, sizes, headers, names and shapes
/// are verified before anything is touched; what is read is checked against its block's sum while it is read (all of a
/// file only by `ckpt verify --deep`). When that throws, the pieces hold parts of both: they must be loaded again from
/// elsewhere, or given up. Throws: Error(kCorruptCheckpoint), Error(kBadConfig) when names or shapes differ (all of
/// them listed).
/// @return manifest.info plus "step"
nlohmann::json load(const std::filesystem::path& folder, const std::vector<parallel::Piece>& model,
                    const std::vector<parallel::Piece>* optim);

/// Weights of a checkpoint, or of a model folder (model.safetensors), whose names begin with `prefix`; fp32. Checked as by
/// load(). Throws: Error(kCorruptCheckpoint | kIo).
NamedTensors readWeights(const std::filesystem::path& folder, const std::string& prefix);

/// One safetensors file with all weights (documented names, dtype "fp32" | "bf16" | "int8"
/// (core/checkpoint/quantized.h) | "stored": as they were trained), config.yaml and tokenizer.model beside it.
void exportModel(const std::filesystem::path& checkpoint, const std::filesystem::path& out_dir,
                 const std::string& dtype);

}  // namespace switchyard::checkpoint
