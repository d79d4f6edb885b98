// SPDX-License-Identifier: MIT
// The manifest's part that touches the disk: committing a folder, and checking one.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <system_error>

#include "core/base/io/manifest.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/safetensors.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

constexpr std::uint64_t kMaxManifestBytes = 256U << 20;
constexpr std::uint64_t kMaxCommitBytes = 4096;

/// Which files are hashed.
enum class Hashed { kNone, kWithoutBlockSums, kAll };

/// Told of every problem; it may throw to end the check at the first.
using Report = std::function<void(const Error&)>;

Error corrupt(const std::string& message, const fs::path& where) {
    return Error(ExitCode::kCorruptCheckpoint, message, where.string(), "Use another checkpoint");
}

/// A small file of the folder; a problem with it means that the checkpoint is not whole.
std::string readPart(const fs::path& file, std::uint64_t max_bytes) {
    try {
        return readText(file, max_bytes);
    } catch (const Error& error) {
        throw corrupt(error.message(), file);
    }
}

void checkFile(const fs::path& folder, const ManifestFile& file, bool hashed, const Report& report) {
    const fs::path path = folder / file.name;
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) {
        report(corrupt(errno == ENOENT ? "The file is missing" : std::strerror(errno), path));
        return;
    }
    if (!S_ISREG(info.st_mode)) {
        report(corrupt("Not a regular file", path));
        return;
    }
    if (static_cast<std::uint64_t>(info.st_size) != file.bytes) {
        report(corrupt(
            "The file has " + std::to_string(info.st_size) + " bytes instead of " + std::to_string(file.bytes), path));
        return;
    }
    if (hashed && sha256File(path.string()) != file.sha256) {
        report(corrupt("The file's contents have changed since it was saved (SHA-256)", path));
    }
}

Manifest checkFolder(const fs::path& folder, Hashed hashed, const Report& report) {
    std::error_code ignored;
    if (!fs::exists(folder / "COMMIT", ignored)) {
        report(corrupt("Not a whole checkpoint: there is no COMMIT file", folder));
    }
    const std::string text = readPart(folder / "manifest.json", kMaxManifestBytes);
    if (fs::exists(folder / "COMMIT", ignored)) {
        std::string commit = readPart(folder / "COMMIT", kMaxCommitBytes);
        while (!commit.empty() && commit.back() == '\n') commit.pop_back();
        if (commit != sha256(text.data(), text.size())) {
            report(corrupt("The manifest is not the one that was committed (SHA-256)", folder / "manifest.json"));
        }
    }
    Manifest manifest = Manifest::fromJson(text, (folder / "manifest.json").string());
    for (const ManifestFile& file : manifest.files) {
        checkFile(folder, file,
                  hashed == Hashed::kAll || (hashed == Hashed::kWithoutBlockSums && file.block_sums.empty()), report);
    }
    return manifest;
}

/// Whether each tensor of the manifest stands in its file with that dtype and shape.
void checkTensors(const fs::path& folder, const Manifest& manifest, const Report& report) {
    std::map<std::string, std::vector<const ManifestTensor*>> by_file;
    for (const ManifestTensor& tensor : manifest.tensors) by_file[tensor.file].push_back(&tensor);
    for (const auto& [name, tensors] : by_file) {
        try {
            const SafetensorsFile file(folder / name);
            for (const ManifestTensor* tensor : tensors) {
                const TensorEntry* entry = file.find(tensor->name);
                if (entry == nullptr || entry->shape != tensor->shape || dtypeName(entry->dtype) != tensor->dtype) {
                    report(corrupt("The tensor " + tensor->name + " is not in the file as the manifest says",
                                   folder / name));
                }
            }
        } catch (const Error& error) {
            report(error);
        }
    }
}

void seal(const fs::path& temporary, const Manifest& manifest) {
    const std::string text = manifest.toJson();
    writeAtomically(temporary / "manifest.json", text);
    // COMMIT comes last and brings the folder's entries to the disk with it.
    writeAtomically(temporary / "COMMIT", sha256(text.data(), text.size()) + "\n");
}

[[noreturn]] void failToPlace(const fs::path& final_folder) {
    throw Error(ExitCode::kIo, std::string("Could not put the checkpoint in its place: ") + std::strerror(errno),
                final_folder.string());
}

/// Where a folder stands already, the two change places at once, so that at every moment one of them stands there; on a
/// file system that can not (NFS), it is moved aside first. @return false with errno set
bool takePlace(const fs::path& temporary, const fs::path& final_folder) {
    if (::rename(temporary.c_str(), final_folder.c_str()) == 0) return true;
    if (errno != ENOTEMPTY && errno != EEXIST) return false;
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, final_folder.c_str(), RENAME_EXCHANGE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return false;
    const fs::path aside = final_folder.parent_path() / (".trash-" + final_folder.filename().string());
    if (::rename(final_folder.c_str(), aside.c_str()) != 0) return false;
    if (::rename(temporary.c_str(), final_folder.c_str()) == 0) return true;
    const int error = errno;
    ::rename(aside.c_str(), final_folder.c_str());
    errno = error;
    return false;
}

}  // namespace

Manifest readCheckpoint(const fs::path& folder, bool deep) {
    return checkFolder(folder, deep ? Hashed::kAll : Hashed::kNone, [](const Error& error) { throw error; });
}

Manifest openCheckpoint(const fs::path& folder) {
    return checkFolder(folder, Hashed::kWithoutBlockSums, [](const Error& error) { throw error; });
}

std::string rankFileName(const std::string& kind, int rank, int ranks) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), ".r%03d-of-%03d.safetensors", rank, ranks);
    return kind + text.data();
}

std::vector<fs::path> committedCheckpoints(const fs::path& checkpoints_dir) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator it(checkpoints_dir, error), end; !error && it != end; it.increment(error)) {
        // COMMIT is written last. Step numbers have a fixed width, so names sort as numbers do.
        if (it->path().filename().string().starts_with("step-") && fs::exists(it->path() / "COMMIT"))
            found.push_back(it->path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

VerifyReport verifyCheckpoint(const fs::path& folder, bool deep) {
    VerifyReport result;
    const Report report = [&result](const Error& error) {
        result.ok = false;
        result.problems.emplace_back(error.what());
    };
    try {
        const Manifest manifest = checkFolder(folder, deep ? Hashed::kAll : Hashed::kNone, report);
        for (const ManifestFile& file : manifest.files) {
            ++result.files;
            result.bytes += file.bytes;
        }
        if (result.ok && deep) checkTensors(folder, manifest, report);
    } catch (const Error& error) {
        report(error);
    }
    return result;
}

void commitCheckpoint(const fs::path& temporary, const fs::path& final_folder, const Manifest& manifest) {
    seal(temporary, manifest);
    if (::rename(temporary.c_str(), final_folder.c_str()) != 0) failToPlace(final_folder);
    syncPath(fs::absolute(final_folder).parent_path());
}

void replaceCheckpoint(const fs::path& temporary, const fs::path& final_folder, const Manifest& manifest) {
    seal(temporary, manifest);
    if (!takePlace(temporary, final_folder)) failToPlace(final_folder);
    syncPath(fs::absolute(final_folder).parent_path());
}

}  // namespace switchyard::io
