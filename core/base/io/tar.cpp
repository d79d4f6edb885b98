// SPDX-License-Identifier: MIT
#include "core/base/io/tar.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

constexpr std::uint64_t kBlock = 512, kMaxExtension = 1U << 20, kMaxName = 4096;
using Block = std::array<unsigned char, kBlock>;

std::string_view field(const Block& block, std::size_t at, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(block.data()) + at, size);
    return text.substr(0, text.find('\0'));
}

/// Octal digits between spaces, or (GNU) the value itself after a byte of 128.
std::optional<std::uint64_t> number(const Block& block, std::size_t at, std::size_t size) {
    if (block[at] == 0x80) {
        std::uint64_t value = 0;
        for (std::size_t i = 1; i < size; ++i) {
            if (value >> 55 != 0) return std::nullopt;
            value = value << 8 | block[at + i];
        }
        return value;
    }
    std::string_view text = field(block, at, size);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, 8);
    return result.ec == std::errc() && result.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// The check sum counts its own field as spaces; some old programs summed signed bytes.
bool sumIsRight(const Block& block) {
    constexpr std::size_t kAt = 148, kSize = 8;
    std::uint64_t sum = kSize * ' ';
    std::int64_t signed_sum = kSize * ' ';
    for (std::size_t i = 0; i < kBlock; ++i) {
        if (i >= kAt && i < kAt + kSize) continue;
        sum += block[i];
        signed_sum += static_cast<signed char>(block[i]);
    }
    const auto claimed = number(block, kAt, kSize);
    return claimed && (*claimed == sum || static_cast<std::int64_t>(*claimed) == signed_sum);
}

std::string ustarName(const Block& block) {
    constexpr std::size_t kMagicAt = 257, kPrefixAt = 345;
    const std::string name(field(block, 0, 100));
    const bool posix = std::memcmp(block.data() + kMagicAt, "ustar\0", 6) == 0;  // GNU's own has other things there
    const std::string prefix(posix ? field(block, kPrefixAt, 155) : std::string_view());
    return prefix.empty() ? name : prefix + "/" + name;
}

FileDescriptor openRegular(const std::filesystem::path& file, std::uint64_t* size) {
    FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (!fd.valid()) {
        throw Error(ExitCode::kBadData, std::string("Could not open the shard: ") + std::strerror(errno), file.string(),
                    "Check the path, data.root and data.train");
    }
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
        throw Error(ExitCode::kBadData, "Not a regular file", file.string(), "Give a tar archive");
    *size = static_cast<std::uint64_t>(info.st_size);
    return fd;
}

void readFully(int fd, void* out, std::size_t bytes, std::uint64_t at, const std::filesystem::path& file) {
    auto* to = static_cast<char*>(out);
    while (bytes > 0) {
        const ssize_t got = ::pread(fd, to, bytes, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            throw Error(
                ExitCode::kBadData,
                got == 0 ? "The archive has become shorter" : std::string("Could not read: ") + std::strerror(errno),
                file.string() + ", byte " + std::to_string(at));
        }
        to += got;
        at += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::size_t>(got);
    }
}

}  // namespace

TarReader::TarReader(std::filesystem::path file) : file_(std::move(file)), fd_(openRegular(file_, &size_)) {
    if (size_ == 0) throw Error(ExitCode::kBadData, "The archive is empty", file_.string());
    // Headers lie far apart: what comes after one is not wanted.
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_RANDOM);
}

void TarReader::fail(const std::string& message) const {
    throw Error(ExitCode::kBadData, message, file_.string() + ", byte " + std::to_string(at_),
                "Make the shard anew or leave it out");
}

void TarReader::readAt(void* out, std::size_t bytes, std::uint64_t at) const {
    if (at > size_ || bytes > size_ - at) fail("The archive is cut off");
    readFully(fd_.get(), out, bytes, at, file_);
}

std::string TarReader::extensionText(std::uint64_t size) const {
    if (size > kMaxExtension) fail("An extended header is larger than 1 MiB");
    std::string text(size, '\0');
    readAt(text.data(), size, at_ + kBlock);
    return text;
}

void TarReader::takePax(const std::string& text, Extension* extension) const {
    // "LENGTH KEY=VALUE\n", the length that of the whole record.
    for (std::size_t at = 0; at < text.size();) {
        std::size_t length = 0;
        const auto result = std::from_chars(text.data() + at, text.data() + text.size(), length);
        const auto digits = static_cast<std::size_t>(result.ptr - text.data()) - at;
        if (result.ec != std::errc() || length > text.size() - at || length < digits + 3 || *result.ptr != ' ' ||
            text[at + length - 1] != '\n') {
            fail("A pax header is broken");
        }
        const std::string_view record = std::string_view(text).substr(at + digits + 1, length - digits - 2);
        const std::size_t equals = record.find('=');
        if (equals == std::string_view::npos) fail("A pax header is broken");
        const std::string_view key = record.substr(0, equals), value = record.substr(equals + 1);
        if (key == "path") extension->name = std::string(value);
        if (key == "size") {
            std::uint64_t size = 0;
            const auto parsed = std::from_chars(value.data(), value.data() + value.size(), size);
            if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size()) fail("A pax header is broken");
            extension->size = size;
        }
        if (key.starts_with("GNU.sparse.")) fail("Sparse files inside an archive are not read");
        at += length;
    }
}

std::optional<TarEntry> TarReader::next() {
    Extension extension;
    for (;;) {
        Block block{};
        if (at_ == size_) fail("The archive is cut off: its closing block of zeros is not there");
        readAt(block.data(), kBlock, at_);
        if (std::all_of(block.begin(), block.end(), [](unsigned char byte) { return byte == 0; })) return std::nullopt;
        if (!sumIsRight(block)) fail("No tar header: its check sum is wrong");
        const auto own_size = number(block, 124, 12);
        if (!own_size) fail("A header's size is no number");
        const char kind = static_cast<char>(block[156]);
        const bool extends = kind == 'x' || kind == 'g' || kind == 'L' || kind == 'K';
        const std::uint64_t size = extends ? *own_size : extension.size.value_or(*own_size);
        const bool has_bytes = kind != '1' && kind != '2' && kind != '3' && kind != '4' && kind != '5' && kind != '6';
        const std::uint64_t stored = has_bytes ? size : 0;
        if (stored > size_ - at_ - kBlock)
            fail("The archive is cut off: an entry claims " + std::to_string(size) + " bytes");
        const std::uint64_t begin = at_ + kBlock;
        const std::uint64_t after = begin + std::min((stored + kBlock - 1) / kBlock * kBlock, size_ - begin);
        if (kind == 'x') takePax(extensionText(size), &extension);
        if (kind == 'L') extension.name = extensionText(size).c_str();  // up to its closing zero
        if (kind == 'S') fail("Sparse files inside an archive are not read");
        at_ = after;
        if (extends) continue;
        TarEntry entry;
        entry.name = extension.name ? *extension.name : ustarName(block);
        if (entry.name.size() > kMaxName) fail("A name is longer than 4 KiB");
        entry.offset = begin;
        entry.size = stored;
        entry.regular = kind == '0' || kind == '\0' || kind == '7';
        entry.number = ++number_;
        return entry;
    }
}

std::vector<std::uint8_t> TarReader::read(const TarEntry& entry, std::uint64_t most) const {
    if (entry.size > most) {
        throw Error(ExitCode::kBadData, "The entry is larger than " + std::to_string(most) + " bytes",
                    file_.string() + ", byte " + std::to_string(entry.offset));
    }
    std::vector<std::uint8_t> bytes(entry.size);
    readAt(bytes.data(), bytes.size(), entry.offset);
    return bytes;
}

std::vector<std::uint8_t> readPart(const std::filesystem::path& file, std::uint64_t offset, std::uint64_t size) {
    std::uint64_t whole = 0;
    const FileDescriptor fd = openRegular(file, &whole);
    if (offset > whole || size > whole - offset) {
        throw Error(ExitCode::kBadData, "The archive has become shorter", file.string());
    }
    std::vector<std::uint8_t> bytes(size);
    readFully(fd.get(), bytes.data(), bytes.size(), offset, file);
    return bytes;
}

}  // namespace switchyard::io
