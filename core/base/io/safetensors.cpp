// SPDX-License-Identifier: MIT
#include "core/base/io/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "core/base/io/file_descriptor.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/strict_json.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxHeaderBytes = 16U << 20;
constexpr std::size_t kMaxDimensions = 16;
constexpr int kMaxDepth = 4;

struct DtypeRow {
    Dtype dtype;
    const char* name;
    std::size_t bytes;
};
constexpr std::array<DtypeRow, 10> kDtypes = {{{Dtype::kBool, "BOOL", 1},
                                               {Dtype::kU8, "U8", 1},
                                               {Dtype::kI8, "I8", 1},
                                               {Dtype::kI16, "I16", 2},
                                               {Dtype::kI32, "I32", 4},
                                               {Dtype::kI64, "I64", 8},
                                               {Dtype::kF16, "F16", 2},
                                               {Dtype::kBf16, "BF16", 2},
                                               {Dtype::kF32, "F32", 4},
                                               {Dtype::kF64, "F64", 8}}};

std::optional<Dtype> dtypeFromName(const std::string& name) {
    for (const DtypeRow& row : kDtypes) {
        if (name == row.name) return row.dtype;
    }
    return std::nullopt;
}

[[noreturn]] void corrupt(const std::string& message, const std::string& file) {
    throw Error(ExitCode::kCorruptCheckpoint, message, file, "The file is damaged; use another checkpoint");
}

/// One entry of the header, checked by itself.
TensorEntry readEntry(const std::string& name, const json& value, const std::string& file) {
    const std::string tensor = "The tensor " + escapeForDisplay(name.substr(0, 200));
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
        !value.contains("data_offsets")) {
        corrupt(tensor + " needs exactly dtype, shape and data_offsets", file);
    }
    TensorEntry entry;
    entry.name = name;
    const json& dtype = value["dtype"];
    const std::optional<Dtype> known = dtype.is_string() ? dtypeFromName(dtype.get<std::string>()) : std::nullopt;
    if (!known) corrupt(tensor + " has an unknown dtype", file);
    entry.dtype = *known;
    const json& shape = value["shape"];
    if (!shape.is_array() || shape.size() > kMaxDimensions) corrupt(tensor + " has no usable shape", file);
    std::uint64_t bytes = dtypeBytes(entry.dtype);
    bool empty = false;
    for (const json& size : shape) {
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
            corrupt(tensor + " has a size that is no count", file);
        }
        const auto count = size.get<std::uint64_t>();
        entry.shape.push_back(static_cast<std::int64_t>(count));
        empty = empty || count == 0;
        // Sizes beside a zero are checked too: whoever multiplies them in another order must not overflow.
        if (__builtin_mul_overflow(bytes, std::max<std::uint64_t>(1, count), &bytes)) {
            corrupt(tensor + " is too large", file);
        }
    }
    if (empty) bytes = 0;
    const json& offsets = value["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned()) {
        corrupt(tensor + " has no usable data_offsets", file);
    }
    entry.begin = offsets[0].get<std::uint64_t>();
    entry.end = offsets[1].get<std::uint64_t>();
    if (entry.begin > entry.end || entry.end - entry.begin != bytes) {
        corrupt(tensor + " has data_offsets that do not fit its shape", file);
    }
    return entry;
}

}  // namespace

const char* dtypeName(Dtype dtype) {
    return kDtypes[static_cast<std::size_t>(dtype)].name;
}

std::size_t dtypeBytes(Dtype dtype) {
    return kDtypes[static_cast<std::size_t>(dtype)].bytes;
}

struct SafetensorsFile::Impl {
    std::string file;
    void* mapping = nullptr;
    std::size_t size = 0;
    const std::uint8_t* data = nullptr;
    std::vector<TensorEntry> entries;
    std::map<std::string, std::string> metadata;
    std::unordered_map<std::string, std::size_t> index;

    ~Impl() {
        if (mapping != nullptr) munmap(mapping, size);
    }

    void map() {
        const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
        struct stat info {};
        if (!fd.valid() || fstat(fd.get(), &info) != 0) {
            throw Error(ExitCode::kIo, std::string("Could not open the file: ") + std::strerror(errno), file);
        }
        if (!S_ISREG(info.st_mode)) corrupt("Not a regular file", file);
        size = static_cast<std::size_t>(info.st_size);
        if (size < sizeof(std::uint64_t)) corrupt("The file is too short for a header", file);
        void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
        if (address == MAP_FAILED) {
            throw Error(ExitCode::kIo, std::string("Could not map the file: ") + std::strerror(errno), file);
        }
        mapping = address;
    }

    void readMetadata(const json& value) {
        if (!value.is_object()) corrupt("__metadata__ is not an object of strings", file);
        for (const auto& [key, text] : value.items()) {
            if (!text.is_string()) corrupt("__metadata__ is not an object of strings", file);
            metadata[key] = text.get<std::string>();
        }
    }

    void readHeader() {
        const auto* bytes = static_cast<const std::uint8_t*>(mapping);
        std::uint64_t length = 0;
        std::memcpy(&length, bytes, sizeof(length));
        if (length > kMaxHeaderBytes) corrupt("The header claims to be longer than 16 MiB", file);
        if (length > size - sizeof(length)) corrupt("The file ends within its header", file);
        data = bytes + sizeof(length) + length;
        json header;
        std::string problem;
        const std::string_view text(static_cast<const char*>(mapping) + sizeof(length), length);
        if (!parseStrictJson(text, kMaxDepth, &header, &problem)) corrupt("Broken header: " + problem, file);
        if (!header.is_object() || text.front() != '{') corrupt("The header is not a JSON object", file);
        for (const auto& [name, value] : header.items()) {
            if (name == "__metadata__") {
                readMetadata(value);
            } else {
                entries.push_back(readEntry(name, value, file));
            }
        }
        std::stable_sort(entries.begin(), entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
            return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
        });
        std::uint64_t position = 0;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::string name = escapeForDisplay(entries[i].name.substr(0, 200));
            if (entries[i].begin < position) corrupt("The tensor " + name + " overlaps another", file);
            if (entries[i].begin > position) corrupt("There is a hole before the tensor " + name, file);
            position = entries[i].end;
            index.emplace(entries[i].name, i);
        }
        const std::uint64_t present = size - sizeof(length) - length;
        if (position != present) {
            corrupt("The header describes " + std::to_string(position) + " bytes of tensors; the file has " +
                        std::to_string(present),
                    file);
        }
    }
};

SafetensorsFile::SafetensorsFile(const std::filesystem::path& file) : impl_(std::make_unique<Impl>()) {
    impl_->file = file.string();
    impl_->map();
    impl_->readHeader();
}

SafetensorsFile::~SafetensorsFile() = default;
SafetensorsFile::SafetensorsFile(SafetensorsFile&&) noexcept = default;

const std::vector<TensorEntry>& SafetensorsFile::entries() const {
    return impl_->entries;
}

const std::map<std::string, std::string>& SafetensorsFile::metadata() const {
    return impl_->metadata;
}

const TensorEntry* SafetensorsFile::find(const std::string& name) const {
    const auto found = impl_->index.find(name);
    return found == impl_->index.end() ? nullptr : &impl_->entries[found->second];
}

std::uint64_t SafetensorsFile::placeOf(const TensorEntry& entry) const {
    return static_cast<std::uint64_t>(data(entry) - static_cast<const std::uint8_t*>(impl_->mapping));
}

const std::uint8_t* SafetensorsFile::data(const TensorEntry& entry) const {
    return impl_->data + entry.begin;
}

}  // namespace switchyard::io
