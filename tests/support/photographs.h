// SPDX-License-Identifier: MIT
// Pictures with the detail of photographs, for tests of decoders.
#pragma once

#include <QDir>
#include <QString>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/io/image.h"
#include "core/base/util/random.h"

namespace switchyard::test {

/// Noise whose detail falls with its fineness as in photographs: each octave half as strong as the coarser one.
inline io::Image naturalNoise(int width, int height, std::uint64_t seed) {
    io::Image image{width, height, {}};
    image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    const auto lattice = [seed](int octave, int x, int y, int c) {
        return toUniform(randomKey({seed, static_cast<std::uint64_t>(octave), static_cast<std::uint64_t>(x),
                                    static_cast<std::uint64_t>(y), static_cast<std::uint64_t>(c)})) -
               0.5;
    };
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (int c = 0; c < 3; ++c) {
                double value = 127;
                for (int octave = 0, step = 64; octave < 6; ++octave, step /= 2) {
                    const double u = double(x) / step, v = double(y) / step;
                    const int i = int(u), j = int(v);
                    const double a = u - i, b = v - j;
                    // Colours go together, as in photographs.
                    const auto at = [&](int dx, int dy) {
                        return 0.8 * lattice(octave, i + dx, j + dy, 3) + 0.3 * lattice(octave, i + dx, j + dy, c);
                    };
                    const double top = at(0, 0) + a * (at(1, 0) - at(0, 0)),
                                 bottom = at(0, 1) + a * (at(1, 1) - at(0, 1));
                    value += 150.0 / (1 << octave) * (top + b * (bottom - top));
                }
                image.pixels[static_cast<std::size_t>((y * width + x) * 3 + c)] =
                    static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
            }
        }
    }
    return image;
}

/// Real pictures for tests: $SWITCHYARD_TEST_DATA, or shared/data beside the project; "" where there are none.
inline QString testDataFolder() {
    const QString named = qEnvironmentVariable("SWITCHYARD_TEST_DATA");
    for (const QString& folder : {named, QStringLiteral(SWITCHYARD_SOURCE_DIR "/../shared/data")}) {
        if (!folder.isEmpty() && QDir(folder).exists()) return folder;
    }
    return {};
}

}  // namespace switchyard::test
