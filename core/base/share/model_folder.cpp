// SPDX-License-Identifier: MIT
#include "core/base/share/model_folder.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"

namespace switchyard::share {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kNote = "model.json";
constexpr std::uint64_t kMaxNoteBytes = 1U << 20;
constexpr int kFormat = 1;
constexpr const char* kSealed[] = {"config.yaml", "labels.json", "model.safetensors", "tokenizer.json",
                                   "tokenizer.model"};

Error damaged(const std::string& what, const fs::path& where) {
    return Error(ExitCode::kCorruptCheckpoint, what, where.string(),
                 "Fetch the folder again, or export the model again");
}

void compare(const json& row, const fs::path& folder) {
    const std::string name = row.at("name").get<std::string>();
    // Only names that a folder has: a note is no way to other files.
    const bool known = std::any_of(std::begin(kSealed), std::end(kSealed), [&](const char* of) { return name == of; });
    if (!known) throw damaged("It names a file that no model folder has", folder / kNote);
    const fs::path file = folder / name;
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) throw damaged("The file is missing", file);
    if (fs::file_size(file, failed) != row.at("bytes").get<std::uint64_t>() || failed)
        throw damaged("The file has another size than model.json says", file);
    if (io::sha256File(file.string()) != row.at("sha256").get<std::string>())
        throw damaged("The file has another SHA-256 than model.json says", file);
}

}  // namespace

std::vector<SealedFile> sealModelFolder(const fs::path& folder, std::int64_t step) {
    std::vector<SealedFile> files;
    json rows = json::array();
    for (const char* name : kSealed) {
        const fs::path file = folder / name;
        if (!fs::exists(file)) continue;
        files.push_back({name, fs::file_size(file), io::sha256File(file.string())});
        rows.push_back({{"name", name}, {"bytes", files.back().bytes}, {"sha256", files.back().sha256}});
    }
    const json note = {
        {"format", kFormat}, {"step", step}, {"created_by", "switchyard " SWITCHYARD_VERSION}, {"files", rows}};
    io::writeAtomically(folder / kNote, note.dump(2) + "\n");
    return files;
}

std::int64_t verifyModelFolder(const fs::path& folder) {
    const fs::path file = folder / kNote;
    if (!fs::exists(file)) return 0;
    try {
        const json note = json::parse(io::readText(file, kMaxNoteBytes));
        if (note.at("format").get<int>() != kFormat) throw damaged("The format is not known to this version", file);
        for (const json& row : note.at("files")) compare(row, folder);
        return std::max<std::int64_t>(0, note.at("step").get<std::int64_t>());
    } catch (const json::exception& error) {
        throw damaged(std::string("It is not what an export writes: ") + error.what(), file);
    }
}

}  // namespace switchyard::share
