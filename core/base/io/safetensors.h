// SPDX-License-Identifier: MIT
// The safetensors container (8-byte little-endian header length, JSON header, tensor bytes), without any
// tensor library. Source: github.com/huggingface/safetensors, README "Format".
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/io/hashed_file_writer.h"

namespace switchyard::io {

enum class Dtype { kBool, kU8, kI8, kI16, kI32, kI64, kF16, kBf16, kF32, kF64 };
const char* dtypeName(Dtype dtype);  ///< "F32"
std::size_t dtypeBytes(Dtype dtype);

struct TensorEntry {
    std::string name;
    Dtype dtype = Dtype::kF32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0;  ///< bytes in the data part
};

/// Writes tensors in the order given, hashing while writing; every write, fsync and close is checked.
class SafetensorsWriter {
public:
    /// `entries`' begin/end are filled in here. Throws: Error(kIo | kRunFailed for a duplicate name).
    SafetensorsWriter(const std::filesystem::path& file, std::vector<TensorEntry> entries,
                      const std::map<std::string, std::string>& metadata = {}, WriteManner manner = {});
    ~SafetensorsWriter();  ///< removes the file when finish() was not reached
    /// Bytes of the next tensor, contiguous, little-endian.
    void write(const std::string& name, const void* data, std::uint64_t bytes);
    /// The same in parts, from its first byte to its last.
    void writePart(const std::string& name, const void* data, std::uint64_t bytes);
    using Finished = HashedFileWriter::Finished;
    /// fsync and close. Throws: Error(kIo), also when tensors are missing.
    Finished finish();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Memory-mapped, read-only. Everything in the header is checked before any tensor is looked at: header at
/// most 16 MiB, UTF-8, no duplicate keys, known dtypes, products without overflow, contiguous, exact size.
/// Thread: safe after construction.
class SafetensorsFile {
public:
    /// Throws: Error(kCorruptCheckpoint) naming the file; Error(kIo) when it can not be opened.
    explicit SafetensorsFile(const std::filesystem::path& file);
    ~SafetensorsFile();
    SafetensorsFile(SafetensorsFile&&) noexcept;
    const std::vector<TensorEntry>& entries() const;
    const std::map<std::string, std::string>& metadata() const;
    /// nullptr when there is none of that name.
    const TensorEntry* find(const std::string& name) const;
    /// First byte of a tensor; valid while this object lives.
    const std::uint8_t* data(const TensorEntry& entry) const;
    /// Its place in the file, in bytes.
    std::uint64_t placeOf(const TensorEntry& entry) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::io
