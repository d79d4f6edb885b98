// SPDX-License-Identifier: MIT
// Tensors to and from safetensors files.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/io/safetensors.h"

namespace switchyard::checkpoint {

/// Throws: Error(kRunFailed) for a type that the container does not know.
io::Dtype dtypeOf(const at::Tensor& tensor);
at::ScalarType scalarTypeOf(io::Dtype dtype);

/// Bytes of a tensor's values.
std::uint64_t bytesOf(const at::Tensor& tensor);

/// Writes tensors in order, a piece at a time. Thread: one thread.
class TensorFileWriter {
public:
    /// Throws: Error(kIo); the file is then gone, as it is when this object goes before finish().
    TensorFileWriter(const std::filesystem::path& file, std::vector<std::pair<std::string, at::Tensor>> tensors,
                     io::WriteManner manner = {});
    /// About so many bytes more. @return false when all are written
    bool writeSome(std::uint64_t bytes);
    io::SafetensorsWriter::Finished finish() { return writer_.finish(); }

private:
    std::vector<std::pair<std::string, at::Tensor>> tensors_;
    io::SafetensorsWriter writer_;
    std::size_t next_ = 0;    ///< the tensor that is being written
    at::Tensor plain_;        ///< it, in the host's memory
    std::uint64_t done_ = 0;  ///< bytes of it
};

/// All of it at once.
io::SafetensorsWriter::Finished writeTensors(const std::filesystem::path& file,
                                             std::vector<std::pair<std::string, at::Tensor>> tensors);

/// A view on a tensor of an open file; read-only, valid while `file` lives.
at::Tensor tensorOf(const io::SafetensorsFile& file, const io::TensorEntry& entry);

}  // namespace switchyard::checkpoint
