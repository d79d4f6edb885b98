// SPDX-License-Identifier: MIT
#include "core/checkpoint/tensor_file.h"

#include <ATen/ATen.h>

#include <array>

#include "core/base/util/error.h"

namespace switchyard::checkpoint {
namespace {

struct TypePair {
    at::ScalarType tensor;
    io::Dtype file;
};
constexpr std::array<TypePair, 10> kTypes = {{{at::kBool, io::Dtype::kBool},
                                              {at::kByte, io::Dtype::kU8},
                                              {at::kChar, io::Dtype::kI8},
                                              {at::kShort, io::Dtype::kI16},
                                              {at::kInt, io::Dtype::kI32},
                                              {at::kLong, io::Dtype::kI64},
                                              {at::kHalf, io::Dtype::kF16},
                                              {at::kBFloat16, io::Dtype::kBf16},
                                              {at::kFloat, io::Dtype::kF32},
                                              {at::kDouble, io::Dtype::kF64}}};

}  // namespace

io::Dtype dtypeOf(const at::Tensor& tensor) {
    for (const TypePair& pair : kTypes) {
        if (pair.tensor == tensor.scalar_type()) return pair.file;
    }
    throw Error(ExitCode::kRunFailed,
                std::string("Tensors of type ") + c10::toString(tensor.scalar_type()) + " can not be saved");
}

at::ScalarType scalarTypeOf(io::Dtype dtype) {
    for (const TypePair& pair : kTypes) {
        if (pair.file == dtype) return pair.tensor;
    }
    throw Error(ExitCode::kRunFailed, "A tensor of the file has a type that can not be read");
}

std::uint64_t bytesOf(const at::Tensor& tensor) {
    return static_cast<std::uint64_t>(tensor.numel()) * tensor.element_size();
}

io::SafetensorsWriter::Finished writeTensors(const std::filesystem::path& file,
                                             const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                                             std::function<void()> after_block) {
    std::vector<io::TensorEntry> entries;
    for (const auto& [name, tensor] : tensors) {
        io::TensorEntry entry;
        entry.name = name;
        entry.dtype = dtypeOf(tensor);
        entry.shape = tensor.sizes().vec();
        entries.push_back(std::move(entry));
    }
    io::SafetensorsWriter writer(file, std::move(entries), {}, std::move(after_block));
    for (const auto& [name, tensor] : tensors) {
        const at::Tensor plain = tensor.detach().cpu().contiguous();
        writer.write(name, plain.const_data_ptr(), bytesOf(plain));
    }
    return writer.finish();
}

at::Tensor tensorOf(const io::SafetensorsFile& file, const io::TensorEntry& entry) {
    // from_blob wants a writable pointer; the pages are mapped read-only and callers only copy from them.
    auto* data = const_cast<std::uint8_t*>(file.data(entry));
    return at::from_blob(data, entry.shape, at::TensorOptions().dtype(scalarTypeOf(entry.dtype)));
}

}  // namespace switchyard::checkpoint
