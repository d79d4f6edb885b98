// SPDX-License-Identifier: MIT
// A model as TorchScript: in one file with all its methods, or as a model repository of Triton Inference Server.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace switchyard::script {

/// `out`: model.pt (torch.jit.load), signature.json, the tokenizer, labels.json. Adapters are merged in; fp32.
/// Throws: Error(kCorruptCheckpoint | kBadConfig | kNonFinite | kIo).
/// @return {"out", "format", "methods": [names], "parameters"}
nlohmann::json exportTorchScript(const std::filesystem::path& source, const std::filesystem::path& out);

/// `out`: a folder a function with config.pbtxt and 1/model.pt, signature.json and the tokenizer beside them.
/// @return {"out", "format", "models": [names], "parameters"}
nlohmann::json exportTriton(const std::filesystem::path& source, const std::filesystem::path& out);

}  // namespace switchyard::script
