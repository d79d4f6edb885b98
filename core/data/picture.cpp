// SPDX-License-Identifier: MIT
#include "core/data/picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/base/util/random.h"

namespace switchyard::data {
namespace {

constexpr double kCropSourceFactor = 1.15;

/// Where output pixel i of `count` falls on the source's pixel grid, and how the two neighbours are mixed.
struct Tap {
    std::size_t low = 0, high = 0;
    float share = 0;  ///< of `high`
};

std::vector<Tap> makeTaps(int count, int source_side, double begin, double extent, bool reversed) {
    std::vector<Tap> taps(static_cast<std::size_t>(count));
    const double last = source_side - 1;
    for (int i = 0; i < count; ++i) {
        // Pixel centres lie at half steps, so that the same grid maps onto itself without a shift.
        const double place = (begin + extent * (i + 0.5) / count) * source_side - 0.5;
        const double clamped = std::clamp(place, 0.0, last);
        const double low = std::min(std::floor(clamped), last);
        Tap& tap = taps[static_cast<std::size_t>(reversed ? count - 1 - i : i)];
        tap.low = static_cast<std::size_t>(low);
        tap.high = std::min(tap.low + 1, static_cast<std::size_t>(source_side - 1));
        tap.share = static_cast<float>(clamped - low);
    }
    return taps;
}

}  // namespace

int cropSourceSide(const RunConfig& config) {
    return static_cast<int>(std::lround(kCropSourceFactor * static_cast<double>(config.model.vision.image_size)));
}

io::Image cropSource(const io::Image& decoded, const RunConfig& config) {
    return io::fitImage(decoded, cropSourceSide(config), config.data.image.fit);
}

io::Image plainPicture(const io::Image& decoded, const RunConfig& config) {
    return io::fitImage(cropSource(decoded, config), static_cast<int>(config.model.vision.image_size),
                        ImageFit::kStretch);
}

PictureDraw drawPicture(const RunConfig& config, std::int64_t step, std::uint64_t sample) {
    const RunConfig::Augment& augment = config.data.image.augment;
    RandomSequence random(
        randomKey({static_cast<std::uint64_t>(config.run.seed), static_cast<std::uint64_t>(Stream::kAugment),
                   static_cast<std::uint64_t>(step), sample}));
    // Every number is drawn whether it is used or not, so that switching one change off leaves the others as they are.
    const double area = random.uniform(augment.crop, 1.0), x = random.uniform(), y = random.uniform(),
                 mirror = random.uniform(), contrast = random.uniform(-1.0, 1.0);
    PictureDraw draw;
    draw.side = std::sqrt(area);
    draw.left = x * (1.0 - draw.side);
    draw.top = y * (1.0 - draw.side);
    draw.flip = augment.flip && mirror < 0.5;
    draw.contrast = 1.0 + augment.contrast * contrast;
    for (double& shift : draw.brightness) shift = random.uniform(-1.0, 1.0) * augment.brightness / 255.0;
    return draw;
}

void renderPicture(const io::Image& source, const PictureDraw& draw, const RunConfig& config, float* out) {
    const auto side = static_cast<int>(config.model.vision.image_size);
    const auto count = static_cast<std::size_t>(side);
    const std::vector<Tap> columns = makeTaps(side, source.width, draw.left, draw.side, draw.flip);
    const std::vector<Tap> rows = makeTaps(side, source.height, draw.top, draw.side, false);
    std::array<float, 3> scale{}, shift{};
    for (std::size_t c = 0; c < 3; ++c) {
        const double deviation = config.data.image.std[c];
        scale[c] = static_cast<float>(draw.contrast / 255.0 / deviation);
        shift[c] = static_cast<float>((0.5 - 0.5 * draw.contrast + draw.brightness[c] - config.data.image.mean[c]) /
                                      deviation);
    }
    const auto stride = static_cast<std::size_t>(source.width) * 3;
    for (std::size_t y = 0; y < count; ++y) {
        const std::uint8_t* upper = source.pixels.data() + rows[y].low * stride;
        const std::uint8_t* lower = source.pixels.data() + rows[y].high * stride;
        const float down = rows[y].share;
        for (std::size_t x = 0; x < count; ++x) {
            const Tap& tap = columns[x];
            for (std::size_t c = 0; c < 3; ++c) {
                const auto at = [&](const std::uint8_t* row, std::size_t column) {
                    return static_cast<float>(row[column * 3 + c]);
                };
                const float top = at(upper, tap.low) + tap.share * (at(upper, tap.high) - at(upper, tap.low));
                const float bottom = at(lower, tap.low) + tap.share * (at(lower, tap.high) - at(lower, tap.low));
                out[(c * count + y) * count + x] = (top + down * (bottom - top)) * scale[c] + shift[c];
            }
        }
    }
}

}  // namespace switchyard::data
