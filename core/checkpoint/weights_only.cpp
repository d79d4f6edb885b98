// SPDX-License-Identifier: MIT
#include "core/checkpoint/weights_only.h"

#include <ATen/ATen.h>

#include "core/base/io/manifest.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/safetensors.h"
#include "core/base/io/sha256.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/checkpoint/tensor_file.h"

namespace switchyard::checkpoint {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestText = 64U << 20;

void putText(const fs::path& folder, const std::string& name, const std::string& text, io::Manifest* manifest) {
    io::writeAtomically(folder / name, text);
    manifest->files.push_back({name, text.size(), io::sha256(text.data(), text.size()), {}});
}

void putTensors(const fs::path& folder, const NamedTensors& weights, io::Manifest* manifest) {
    const std::string name = io::rankFileName("model", 0, 1);
    const auto finished = writeTensors(folder / name, weights);
    manifest->files.push_back({name, finished.bytes, finished.sha256, finished.block_sums});
    for (const auto& [key, tensor] : weights) {
        const std::vector<std::int64_t> shape = tensor.sizes().vec(), from(shape.size(), 0);
        manifest->tensors.push_back({key, name, "model", io::dtypeName(dtypeOf(tensor)), shape, from, shape});
    }
}

}  // namespace

void requireNew(const fs::path& folder) {
    std::error_code unseen;
    if (fs::exists(folder, unseen))
        throw Error(ExitCode::kUsage, "The folder is there already", folder.string(), "Give another name");
}

void saveWeightsOnly(const fs::path& wanted, const WeightsOnly& contents) {
    const fs::path folder = wanted.has_filename() ? wanted : wanted.parent_path();  // "MEAN/"
    requireNew(folder);
    const fs::path temporary = folder.parent_path() / (".tmp-" + folder.filename().string());
    std::error_code failed;
    fs::remove_all(temporary, failed);
    fs::create_directories(temporary, failed);
    if (failed) throw Error(ExitCode::kIo, "The folder can not be made: " + failed.message(), temporary.string());
    try {
        io::Manifest manifest;
        manifest.step = contents.step;
        manifest.created_by = "switchyard " SWITCHYARD_VERSION;
        manifest.info = contents.info;
        manifest.info[kWeightsOnly] = true;
        putTensors(temporary, contents.weights, &manifest);
        putText(temporary, "config.resolved.yaml", contents.config, &manifest);
        if (const fs::path tokenizer = text::tokenizerIn(contents.beside); !tokenizer.empty())
            putText(temporary, "tokenizer.model", text::tokenizerInOneFile(tokenizer), &manifest);
        if (const fs::path labels = contents.beside / "labels.json"; fs::exists(labels))
            putText(temporary, "labels.json", io::readText(labels, kLargestText), &manifest);
        io::commitCheckpoint(temporary, folder, manifest);
    } catch (...) {
        fs::remove_all(temporary, failed);
        throw;
    }
}

}  // namespace switchyard::checkpoint
