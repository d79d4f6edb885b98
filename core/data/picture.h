// SPDX-License-Identifier: MIT
// Pixels on their way into a batch: fitting, random crop, colour and normalising.
#pragma once

#include <cstdint>

#include "core/base/config/run_config.h"
#include "core/base/io/image.h"

namespace switchyard::data {

/// Side of the picture that random crops are cut from: 1.15 x image_size, rounded.
int cropSourceSide(const RunConfig& config);

/// Fitted to cropSourceSide: what crops are cut from.
io::Image cropSource(const io::Image& decoded, const RunConfig& config);

/// The picture without augmentation: cropSource shrunk to image_size by area.
io::Image plainPicture(const io::Image& decoded, const RunConfig& config);

/// How one picture is changed in one step.
struct PictureDraw {
    double left = 0, top = 0, side = 1;  ///< the square kept, as shares of the source's side
    bool flip = false;
    double contrast = 1;
    double brightness[3] = {0, 0, 0};  ///< added to each colour in [0, 1]
};

/// A pure function of (seed, step, sample).
PictureDraw drawPicture(const RunConfig& config, std::int64_t step, std::uint64_t sample);

/// Bilinear samples of the drawn square (border pixels repeat), flipped, then per colour
/// ((x / 255 - 0.5) * contrast + 0.5 + brightness - mean) / std. A square that is the whole source of image_size
/// pixels gives those pixels exactly.
/// Shapes: out [3, image_size, image_size].
void renderPicture(const io::Image& source, const PictureDraw& draw, const RunConfig& config, float* out);

}  // namespace switchyard::data
