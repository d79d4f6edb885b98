// SPDX-License-Identifier: MIT
#include "core/checkpoint/tensor_file.h"

#include <ATen/ATen.h>

#include <algorithm>
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

std::vector<io::TensorEntry> entriesOf(const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
    std::vector<io::TensorEntry> entries;
    for (const auto& [name, tensor] : tensors) entries.push_back({name, dtypeOf(tensor), tensor.sizes().vec(), 0, 0});
    return entries;
}

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

TensorFileWriter::TensorFileWriter(const std::filesystem::path& file,
                                   std::vector<std::pair<std::string, at::Tensor>> tensors, io::WriteManner manner)
    : tensors_(std::move(tensors)), writer_(file, entriesOf(tensors_), {}, std::move(manner)) {}

bool TensorFileWriter::writeSome(std::uint64_t bytes) {
    for (; next_ < tensors_.size(); ++next_) {
        const auto& [name, tensor] = tensors_[next_];
        if (!plain_.defined()) plain_ = tensor.detach().cpu().contiguous();
        const std::uint64_t all = bytesOf(plain_), part = std::min(bytes, all - done_);
        writer_.writePart(name, static_cast<const std::uint8_t*>(plain_.const_data_ptr()) + done_, part);
        done_ += part;
        bytes -= part;
        if (done_ < all) return true;
        plain_.reset();
        done_ = 0;
    }
    return false;
}

io::SafetensorsWriter::Finished writeTensors(const std::filesystem::path& file,
                                             std::vector<std::pair<std::string, at::Tensor>> tensors) {
    TensorFileWriter writer(file, std::move(tensors));
    while (writer.writeSome(UINT64_MAX)) {
    }
    return writer.finish();
}

at::Tensor tensorOf(const io::SafetensorsFile& file, const io::TensorEntry& entry) {
    // from_blob wants a writable pointer; the pages are mapped read-only and callers only copy from them.
    auto* data = const_cast<std::uint8_t*>(file.data(entry));
    return at::from_blob(data, entry.shape, at::TensorOptions().dtype(scalarTypeOf(entry.dtype)));
}

}  // namespace switchyard::checkpoint
