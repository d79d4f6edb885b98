// SPDX-License-Identifier: MIT
// Encoders of other libraries into a model folder of ours, and back; adapters in PEFT's format; whole models of ours
// into checkpoints.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace switchyard::hub {

/// Reads a folder with config.json (or open_clip_config.json) and model.safetensors (open_clip: or
/// open_clip_model.safetensors; files named by model.safetensors.index.json), and writes `out`: model.safetensors with our
/// names, config.yaml, and the tokenizer where there is one. Tensors of theirs that we have no use for are left out, but
/// for a pooler, which is kept as hub.NAME so that an export gives it back.
/// Throws: Error(kBadData | kCorruptCheckpoint | kIo).
/// @return {"out", "layout", "encoder", "parameters", "left_out": [names]}
nlohmann::json importModel(const std::filesystem::path& source, const std::filesystem::path& out);

/// Whether it holds a whole model under our names (config.yaml, model.safetensors).
bool isModelFolder(const std::filesystem::path& folder);

/// A model folder of ours, in whole, into a checkpoint without optimizer: everything that takes a checkpoint takes it, and
/// its outputs are the folder's, bit for bit. Hashes of model.json, names, shapes and values are checked first.
/// Throws: Error(kCorruptCheckpoint | kBadConfig | kNonFinite | kBadData | kUsage | kIo).
/// @return {"out", "layout": "switchyard", "step", "parameters", "left_out": [names]}
nlohmann::json importFolder(const std::filesystem::path& source, const std::filesystem::path& out);

/// The text encoder ("text") or the image encoder ("vision") of a checkpoint or model folder as transformers reads it:
/// config.json, model.safetensors, the tokenizer. Adapters are merged in.
/// Throws: Error(kBadConfig) when transformers has no such model; Error(kCorruptCheckpoint | kIo).
nlohmann::json exportToTransformers(const std::filesystem::path& source, const std::filesystem::path& out,
                                    const std::string& part);

/// The adapters of an encoder: adapter_config.json and adapter_model.safetensors, as PEFT loads them onto the transformers
/// model. @param base name or path written down for the model they belong to
nlohmann::json exportAdapters(const std::filesystem::path& source, const std::filesystem::path& out, const std::string& part,
                              const std::string& base);

/// A model folder without adapters: W + scale B A in place of every adapted W. The source is not touched.
/// Throws: Error(kNonFinite) when a merged weight would not be finite, naming it.
nlohmann::json mergeAdapters(const std::filesystem::path& source, const std::filesystem::path& out);

}  // namespace switchyard::hub
