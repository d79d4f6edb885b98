// SPDX-License-Identifier: MIT
#include <bit>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/io/jsonl.h"
#include "core/base/io/safetensors.h"
#include "core/base/util/error.h"

namespace switchyard::io {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

namespace {

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
    std::unique_ptr<HashedFileWriter> out;
    std::size_t next = 0;
    std::uint64_t of_next = 0;  ///< bytes of it that are written

    const TensorEntry& nextNamed(const std::string& name) const {
        if (next >= entries.size() || entries[next].name != name) {
            programmingError("The tensor " + name + " is not the next one of the header", file);
        }
        return entries[next];
    }
};

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path& file, std::vector<TensorEntry> entries,
                                     const std::map<std::string, std::string>& metadata,
                                     WriteManner manner)
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
    const std::uint64_t length = text.size();
    impl_->out =
        std::make_unique<HashedFileWriter>(impl_->file, sizeof(length) + length + position, std::move(manner));
    impl_->out->write(&length, sizeof(length));
    impl_->out->write(text.data(), text.size());
}

SafetensorsWriter::~SafetensorsWriter() = default;

void SafetensorsWriter::write(const std::string& name, const void* data, std::uint64_t bytes) {
    const TensorEntry& entry = impl_->nextNamed(name);
    if (bytes != entry.end - entry.begin) {
        programmingError("The tensor " + name + " has " + std::to_string(bytes) + " bytes; its shape needs " +
                             std::to_string(entry.end - entry.begin),
                         impl_->file);
    }
    writePart(name, data, bytes);
}

void SafetensorsWriter::writePart(const std::string& name, const void* data, std::uint64_t bytes) {
    const TensorEntry& entry = impl_->nextNamed(name);
    if (bytes > entry.end - entry.begin - impl_->of_next) {
        programmingError("The tensor " + name + " has more bytes than its shape needs", impl_->file);
    }
    impl_->out->write(data, bytes);
    impl_->of_next += bytes;
    if (impl_->of_next < entry.end - entry.begin) return;
    impl_->of_next = 0;
    ++impl_->next;
}

SafetensorsWriter::Finished SafetensorsWriter::finish() {
    if (impl_->next != impl_->entries.size()) {
        throw Error(ExitCode::kIo,
                    std::to_string(impl_->entries.size() - impl_->next) + " tensors of the header were not written",
                    impl_->file);
    }
    return impl_->out->finish();
}

}  // namespace switchyard::io
