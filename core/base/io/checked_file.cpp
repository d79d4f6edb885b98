// SPDX-License-Identifier: MIT
#include "core/base/io/checked_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

/// Of one part, and blocks that each of them should have at least. The ranks of a machine share its cores: with more
/// readers a load from the page cache took longer.
constexpr std::uint64_t kReaders = 2, kBlocksAReader = 4;

}  // namespace

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

void CheckedFile::readPlain(std::uint64_t begin, std::uint64_t bytes, void* to) const {
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

void CheckedFile::readBlocks(std::uint64_t block, std::uint64_t count, std::uint8_t* to) const {
    std::atomic<std::uint64_t> next{0};
    std::mutex mutex;
    std::exception_ptr problem;
    const auto work = [&] {
        for (std::uint64_t i = next++; i < count; i = next++) {
            try {
                const std::uint64_t length = lengthOf(block + i);
                readPlain((block + i) * kSumBlock, length, to + i * kSumBlock);
                check(block + i, to + i * kSumBlock, length);
            } catch (const Error&) {
                const std::lock_guard lock(mutex);
                if (!problem) problem = std::current_exception();
                next = count;
            }
        }
    };
    {
        std::vector<std::jthread> threads;  // joined, even where there can not be another one
        for (std::uint64_t i = 1; i < std::min(kReaders, count / kBlocksAReader); ++i) threads.emplace_back(work);
        work();
    }
    if (problem) std::rethrow_exception(problem);
}

void CheckedFile::readPart(std::uint64_t block, std::uint64_t from, std::uint64_t bytes, std::uint8_t* to) {
    if (block != held_block_) {
        held_block_ = UINT64_MAX;
        held_.resize(lengthOf(block));
        readPlain(block * kSumBlock, held_.size(), held_.data());
        check(block, held_.data(), held_.size());
        held_block_ = block;
    }
    std::memcpy(to, held_.data() + from, bytes);
}

void CheckedFile::read(std::uint64_t begin, std::uint64_t bytes, void* to) {
    if (begin > size_ || bytes > size_ - begin)
        throw Error(ExitCode::kIo, "Could not read the file: it has ended", file_.string());
    if (sums_.empty()) {
        readPlain(begin, bytes, to);
        return;
    }
    auto* into = static_cast<std::uint8_t*>(to);
    while (bytes > 0) {
        const std::uint64_t block = begin / kSumBlock, from = begin % kSumBlock;
        const bool to_the_end = begin + bytes == size_;
        std::uint64_t part = std::min(bytes, lengthOf(block) - from);
        if (from == 0 && part == lengthOf(block)) {
            part = to_the_end ? bytes : bytes / kSumBlock * kSumBlock;
            readBlocks(block, blocksOf(part), into);
        } else {
            readPart(block, from, part, into);
        }
        into += part;
        begin += part;
        bytes -= part;
    }
}

}  // namespace switchyard::io
