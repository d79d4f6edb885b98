// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/io/file_descriptor.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/safetensors.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"

namespace switchyard::io {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

namespace {

constexpr std::size_t kBufferBytes = 4U << 20;
constexpr std::size_t kAlignment = 8;

[[noreturn]] void programmingError(const std::string& message, const std::string& file) {
    throw Error(ExitCode::kRunFailed, message, file);
}

std::uint64_t tensorBytes(const TensorEntry& entry, const std::string& file) {
    std::uint64_t count = dtypeBytes(entry.dtype);
    for (const std::int64_t size : entry.shape) {
        if (size < 0 || __builtin_mul_overflow(count, static_cast<std::uint64_t>(size), &count)) {
            programmingError("The tensor " + entry.name + " has an impossible shape", file);
        }
    }
    return count;
}

}  // namespace

struct SafetensorsWriter::Impl {
    std::string file;
    std::vector<TensorEntry> entries;
    FileDescriptor fd;
    Sha256 hash;
    std::vector<std::uint8_t> buffer;
    std::uint64_t written = 0;
    std::size_t next = 0;
    bool finished = false;

    [[noreturn]] void fail(const std::string& what) const {
        const int error = errno;
        throw Error(ExitCode::kIo, what + ": " + std::strerror(error), file,
                    error == ENOSPC || error == EDQUOT ? "Free some space" : "");
    }

    void writeOut(const std::uint8_t* data, std::size_t bytes) {
        hash.update(data, bytes);
        while (bytes > 0) {
            const ssize_t done = ::write(fd.get(), data, bytes);
            if (done < 0) {
                if (errno == EINTR) continue;
                fail("Could not write the file");
            }
            data += done;
            bytes -= static_cast<std::size_t>(done);
            written += static_cast<std::uint64_t>(done);
        }
    }

    void flush() {
        writeOut(buffer.data(), buffer.size());
        buffer.clear();
    }

    /// Small pieces are gathered; a large one is hashed and written part by part while it is in the cache.
    void add(const void* data, std::uint64_t bytes) {
        const auto* from = static_cast<const std::uint8_t*>(data);
        if (bytes < kBufferBytes) {
            if (buffer.size() + bytes > kBufferBytes) flush();
            buffer.insert(buffer.end(), from, from + bytes);
            return;
        }
        flush();
        for (std::uint64_t at = 0; at < bytes; at += kBufferBytes) {
            writeOut(from + at, static_cast<std::size_t>(std::min<std::uint64_t>(kBufferBytes, bytes - at)));
        }
    }
};

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path& file, std::vector<TensorEntry> entries,
                                     const std::map<std::string, std::string>& metadata)
    : impl_(std::make_unique<Impl>()) {
    impl_->file = file.string();
    // Ordered, so that the header lists the tensors as they follow in the file.
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::set<std::string> names = {"__metadata__"};
    std::uint64_t position = 0;
    for (TensorEntry& entry : entries) {
        if (!names.insert(entry.name).second) programmingError("Two tensors are named " + entry.name, impl_->file);
        if (!isUtf8(entry.name)) programmingError("A tensor's name is not UTF-8", impl_->file);
        entry.begin = position;
        if (__builtin_add_overflow(position, tensorBytes(entry, impl_->file), &position)) {
            programmingError("The tensors are too large for one file", impl_->file);
        }
        entry.end = position;
        header.push_back(
            {entry.name,
             {{"dtype", dtypeName(entry.dtype)}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}}});
    }
    impl_->entries = std::move(entries);
    std::string text = header.dump();
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');  // keeps the tensors aligned
    impl_->fd = FileDescriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!impl_->fd.valid()) impl_->fail("Could not make the file");
    impl_->buffer.reserve(kBufferBytes);
    const std::uint64_t length = text.size();
    impl_->add(&length, sizeof(length));
    impl_->add(text.data(), text.size());
}

SafetensorsWriter::~SafetensorsWriter() {
    if (impl_ == nullptr || impl_->finished) return;
    impl_->fd.close();
    ::unlink(impl_->file.c_str());
}

void SafetensorsWriter::write(const std::string& name, const void* data, std::uint64_t bytes) {
    if (impl_->next >= impl_->entries.size() || impl_->entries[impl_->next].name != name) {
        programmingError("The tensor " + name + " is not the next one of the header", impl_->file);
    }
    const TensorEntry& entry = impl_->entries[impl_->next];
    if (bytes != entry.end - entry.begin) {
        programmingError("The tensor " + name + " has " + std::to_string(bytes) + " bytes; its shape needs " +
                             std::to_string(entry.end - entry.begin),
                         impl_->file);
    }
    impl_->add(data, bytes);
    ++impl_->next;
}

SafetensorsWriter::Finished SafetensorsWriter::finish() {
    if (impl_->next != impl_->entries.size()) {
        throw Error(ExitCode::kIo,
                    std::to_string(impl_->entries.size() - impl_->next) + " tensors of the header were not written",
                    impl_->file);
    }
    impl_->flush();
    if (::fsync(impl_->fd.get()) != 0) impl_->fail("Could not bring the file to the disk");
    if (!impl_->fd.close()) impl_->fail("Could not close the file");
    impl_->finished = true;
    return {impl_->written, impl_->hash.hex()};
}

}  // namespace switchyard::io
