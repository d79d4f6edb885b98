// SPDX-License-Identifier: MIT
#include "core/base/io/checkpoint_list.h"

#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/base/io/manifest.h"
#include "core/base/io/retention.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/strict_json.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

namespace fs = std::filesystem;

constexpr const char *kVerified = "verified.json", *kPrefix = "step-";
constexpr std::uint64_t kMaxNoteBytes = 64 << 10;

/// What names this checkpoint and no other at its place: the hash of its manifest.
std::string sealOf(const fs::path& checkpoint) {
    return readText(checkpoint / "COMMIT", kMaxNoteBytes);
}

double changedAt(const fs::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return 0;
    return static_cast<double>(status.st_mtim.tv_sec) + 1e-9 * static_cast<double>(status.st_mtim.tv_nsec);
}

std::int64_t stepOf(const std::string& name) {
    const std::string digits = name.substr(std::string(kPrefix).size());
    const bool number =
        !digits.empty() && digits.size() < 18 && digits.find_first_not_of("0123456789") == std::string::npos;
    return number ? std::stoll(digits) : -1;
}

ListedCheckpoint describe(const fs::path& folder) {
    ListedCheckpoint row;
    row.name = folder.filename().string();
    row.folder = folder;
    row.step = stepOf(row.name);
    row.saved_at = changedAt(folder / "COMMIT");
    try {
        const Manifest manifest = readCheckpoint(folder, /*deep=*/false);
        row.step = manifest.step;
        row.ranks = manifest.ranks;
        row.created_by = manifest.created_by;
        for (const ManifestFile& file : manifest.files) row.bytes += file.bytes;
        row.metrics = metricsOf(folder, manifest);
        row.pinned = isPinned(folder);
        const VerifiedNote note = verifiedNote(folder);
        row.problem = note.problem;
        row.verified_at = note.problem.empty() ? note.at : 0;
    } catch (const Error& error) {
        row.problem = error.what();
    }
    return row;
}

}  // namespace

std::vector<ListedCheckpoint> listCheckpoints(const fs::path& checkpoints_dir) {
    std::vector<fs::path> folders;
    std::error_code failed;
    if (!fs::exists(checkpoints_dir, failed)) return {};
    for (fs::directory_iterator it(checkpoints_dir, failed), end; !failed && it != end; it.increment(failed)) {
        if (it->path().filename().string().starts_with(kPrefix)) folders.push_back(it->path());
    }
    if (failed)
        throw Error(ExitCode::kIo, "The checkpoints can not be listed: " + failed.message(), checkpoints_dir.string());
    std::sort(folders.begin(), folders.end());
    std::vector<ListedCheckpoint> rows;
    for (const fs::path& folder : folders) rows.push_back(describe(folder));
    return rows;
}

void noteVerified(const fs::path& checkpoint, const VerifiedNote& note) {
    const nlohmann::json told = {{"at", note.at}, {"commit", sealOf(checkpoint)}, {"problem", note.problem}};
    writeAtomically(checkpoint / kVerified, told.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

VerifiedNote verifiedNote(const fs::path& checkpoint) {
    try {
        nlohmann::json told;
        std::string problem;
        if (!parseStrictJson(readText(checkpoint / kVerified, kMaxNoteBytes), 4, &told, &problem) || !told.is_object())
            return {};
        const auto at = told.find("at"), commit = told.find("commit"), found = told.find("problem");
        const bool good = at != told.end() && at->is_number() && commit != told.end() && commit->is_string() &&
                          found != told.end() && found->is_string();
        if (!good || *commit != sealOf(checkpoint)) return {};
        return {at->get<double>(), found->get<std::string>()};
    } catch (const Error&) {
        return {};
    }
}

}  // namespace switchyard::io
