// SPDX-License-Identifier: MIT
#include "core/base/io/safe_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "core/base/io/file_descriptor.h"
#include "core/base/io/jsonl.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

std::string systemMessage(int error) {
    return std::strerror(error);
}

/// Reads the regular file behind `fd` up to its end; `fail(message, fix)` must throw.
template <typename Bytes, typename Fail>
Bytes readAll(int fd, std::uint64_t max_bytes, const Fail& fail) {
    struct stat info {};
    if (fstat(fd, &info) != 0) fail("Could not look at the file: " + systemMessage(errno), "");
    if (!S_ISREG(info.st_mode)) fail("Not a regular file", "Only plain files are read");
    const auto size = static_cast<std::uint64_t>(info.st_size);
    const std::string too_large = "The file is larger than the limit of " + std::to_string(max_bytes) + " bytes";
    if (size > max_bytes) fail(too_large, "");
    Bytes bytes;
    bytes.resize(size);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::read(fd, bytes.data() + done, bytes.size() - done);
        if (got == 0) break;
        if (got > 0) {
            done += static_cast<std::size_t>(got);
        } else if (errno != EINTR) {
            fail("Could not read the file: " + systemMessage(errno), "");
        }
    }
    bytes.resize(done);  // it may have shrunk meanwhile
    return bytes;
}

void writeAll(int fd, std::string_view content, const fs::path& file) {
    while (!content.empty()) {
        const ssize_t done = ::write(fd, content.data(), content.size());
        if (done >= 0) {
            content.remove_prefix(static_cast<std::size_t>(done));
        } else if (errno != EINTR) {
            throw Error(ExitCode::kIo, "Could not write the file: " + systemMessage(errno), file.string(),
                        errno == ENOSPC ? "Free some space" : "");
        }
    }
}

fs::path folderOf(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

std::vector<std::uint8_t> readBelow(const fs::path& root, const std::string& relative, std::uint64_t max_bytes) {
    const std::string where = escapeForDisplay(relative);
    const auto fail = [&where](const std::string& message, const std::string& fix) {
        throw Error(ExitCode::kBadData, message, where, fix);
    };
    if (relative.empty() || relative.find('\0') != std::string::npos) fail("Not a usable path", "");
    const FileDescriptor folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) {
        throw Error(ExitCode::kBadData, "Could not open the data root: " + systemMessage(errno), root.string(),
                    "Set data.root to the folder that image paths are relative to");
    }
    open_how how{};
    // Without O_NONBLOCK, opening a FIFO would wait for its writer.
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    const FileDescriptor fd(
        static_cast<int>(::syscall(SYS_openat2, folder.get(), relative.c_str(), &how, sizeof(how))));
    if (!fd.valid()) {
        const int error = errno;
        if (error == EXDEV || error == ELOOP) {
            fail("The path leads out of the data root", "Move the file below " + root.string());
        }
        if (error == ENOENT || error == ENOTDIR) fail("No such file below " + root.string(), "Check data.root");
        if (error == ENXIO) fail("Not a regular file", "Only plain files are read");
        fail("Could not open the file: " + systemMessage(error), "");
    }
    return readAll<std::vector<std::uint8_t>>(fd.get(), max_bytes, fail);
}

std::string readText(const fs::path& file, std::uint64_t max_bytes) {
    const auto fail = [&file](const std::string& message, const std::string& fix) {
        throw Error(ExitCode::kIo, message, file.string(), fix);
    };
    const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd.valid()) fail("Could not open the file: " + systemMessage(errno), "");
    return readAll<std::string>(fd.get(), max_bytes, fail);
}

void syncPath(const fs::path& path) {
    const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    // Never tried again: after a failed fsync the kernel may report success for pages it has dropped.
    if (!fd.valid() || fsync(fd.get()) != 0) {
        throw Error(ExitCode::kIo, "Could not bring it to the disk: " + systemMessage(errno), path.string());
    }
}

void writeAtomically(const fs::path& file, std::string_view content) {
    // Own name instead of mkostemp, so that the file gets the usual rights (0666 less the umask).
    static std::atomic<unsigned> serial{0};
    const std::string temporary = (folderOf(file) / ("." + file.filename().string() + "." + std::to_string(getpid()) +
                                                     "-" + std::to_string(serial++) + ".tmp"))
                                      .string();
    FileDescriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!fd.valid()) {
        throw Error(ExitCode::kIo, "Could not make a file in the folder: " + systemMessage(errno),
                    folderOf(file).string(), "Check that the folder is there and can be written");
    }
    try {
        writeAll(fd.get(), content, file);
        if (fsync(fd.get()) != 0) {
            throw Error(ExitCode::kIo, "Could not bring the file to the disk: " + systemMessage(errno), file.string());
        }
        if (!fd.close()) {
            throw Error(ExitCode::kIo, "Could not close the file: " + systemMessage(errno), file.string());
        }
        if (::rename(temporary.c_str(), file.c_str()) != 0) {
            throw Error(ExitCode::kIo, "Could not put the file in its place: " + systemMessage(errno), file.string());
        }
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    syncPath(folderOf(file));
}

void requireSpace(const fs::path& folder, std::uint64_t bytes) {
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        throw Error(ExitCode::kIo, "The folder can not be written: " + systemMessage(errno), folder.string(),
                    "Choose another folder or change its rights");
    }
    struct statvfs info {};
    if (statvfs(folder.c_str(), &info) != 0) {
        throw Error(ExitCode::kIo, "Could not ask for the free space: " + systemMessage(errno), folder.string());
    }
    const std::uint64_t free_bytes = static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
    if (free_bytes < bytes) {
        throw Error(ExitCode::kIo,
                    "Too little space: " + std::to_string(free_bytes >> 20) + " MiB free, " +
                        std::to_string((bytes >> 20) + 1) + " MiB needed",
                    folder.string(), "Free some space or choose another folder");
    }
}

}  // namespace switchyard::io
