// SPDX-License-Identifier: MIT
// What the fuzzers share: their bytes as a file, and a way to say that a promise was broken.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "core/base/util/error.h"

namespace switchyard::fuzz {

/// A broken promise is a finding like a crash.
inline void require(bool kept, const char* promise) {
    if (kept) return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

/// One input takes less than 2 s of the processor. libFuzzer's own limit is of the clock: on a busy machine it tells of
/// inputs that did nothing but wait.
class ProcessorLimit {
public:
    ~ProcessorLimit() { require(std::clock() - begin_ < 2 * CLOCKS_PER_SEC, "an input takes less than 2 s"); }

private:
    std::clock_t begin_ = std::clock();
};

/// Bytes as a regular file that lives in memory.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view bytes) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
        require(fd_ >= 0, "a file in memory can be made");
        for (std::size_t done = 0; done < bytes.size();) {
            const ssize_t wrote = ::write(fd_, bytes.data() + done, bytes.size() - done);
            require(wrote > 0, "a file in memory can be written");
            done += static_cast<std::size_t>(wrote);
        }
    }
    ~MemoryFile() { ::close(fd_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

private:
    int fd_;
};

inline std::string_view asText(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Calls `read`; true when it went well, false when it threw an Error of this code. Any other one is a finding.
template <class Read>
bool readsOrRefuses(ExitCode code, Read&& read) {
    try {
        read();
        return true;
    } catch (const Error& error) {
        require(error.code() == code, error.what());
        return false;
    }
}

}  // namespace switchyard::fuzz
