// SPDX-License-Identifier: MIT
#include "core/model/layers/activation.h"

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "core/base/util/vector_clones.h"

namespace switchyard::model {
namespace {

template <typename T>
using Real = std::conditional_t<std::is_same_v<T, double>, double, float>;

SWITCHYARD_INLINE float load(float value) { return value; }
SWITCHYARD_INLINE double load(double value) { return value; }
SWITCHYARD_INLINE float load(c10::BFloat16 value) { return std::bit_cast<float>(static_cast<std::uint32_t>(value.x) << 16); }

SWITCHYARD_INLINE float load(c10::Half value) { return static_cast<float>(value); }

SWITCHYARD_INLINE void store(float value, float* to) { *to = value; }
SWITCHYARD_INLINE void store(double value, double* to) { *to = value; }
SWITCHYARD_INLINE void store(float value, c10::Half* to) { *to = static_cast<c10::Half>(value); }
/// To the nearest, ties to even; without a branch, so that loops become vector code.
SWITCHYARD_INLINE void store(float value, c10::BFloat16* to) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
    to->x = static_cast<std::uint16_t>(value != value ? 0x7fc0U : rounded);
}

/// exp in fp32 within 2 units of the last place, for x in [-87, 88] and clamped to it.
SWITCHYARD_INLINE float expOf(float x) {
    x = x < -87.0F ? -87.0F : x > 88.0F ? 88.0F : x;
    // x = n ln 2 + r: adding 1.5 * 2^23 rounds to an integer that stands in the low bits.
    const float shifted = x * 1.44269504F + 12582912.0F;
    const float n = shifted - 12582912.0F;
    const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
    const float p = 1.0F + r + r * r * (0.5F + r * (1.6666667e-1F + r * (4.1666668e-2F + r * (8.3333338e-3F + r * 1.3888889e-3F))));
    const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23;
    return p * std::bit_cast<float>(exponent);
}
SWITCHYARD_INLINE double expOf(double x) { return std::exp(x); }

/// Cumulative distribution of the standard normal, and its density.
template <typename R>
struct Normal {
    R cdf, density;
};
/// Source: Abramowitz and Stegun 7.1.26; absolute error below 1.5e-7. Its exponential is the density's too.
SWITCHYARD_INLINE Normal<float> normalOf(float x) {
    const float u = (x < 0 ? -x : x) * 0.70710678F;
    const float e = expOf(-u * u), t = 1.0F / (1.0F + 0.3275911F * u);
    const float tail =
        0.5F * e * t * (0.254829592F + t * (-0.284496736F + t * (1.421413741F + t * (-1.453152027F + t * 1.061405429F))));
    return {x < 0 ? tail : 1.0F - tail, 0.39894228F * e};
}
SWITCHYARD_INLINE Normal<double> normalOf(double x) {
    return {0.5 * std::erfc(-x * 0.70710678118654752440), 0.39894228040143267794 * std::exp(-0.5 * x * x)};
}

/// f(x) and its derivative.
template <typename R>
struct ValueAndSlope {
    R value, slope;
};

struct Gelu {
    template <typename R>
    static SWITCHYARD_INLINE ValueAndSlope<R> of(R x) {
        const auto normal = normalOf(x);
        return {x * normal.cdf, normal.cdf + x * normal.density};
    }
};

struct Relu {
    /// NaN stays NaN, so that a broken step is seen.
    template <typename R>
    static SWITCHYARD_INLINE ValueAndSlope<R> of(R x) {
        return {x < 0 ? R{0} : x, x > 0 ? R{1} : R{0}};
    }
};

// kBias and kSlope are known when a loop is compiled: a test inside would keep it from becoming vector code.
template <typename Function, bool kBias, bool kSlope, typename T>
SWITCHYARD_INLINE void featureRow(std::int64_t count, T* __restrict h, const T* __restrict bias, T* __restrict out) {
    using R = Real<T>;
    for (std::int64_t j = 0; j < count; ++j) {
        R x = load(h[j]);
        if constexpr (kBias) x += load(bias[j]);
        const ValueAndSlope<R> at_x = Function::of(x);
        store(at_x.value, out + j);
        store(kSlope ? at_x.slope : x, h + j);
    }
}

template <bool kBias, typename T>
SWITCHYARD_INLINE void swigluRow(std::int64_t count, T* __restrict gates, T* __restrict values, const T* __restrict bias, T* __restrict out) {
    using R = Real<T>;
    for (std::int64_t j = 0; j < count; ++j) {
        R gate = load(gates[j]), value = load(values[j]);
        if constexpr (kBias) {
            gate += load(bias[j]);
            value += load(bias[count + j]);
            store(gate, gates + j);
            store(value, values + j);
        }
        store(static_cast<R>(gate / (R{1} + expOf(-gate)) * value), out + j);
    }
}

template <bool kBias, bool kSlope, typename T>
SWITCHYARD_INLINE void forwardLoop(Activation activation, std::int64_t rows, std::int64_t hidden, T* h, const T* bias, T* out) {
    for (std::int64_t r = 0; r < rows; ++r) {
        T* to = out + r * hidden;
        if (activation == Activation::kGelu) {
            featureRow<Gelu, kBias, kSlope>(hidden, h + r * hidden, bias, to);
        } else if (activation == Activation::kRelu) {
            featureRow<Relu, kBias, kSlope>(hidden, h + r * hidden, bias, to);
        } else {
            swigluRow<kBias>(hidden, h + 2 * r * hidden, h + (2 * r + 1) * hidden, bias, to);
        }
    }
}

template <typename T>
SWITCHYARD_INLINE void forwardRows(Activation activation, std::int64_t rows, std::int64_t hidden, T* h, const T* bias, T* out, bool slope) {
    if (bias != nullptr && slope) return forwardLoop<true, true>(activation, rows, hidden, h, bias, out);
    if (bias != nullptr) return forwardLoop<true, false>(activation, rows, hidden, h, bias, out);
    if (slope) return forwardLoop<false, true>(activation, rows, hidden, h, bias, out);
    forwardLoop<false, false>(activation, rows, hidden, h, bias, out);
}

template <typename T>
SWITCHYARD_INLINE void backwardRows(Activation activation, std::int64_t rows, std::int64_t hidden, const T* h, const T* grad, T* grad_h) {
    using R = Real<T>;
    if (activation != Activation::kSwiGlu) {
        for (std::int64_t i = 0; i < rows * hidden; ++i) store(static_cast<R>(load(grad[i]) * load(h[i])), grad_h + i);
        return;
    }
    for (std::int64_t r = 0; r < rows; ++r) {
        const T *gates = h + 2 * r * hidden, *values = gates + hidden, *from = grad + r * hidden;
        T *to_gates = grad_h + 2 * r * hidden, *to_values = to_gates + hidden;
        for (std::int64_t j = 0; j < hidden; ++j) {
            const R gate = load(gates[j]), g = load(from[j]), s = R{1} / (R{1} + expOf(-gate));
            store(static_cast<R>(g * load(values[j]) * s * (R{1} + gate * (R{1} - s))), to_gates + j);
            store(static_cast<R>(g * gate * s), to_values + j);
        }
    }
}

SWITCHYARD_CLONES void forward32(Activation activation, std::int64_t rows, std::int64_t hidden, float* h, const float* bias, float* out,
                                 bool slope) {
    forwardRows(activation, rows, hidden, h, bias, out, slope);
}
SWITCHYARD_CLONES void forward16(Activation activation, std::int64_t rows, std::int64_t hidden, c10::BFloat16* h, const c10::BFloat16* bias,
                                 c10::BFloat16* out, bool slope) {
    forwardRows(activation, rows, hidden, h, bias, out, slope);
}
SWITCHYARD_CLONES void backward32(Activation activation, std::int64_t rows, std::int64_t hidden, const float* h, const float* grad,
                                  float* grad_h) {
    backwardRows(activation, rows, hidden, h, grad, grad_h);
}
SWITCHYARD_CLONES void backward16(Activation activation, std::int64_t rows, std::int64_t hidden, const c10::BFloat16* h,
                                  const c10::BFloat16* grad, c10::BFloat16* grad_h) {
    backwardRows(activation, rows, hidden, h, grad, grad_h);
}

}  // namespace

template <>
void activate(Activation activation, std::int64_t rows, std::int64_t hidden, float* h, const float* bias, float* out, bool slope) {
    forward32(activation, rows, hidden, h, bias, out, slope);
}
template <>
void activate(Activation activation, std::int64_t rows, std::int64_t hidden, c10::BFloat16* h, const c10::BFloat16* bias, c10::BFloat16* out,
              bool slope) {
    forward16(activation, rows, hidden, h, bias, out, slope);
}
template <>
void activate(Activation activation, std::int64_t rows, std::int64_t hidden, c10::Half* h, const c10::Half* bias, c10::Half* out, bool slope) {
    forwardRows(activation, rows, hidden, h, bias, out, slope);
}
template <>
void activate(Activation activation, std::int64_t rows, std::int64_t hidden, double* h, const double* bias, double* out, bool slope) {
    forwardRows(activation, rows, hidden, h, bias, out, slope);
}
template <>
void activateBackward(Activation activation, std::int64_t rows, std::int64_t hidden, const float* h, const float* grad, float* grad_h) {
    backward32(activation, rows, hidden, h, grad, grad_h);
}
template <>
void activateBackward(Activation activation, std::int64_t rows, std::int64_t hidden, const c10::BFloat16* h, const c10::BFloat16* grad,
                      c10::BFloat16* grad_h) {
    backward16(activation, rows, hidden, h, grad, grad_h);
}
template <>
void activateBackward(Activation activation, std::int64_t rows, std::int64_t hidden, const c10::Half* h, const c10::Half* grad, c10::Half* grad_h) {
    backwardRows(activation, rows, hidden, h, grad, grad_h);
}
template <>
void activateBackward(Activation activation, std::int64_t rows, std::int64_t hidden, const double* h, const double* grad, double* grad_h) {
    backwardRows(activation, rows, hidden, h, grad, grad_h);
}

}  // namespace switchyard::model
