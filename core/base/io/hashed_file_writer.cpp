// SPDX-License-Identifier: MIT
#include "core/base/io/hashed_file_writer.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/io/file_descriptor.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

/// Of memory, place and length of a write past the page cache.
constexpr std::size_t kAlignment = 4096;
/// More threads bring no more on one disk; one alone leaves it waiting between two blocks.
constexpr std::size_t kThreads = 3;
/// Room for as many blocks again, and for the two that are filled and wait to be hashed.
constexpr std::size_t kLargePages = kThreads + 1;

/// Buffers lie in pages of this size where the kernel has them: a direct write then names a few long runs of memory to
/// the disk instead of hundreds of short ones.
constexpr std::size_t kLargePage = std::size_t{2} << 20;
static_assert(kLargePage % kSumBlock == 0 && kSumBlock % kAlignment == 0);

struct Freed {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
};
using LargePage = std::unique_ptr<std::uint8_t, Freed>;

LargePage newLargePage() {
    auto* memory = static_cast<std::uint8_t*>(std::aligned_alloc(kLargePage, kLargePage));
    if (memory == nullptr) throw std::bad_alloc();
    ::madvise(memory, kLargePage, MADV_HUGEPAGE);  // a wish
    return LargePage(memory);
}

/// @return errno, 0 when all is written
int writeAt(int fd, const std::uint8_t* data, std::size_t bytes, std::uint64_t place) {
    while (bytes > 0) {
        const ssize_t done = ::pwrite(fd, data, bytes, static_cast<off_t>(place));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        if (done == 0) return EIO;
        data += done;
        bytes -= static_cast<std::size_t>(done);
        place += static_cast<std::uint64_t>(done);
    }
    return 0;
}

}  // namespace

void BlockHasher::add(Sha256& hash, const std::uint8_t* data, std::function<void()> then) {
    if (waiting_ && waiting_->hash == &hash) flush();
    if (!waiting_) {
        waiting_ = Waiting{&hash, data, std::move(then)};
        return;
    }
    const Waiting other = *std::exchange(waiting_, {});
    Sha256::updateBoth(*other.hash, other.data, hash, data, kSumBlock);
    other.then();
    then();
}

void BlockHasher::flush() {
    if (!waiting_) return;
    const Waiting block = *std::exchange(waiting_, {});
    block.hash->update(block.data, kSumBlock);
    block.then();
}

void BlockHasher::forget(const Sha256& hash) {
    if (waiting_ && waiting_->hash == &hash) waiting_.reset();
}

struct HashedFileWriter::Impl {
    struct Block {
        std::uint8_t* memory = nullptr;
        std::uint64_t place = 0;
    };

    std::string file;
    std::uint64_t expected;
    WriteManner manner;
    FileDescriptor fd;
    bool finished = false;

    Sha256 hash;
    BlockSums sums;
    std::vector<LargePage> memory;
    std::uint8_t* current = nullptr;
    std::size_t filled = 0;
    std::uint64_t total = 0;  ///< bytes of the blocks before `current`

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Block> waiting;
    std::vector<std::uint8_t*> free;
    std::size_t writing = 0;
    int error = 0;
    bool ended = false;
    std::vector<std::thread> threads;

    Impl(std::string name, std::uint64_t bytes, WriteManner wanted)
        : file(std::move(name)), expected(bytes), manner(std::move(wanted)) {}

    [[noreturn]] void fail(const std::string& what, int number) const {
        throw Error(ExitCode::kIo, what + ": " + std::strerror(number), file,
                    number == ENOSPC || number == EDQUOT ? "Free some space" : "");
    }

    void open() {
        constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
        // A small file is not worth it.
        if (expected > kSumBlock) fd = FileDescriptor(::open(file.c_str(), kFlags | O_DIRECT, 0666));
        if (!fd.valid()) fd = FileDescriptor(::open(file.c_str(), kFlags, 0666));
        if (!fd.valid()) fail("Could not make the file", errno);
        if (expected <= kSumBlock) return;
        // Taken at once: a full disk is found before anything is written, and blocks of a file that does not grow are
        // written side by side.
        if (::fallocate(fd.get(), 0, 0, static_cast<off_t>(expected)) != 0 && errno != EOPNOTSUPP && errno != ENOSYS) {
            const int number = errno;
            ::unlink(file.c_str());
            fail("Could not take the space for the file", number);
        }
    }

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return ended || !waiting.empty(); });
            if (waiting.empty()) return;
            const Block block = waiting.front();
            waiting.pop_front();
            ++writing;
            const bool give_up = error != 0;
            lock.unlock();
            const int number = give_up ? 0 : writeAt(fd.get(), block.memory, kSumBlock, block.place);
            lock.lock();
            if (error == 0) error = number;
            --writing;
            free.push_back(block.memory);
            changed.notify_all();
        }
    }

    void checkError() {
        if (error != 0) fail("Could not write the file", error);
    }

    void nextBuffer() {
        filled = 0;
        std::unique_lock lock(mutex);
        if (free.empty() && memory.size() < kLargePages) {
            lock.unlock();
            memory.push_back(newLargePage());
            lock.lock();
            for (std::size_t at = 0; at < kLargePage; at += kSumBlock) free.push_back(memory.back().get() + at);
        }
        changed.wait(lock, [this] { return !free.empty(); });
        current = free.back();
        free.pop_back();
    }

    void sendCurrent() {
        const Block block{std::exchange(current, nullptr), total};
        total += kSumBlock;
        sums.push_back(blockSum(block.memory, kSumBlock));
        if (manner.hasher != nullptr) {
            manner.hasher->add(hash, block.memory, [this, block] { give(block); });
        } else {
            hash.update(block.memory, kSumBlock);
            give(block);
        }
        if (manner.after_block) manner.after_block();
    }

    /// To the threads that write.
    void give(const Block& block) {
        {
            const std::lock_guard lock(mutex);
            checkError();
            waiting.push_back(block);
        }
        changed.notify_all();
        if (threads.size() < kThreads) threads.emplace_back([this] { run(); });
    }

    void add(const std::uint8_t* data, std::uint64_t bytes) {
        while (bytes > 0) {
            if (current == nullptr) nextBuffer();
            const std::size_t part = std::min<std::uint64_t>(bytes, kSumBlock - filled);
            std::memcpy(current + filled, data, part);
            filled += part;
            data += part;
            bytes -= part;
            if (filled == kSumBlock) sendCurrent();
        }
    }

    void join() {
        {
            const std::lock_guard lock(mutex);
            ended = true;
        }
        changed.notify_all();
        for (std::thread& thread : threads) thread.join();
        threads.clear();
    }

    void writeTail() {
        if (current == nullptr) return;
        hash.update(current, filled);
        sums.push_back(blockSum(current, filled));
        // Its length is not a multiple of the alignment.
        const int flags = ::fcntl(fd.get(), F_GETFL);
        if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags & ~O_DIRECT) != 0)
            fail("Could not write the file's end", errno);
        const int number = writeAt(fd.get(), current, filled, total);
        if (number != 0) fail("Could not write the file", number);
        total += filled;
    }
};

HashedFileWriter::HashedFileWriter(std::string file, std::uint64_t bytes, WriteManner manner)
    : impl_(std::make_unique<Impl>(std::move(file), bytes, std::move(manner))) {
    impl_->open();
}

HashedFileWriter::~HashedFileWriter() {
    if (impl_->manner.hasher != nullptr) impl_->manner.hasher->forget(impl_->hash);
    impl_->join();
    if (impl_->finished) return;
    impl_->fd.close();
    ::unlink(impl_->file.c_str());
}

void HashedFileWriter::write(const void* data, std::uint64_t bytes) {
    impl_->add(static_cast<const std::uint8_t*>(data), bytes);
}

HashedFileWriter::Finished HashedFileWriter::finish() {
    if (impl_->manner.hasher != nullptr) impl_->manner.hasher->flush();
    impl_->join();
    impl_->checkError();
    impl_->writeTail();
    if (impl_->total != impl_->expected) {
        throw Error(
            ExitCode::kRunFailed,
            "The file got " + std::to_string(impl_->total) + " bytes instead of " + std::to_string(impl_->expected),
            impl_->file);
    }
    // Never tried again: after a failed fsync the kernel may report success for pages it has dropped.
    if (::fsync(impl_->fd.get()) != 0) impl_->fail("Could not bring the file to the disk", errno);
    if (!impl_->fd.close()) impl_->fail("Could not close the file", errno);
    impl_->finished = true;
    return {impl_->total, impl_->hash.hex(), std::move(impl_->sums)};
}

}  // namespace switchyard::io
