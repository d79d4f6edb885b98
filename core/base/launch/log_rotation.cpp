// SPDX-License-Identifier: MIT
#include "core/base/launch/log_rotation.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/base/io/file_descriptor.h"

namespace switchyard::launch {
namespace {

constexpr std::size_t kCopyAtOnce = 1 << 20;

/// Copies [from, to) of one file behind what the other has.
bool copyRange(int source, int target, off_t from, off_t to) {
    std::vector<char> buffer(kCopyAtOnce);
    while (from < to) {
        const auto wanted = std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(to - from));
        const ssize_t count = pread(source, buffer.data(), wanted, from);
        if (count <= 0) return false;
        for (ssize_t done = 0; done < count;) {
            const ssize_t written = write(target, buffer.data() + done, static_cast<std::size_t>(count - done));
            if (written <= 0) return false;
            done += written;
        }
        from += count;
    }
    return true;
}

/// Takes the blocks that were copied, up to the size in `info`, out of the file's front; what was written since stays.
/// False where the file system can not do that (ext4 and xfs can).
bool dropFront(int fd, const struct stat& info) {
    const off_t block = info.st_blksize;
    const off_t whole = (info.st_size - 1) / block * block;
    return whole > 0 && fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, whole) == 0;
}

}  // namespace

bool cutLog(const std::filesystem::path& log, std::uint64_t limit) {
    struct stat info {};
    if (stat(log.c_str(), &info) != 0 || static_cast<std::uint64_t>(info.st_size) <= limit) return false;
    const io::FileDescriptor source(open(log.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
    if (!source.valid()) return false;
    const std::string kept = log.string() + ".1", partial = kept + ".tmp";
    {
        const io::FileDescriptor target(
            open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
        const off_t size = info.st_size;
        const off_t from = size - std::min(size, static_cast<off_t>(limit / 4));
        bool good = target.valid() && copyRange(source.get(), target.get(), from, size);
        // What came meanwhile, once: a rank that writes faster than it is copied is not followed for ever.
        good = good && fstat(source.get(), &info) == 0 && copyRange(source.get(), target.get(), size, info.st_size);
        if (!good) {
            unlink(partial.c_str());
            return ftruncate(source.get(), 0) == 0;  // a full disk needs the room more than the old lines
        }
    }
    if (std::rename(partial.c_str(), kept.c_str()) != 0) return false;
    if (!dropFront(source.get(), info) && ftruncate(source.get(), 0) != 0) return false;
    const std::string line = "(cut here: what came before is in " + log.filename().string() + ".1)\n";
    [[maybe_unused]] const ssize_t written = write(source.get(), line.data(), line.size());
    return true;
}

}  // namespace switchyard::launch
