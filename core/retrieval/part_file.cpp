// SPDX-License-Identifier: MIT
#include "core/retrieval/part_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/base/util/error.h"

namespace switchyard::retrieval {
namespace {

constexpr std::uint64_t kBlock = 4 << 20;

}  // namespace

PartFile::PartFile(std::filesystem::path file, std::uint64_t bytes) : file_(std::move(file)), bytes_(bytes) {
    fd_ = io::FileDescriptor(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    struct stat info {};
    if (!fd_.valid() || ::fstat(fd_.get(), &info) != 0) fail("The file can not be opened");
    if (static_cast<std::uint64_t>(info.st_size) < bytes) {
        throw Error(ExitCode::kIo, "The file is shorter than it was", file_.string(),
                    "Remove the folder and build again");
    }
    if (::ftruncate(fd_.get(), static_cast<off_t>(bytes)) != 0) fail("The file can not be cut");
}

void PartFile::fail(const char* what) const {
    throw Error(ExitCode::kIo, std::string(what) + ": " + std::strerror(errno), file_.string());
}

void PartFile::append(const void* data, std::uint64_t bytes) {
    const auto* from = static_cast<const std::uint8_t*>(data);
    held_.insert(held_.end(), from, from + bytes);
    bytes_ += bytes;
    if (held_.size() >= kBlock) flush();
}

void PartFile::flush() {
    std::uint64_t at = bytes_ - held_.size();
    for (std::size_t done = 0; done < held_.size();) {
        const ssize_t wrote = ::pwrite(fd_.get(), held_.data() + done, held_.size() - done, static_cast<off_t>(at));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) fail("The file can not be written");
        done += static_cast<std::size_t>(wrote);
        at += static_cast<std::uint64_t>(wrote);
    }
    held_.clear();
}

void PartFile::sync() {
    flush();
    if (::fdatasync(fd_.get()) != 0) fail("The file can not be put on the disk");
}

void PartFile::readRows(std::uint64_t begin, std::uint64_t row_bytes,
                        const std::function<void(const std::uint8_t*, std::uint64_t)>& take) {
    flush();
    std::vector<std::uint8_t> block(std::max<std::uint64_t>(1, kBlock / row_bytes) * row_bytes);
    while (begin < bytes_) {
        const std::uint64_t wanted = std::min<std::uint64_t>(block.size(), bytes_ - begin);
        for (std::uint64_t got = 0; got < wanted;) {
            const ssize_t read = ::pread(fd_.get(), block.data() + got, wanted - got, static_cast<off_t>(begin + got));
            if (read < 0 && errno == EINTR) continue;
            if (read <= 0) fail("The file can not be read");
            got += static_cast<std::uint64_t>(read);
        }
        take(block.data(), wanted);
        begin += wanted;
    }
}

}  // namespace switchyard::retrieval
