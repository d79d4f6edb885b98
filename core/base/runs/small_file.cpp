// SPDX-License-Identifier: MIT
#include "core/base/runs/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/io/file_descriptor.h"

namespace switchyard::runs {
namespace {

constexpr std::size_t kMost = 1 << 20;

}  // namespace

std::optional<std::string> readSmall(const std::filesystem::path& file) {
    const io::FileDescriptor fd(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info {};
    if (!fd.valid() || fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
    // Files of /proc say that they are empty.
    std::string text(info.st_size > 0 ? std::min(static_cast<std::size_t>(info.st_size), kMost) : 4096, '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        const ssize_t got = read(fd.get(), text.data() + filled, text.size() - filled);
        if (got < 0) return std::nullopt;
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    text.resize(filled);
    return text;
}

std::optional<nlohmann::json> readObject(const std::filesystem::path& file) {
    const std::optional<std::string> text = readSmall(file);
    if (!text) return std::nullopt;
    nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    return json;
}

double modifiedAt(const std::filesystem::path& file) {
    struct stat info {};
    if (stat(file.c_str(), &info) != 0) return 0;
    return static_cast<double>(info.st_mtim.tv_sec) + static_cast<double>(info.st_mtim.tv_nsec) * 1e-9;
}

}  // namespace switchyard::runs
