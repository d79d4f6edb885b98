// SPDX-License-Identifier: MIT
#include "core/model/layers/draws.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "core/base/util/random.h"

namespace switchyard::model {
namespace {

template <typename T>
void fillUniform(const at::Tensor& keys, std::int64_t columns, std::uint64_t stream_key, T* out) {
    const auto* row_keys = keys.const_data_ptr<std::int64_t>();
    at::parallel_for(0, keys.numel(), 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::uint64_t key = mix64(static_cast<std::uint64_t>(row_keys[row]) ^ stream_key);
            for (std::int64_t column = 0; column < columns; ++column) {
                const std::uint64_t bits = mix64(key + static_cast<std::uint64_t>(column));
                // 23 bits and a half step fit fp32's 24 bits: never 0 or 1 in either precision, and equal in both.
                out[row * columns + column] = static_cast<T>((static_cast<double>(bits >> 41) + 0.5) * 0x1.0p-23);
            }
        }
    });
}

/// A shift that fills with zeros, as unsigned numbers do.
at::Tensor shifted(const at::Tensor& numbers, int bits) {
    return at::bitwise_and(at::bitwise_right_shift(numbers, bits), (std::int64_t{1} << (64 - bits)) - 1);
}

std::int64_t sameBits(std::uint64_t bits) { return static_cast<std::int64_t>(bits); }

/// fillUniform by tensor operations: a device draws for itself, and the host does not wait for it.
at::Tensor uniformOnDevice(const at::Tensor& keys, std::int64_t columns, std::uint64_t stream_key, at::ScalarType dtype) {
    const at::Tensor row_keys = mixed(at::bitwise_xor(keys, sameBits(stream_key))).unsqueeze(1);
    const at::Tensor bits = mixed(row_keys + at::arange(columns, keys.options()).unsqueeze(0));
    return shifted(bits, 41).to(dtype).add_(0.5).mul_(0x1.0p-23);  // 23 bits and a half step: exact in fp32 too
}

}  // namespace

at::Tensor mixed(const at::Tensor& numbers) {
    at::Tensor x = numbers + sameBits(0x9e3779b97f4a7c15ULL);
    x = at::bitwise_xor(x, shifted(x, 30)).mul_(sameBits(0xbf58476d1ce4e5b9ULL));
    x = at::bitwise_xor(x, shifted(x, 27)).mul_(sameBits(0x94d049bb133111ebULL));
    return at::bitwise_xor(x, shifted(x, 31));
}

std::uint64_t nameKey(const std::string& name) {
    std::uint64_t key = name.size();
    for (const char letter : name) key = mix64(key ^ static_cast<unsigned char>(letter));
    return key;
}

at::Tensor uniformRows(const at::Tensor& keys, std::int64_t columns, std::uint64_t stream_key, at::ScalarType dtype) {
    if (!keys.device().is_cpu()) return uniformOnDevice(keys, columns, stream_key, dtype);
    at::Tensor out = at::empty({keys.numel(), columns}, keys.options().dtype(dtype));
    const at::Tensor in_a_row = keys.contiguous();
    if (dtype == at::kDouble) {
        fillUniform(in_a_row, columns, stream_key, out.mutable_data_ptr<double>());
    } else {
        fillUniform(in_a_row, columns, stream_key, out.mutable_data_ptr<float>());
    }
    return out;
}

at::Tensor gumbelRows(const at::Tensor& keys, std::int64_t columns, std::uint64_t stream_key, at::ScalarType dtype) {
    return uniformRows(keys, columns, stream_key, dtype).log_().neg_().log_().neg_();
}

at::Tensor normalRows(const at::Tensor& keys, std::int64_t columns, std::uint64_t stream_key, at::ScalarType dtype) {
    constexpr double kTurn = 6.283185307179586;
    const at::Tensor pairs = uniformRows(keys, 2 * columns, stream_key, at::kDouble);
    const at::Tensor radius = pairs.narrow(1, 0, columns).log().mul_(-2).sqrt_();
    return radius.mul_(pairs.narrow(1, columns, columns).mul(kTurn).cos_()).to(dtype);
}

at::Tensor dropoutRows(const at::Tensor& x, const at::Tensor& keys, double p, std::uint64_t stream_key) {
    if (p <= 0) return x;
    const at::Tensor uniform = uniformRows(keys, x.size(-1), stream_key, at::kFloat);
    const at::Tensor mask = uniform.ge(p).to(x.scalar_type()).div_(1 - p);
    return x * mask.view(x.sizes());
}

}  // namespace switchyard::model
