// SPDX-License-Identifier: MIT
#include "core/base/io/checked_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "core/base/util/error.h"

namespace switchyard::io {

CheckedFile::CheckedFile(const std::filesystem::path& file, BlockSums sums) : file_(file), sums_(std::move(sums)) {
    fd_ = FileDescriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info {};
    if (!fd_.valid() || ::fstat(fd_.get(), &info) != 0) {
        throw Error(ExitCode::kIo, std::string("Could not open the file: ") + std::strerror(errno), file.string());
    }
    size_ = static_cast<std::uint64_t>(info.st_size);
    if (!sums_.empty() && sums_.size() != blocksOf(size_)) {
        throw Error(ExitCode::kCorruptCheckpoint, "The file has changed its length since it was saved", file.string(),
                    "Use another checkpoint");
    }
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

void CheckedFile::readPlain(std::uint64_t begin, std::uint64_t bytes, void* to) {
    auto* into = static_cast<std::uint8_t*>(to);
    while (bytes > 0) {
        const ssize_t got = ::pread(fd_.get(), into, bytes, static_cast<off_t>(begin));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            throw Error(ExitCode::kIo,
                        std::string("Could not read the file: ") + (got < 0 ? std::strerror(errno) : "it has ended"),
                        file_.string());
        }
        into += got;
        begin += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::uint64_t>(got);
    }
}

void CheckedFile::check(std::uint64_t block, const void* data, std::uint64_t bytes) const {
    if (blockSum(data, bytes) == sums_[block]) return;
    throw Error(ExitCode::kCorruptCheckpoint,
                "The file's contents have changed since it was saved (from byte " + std::to_string(block * kSumBlock) +
                    " to " + std::to_string(block * kSumBlock + bytes) + ")",
                file_.string(), "Use another checkpoint");
}

void CheckedFile::read(std::uint64_t begin, std::uint64_t bytes, void* to) {
    if (sums_.empty()) {
        readPlain(begin, bytes, to);
        return;
    }
    auto* into = static_cast<std::uint8_t*>(to);
    while (bytes > 0) {
        const std::uint64_t block = begin / kSumBlock, from = block * kSumBlock;
        if (begin >= size_) throw Error(ExitCode::kIo, "Could not read the file: it has ended", file_.string());
        const std::uint64_t length = std::min(kSumBlock, size_ - from);
        const std::uint64_t part = std::min(bytes, from + length - begin);
        if (part == length) {
            readPlain(from, length, into);
            check(block, into, length);
        } else {
            if (block != held_block_) {
                held_block_ = UINT64_MAX;
                held_.resize(length);
                readPlain(from, length, held_.data());
                check(block, held_.data(), length);
                held_block_ = block;
            }
            std::memcpy(into, held_.data() + (begin - from), part);
        }
        into += part;
        begin += part;
        bytes -= part;
    }
}

}  // namespace switchyard::io
