// SPDX-License-Identifier: MIT
#include "core/base/io/area_resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/base/util/vector_clones.h"

namespace switchyard::io {
namespace {

constexpr double kSliver = 1e-6;  // less of a pixel than this comes from rounding

using Ints4 = std::int32_t __attribute__((vector_size(16)));
using Floats4 = float __attribute__((vector_size(16)));

/// Which pixels an output pixel covers, and the share of each in it.
struct Span {
    std::size_t first = 0, count = 0, weights = 0;  ///< weights: index of the first
};
struct Spans {
    std::vector<Span> of;
    std::vector<float> weights;
};

Spans makeSpans(double begin, double end, int pixels, int count) {
    Spans spans;
    const double step = (end - begin) / count;
    for (int i = 0; i < count; ++i) {
        const double low = begin + step * i, high = begin + step * (i + 1);
        auto first = static_cast<int>(std::floor(low + kSliver));
        auto last = static_cast<int>(std::ceil(high - kSliver)) - 1;
        first = std::clamp(first, 0, pixels - 1);
        last = std::clamp(last, first, pixels - 1);
        Span span{static_cast<std::size_t>(first), static_cast<std::size_t>(last - first + 1), spans.weights.size()};
        double sum = 0;
        const auto share = [&](int p) { return std::max(0.0, std::min(high, p + 1.0) - std::max(low, double(p))); };
        for (int p = first; p <= last; ++p) sum += share(p);
        for (int p = first; p <= last; ++p) {
            spans.weights.push_back(sum > 0 ? static_cast<float>(share(p) / sum)
                                            : 1.0F / static_cast<float>(span.count));
        }
        spans.of.push_back(span);
    }
    return spans;
}

/// sums[i] (+)= sum over `count` rows of weights[r] * row r [i]; count is a constant, so that the compiler makes one
/// loop.
template <std::size_t count, bool more>
SWITCHYARD_INLINE void addRowsOf(const std::uint8_t* row, std::size_t stride, const float* weights, std::size_t bytes,
                                 float* __restrict sums) {
    for (std::size_t i = 0; i < bytes; ++i) {
        float sum = more ? sums[i] : 0.0F;
        for (std::size_t r = 0; r < count; ++r) sum += weights[r] * static_cast<float>(row[r * stride + i]);
        sums[i] = sum;
    }
}

template <std::size_t count>
SWITCHYARD_INLINE void addRowsOf(bool more, const std::uint8_t* row, std::size_t stride, const float* weights,
                                 std::size_t bytes, float* sums) {
    more ? addRowsOf<count, true>(row, stride, weights, bytes, sums)
         : addRowsOf<count, false>(row, stride, weights, bytes, sums);
}

/// sums[i] = sum over rows of weights[r] * row r [i].
SWITCHYARD_CLONES void addRows(const std::uint8_t* row, std::size_t stride, const float* weights, std::size_t rows,
                               std::size_t bytes, float* sums) {
    for (std::size_t done = 0; done < rows;) {
        const std::size_t count = std::min<std::size_t>(rows - done, 4);
        const std::uint8_t* from = row + done * stride;
        if (count == 1) addRowsOf<1>(done > 0, from, stride, weights + done, bytes, sums);
        if (count == 2) addRowsOf<2>(done > 0, from, stride, weights + done, bytes, sums);
        if (count == 3) addRowsOf<3>(done > 0, from, stride, weights + done, bytes, sums);
        if (count == 4) addRowsOf<4>(done > 0, from, stride, weights + done, bytes, sums);
        done += count;
    }
}

/// One output row from the sums of its input rows. `sums` has a float more than its pixels need.
void addColumns(const float* sums, const Spans& columns, std::uint8_t* out) {
    for (const Span& span : columns.of) {
        Floats4 sum = {0.5F, 0.5F, 0.5F, 0.5F};
        const float* weights = columns.weights.data() + span.weights;
        const float* from = sums + span.first * 3;
        for (std::size_t i = 0; i < span.count; ++i) {
            Floats4 pixel;
            std::memcpy(&pixel, from + i * 3, sizeof(pixel));
            sum += weights[i] * pixel;
        }
        const Ints4 rounded = __builtin_convertvector(sum, Ints4);
        // Weights add up to 1 but for rounding.
        for (int c = 0; c < 3; ++c) *out++ = static_cast<std::uint8_t>(std::min(rounded[c], 255));
    }
}

}  // namespace

void areaResize(const ConstRows& from, const Box& box, const MutableRows& to) {
    Spans columns = makeSpans(box.left, box.right, from.width, to.width);
    const Spans rows = makeSpans(box.top, box.bottom, from.height, to.height);
    const std::size_t first = columns.of.front().first;
    const std::size_t covered = columns.of.back().first + columns.of.back().count - first;
    for (Span& span : columns.of) span.first -= first;
    std::vector<float> sums(covered * 3 + 1);
    for (int y = 0; y < to.height; ++y) {
        const Span& span = rows.of[static_cast<std::size_t>(y)];
        addRows(from.pixels + span.first * from.stride + first * 3, from.stride, rows.weights.data() + span.weights,
                span.count, covered * 3, sums.data());
        addColumns(sums.data(), columns, to.pixels + static_cast<std::size_t>(y) * to.stride);
    }
}

}  // namespace switchyard::io
