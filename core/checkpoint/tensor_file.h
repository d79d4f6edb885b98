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

/// Writes `tensors` in order. Throws: Error(kIo); the file is then gone.
/// @param after_block as of io::HashedFileWriter
io::SafetensorsWriter::Finished writeTensors(const std::filesystem::path& file,
                                             const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                                             std::function<void()> after_block = {});

/// A view on a tensor of an open file; read-only, valid while `file` lives.
at::Tensor tensorOf(const io::SafetensorsFile& file, const io::TensorEntry& entry);

}  // namespace switchyard::checkpoint
