// SPDX-License-Identifier: MIT
#include "core/base/io/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

constexpr std::size_t kMaxLineBytes = 1U << 20;

}  // namespace

LineReader::LineReader(const std::filesystem::path& file)
    : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), file_(file) {
    if (!fd_.valid()) {
        throw Error(ExitCode::kBadData, std::string("Could not open the data file: ") + std::strerror(errno),
                    file.string(), "Check the path, data.root and data.train");
    }
    struct stat info {};
    if (fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        throw Error(ExitCode::kBadData, "Not a regular file", file.string(), "Give a file of rows, one a line");
    }
}

bool LineReader::next(std::string* line, bool* too_long) {
    line->clear();
    *too_long = false;
    bool any = false;
    for (;;) {
        if (position_ == filled_ && !fill()) return any;
        any = true;
        const char* begin = buffer_.data() + position_;
        const std::size_t rest = filled_ - position_;
        const auto* end = static_cast<const char*>(std::memchr(begin, '\n', rest));
        const std::size_t length = end == nullptr ? rest : static_cast<std::size_t>(end - begin);
        if (line->size() + length > kMaxLineBytes) {
            *too_long = true;
        } else if (!*too_long) {
            line->append(begin, length);
        }
        position_ += length + (end == nullptr ? 0 : 1);
        if (end != nullptr) return true;
    }
}

bool LineReader::fill() {
    for (;;) {
        const ssize_t got = ::read(fd_.get(), buffer_.data(), buffer_.size());
        if (got >= 0) {
            position_ = 0;
            filled_ = static_cast<std::size_t>(got);
            return got > 0;
        }
        if (errno != EINTR) {
            throw Error(ExitCode::kIo, std::string("Could not read the data file: ") + std::strerror(errno),
                        file_.string());
        }
    }
}

}  // namespace switchyard::io
