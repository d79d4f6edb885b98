// SPDX-License-Identifier: MIT
#include "core/bench/data_bench.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/base/dataset/dataset.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/random.h"
#include "core/data/picture.h"

namespace switchyard::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kOwnSide = 512, kQuality = 90, kOctaves = 6;
constexpr std::uint64_t kMaxPictureBytes = 64U << 20;

double processorSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Noise of octaves, each half as strong as the coarser one, as the detail of photographs falls with its fineness.
io::Image noisePicture(std::uint64_t seed) {
    std::vector<float> values(static_cast<std::size_t>(kOwnSide) * kOwnSide * 3, 127.0F);
    for (int octave = 0, step = kOwnSide / 8; octave < kOctaves; ++octave, step /= 2) {
        const int across = kOwnSide / step + 1;
        RandomSequence random(randomKey({seed, static_cast<std::uint64_t>(octave)}));
        std::vector<float> lattice(static_cast<std::size_t>(across) * static_cast<std::size_t>(across) * 3);
        const double strength = 150.0 / (1 << octave);
        for (std::size_t i = 0; i < lattice.size(); i += 3) {
            const double common = random.uniform(-0.4, 0.4);  // colours go together
            for (std::size_t c = 0; c < 3; ++c)
                lattice[i + c] = static_cast<float>(strength * (common + random.uniform(-0.15, 0.15)));
        }
        const auto at = [&](int x, int y, std::size_t c) {
            return lattice[static_cast<std::size_t>(y * across + x) * 3 + c];
        };
        std::size_t out = 0;
        for (int y = 0; y < kOwnSide; ++y) {
            const int j = y / step;
            const float b = static_cast<float>(y % step) / static_cast<float>(step);
            for (int x = 0; x < kOwnSide; ++x) {
                const int i = x / step;
                const float a = static_cast<float>(x % step) / static_cast<float>(step);
                for (std::size_t c = 0; c < 3; ++c, ++out) {
                    const float top = at(i, j, c) + a * (at(i + 1, j, c) - at(i, j, c));
                    const float bottom = at(i, j + 1, c) + a * (at(i + 1, j + 1, c) - at(i, j + 1, c));
                    values[out] += top + b * (bottom - top);
                }
            }
        }
    }
    io::Image image{kOwnSide, kOwnSide, std::vector<std::uint8_t>(values.size())};
    std::transform(values.begin(), values.end(), image.pixels.begin(),
                   [](float value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)); });
    return image;
}

/// A folder that goes with the measurement, unless it was asked for.
class OwnPictures {
public:
    OwnPictures(const fs::path& wanted, std::int64_t count) : folder_(wanted), kept_(!wanted.empty()) {
        std::error_code failed;
        if (!kept_) {
            std::string name = (fs::temp_directory_path() / "switchyard-bench-XXXXXX").string();
            if (mkdtemp(name.data()) == nullptr) throw Error(ExitCode::kIo, "No folder can be made", name);
            folder_ = name;
        } else if (fs::create_directories(folder_, failed); failed) {
            throw Error(ExitCode::kIo, "The folder can not be made: " + failed.message(), folder_.string());
        }
        std::string rows;
        for (std::int64_t i = 0; i < count; ++i) {
            const std::string name = std::to_string(i) + ".jpg";
            io::writeJpeg((folder_ / name).string(), noisePicture(static_cast<std::uint64_t>(i)), kQuality);
            rows += nlohmann::json{{"image", name}, {"text", "noise"}}.dump() + "\n";
        }
        io::writeAtomically(folder_ / "pictures.jsonl", rows);
    }
    ~OwnPictures() {
        std::error_code ignored;
        if (!kept_) fs::remove_all(folder_, ignored);
    }
    OwnPictures(const OwnPictures&) = delete;
    OwnPictures& operator=(const OwnPictures&) = delete;
    fs::path rows() const { return folder_ / "pictures.jsonl"; }

private:
    fs::path folder_;
    bool kept_;
};

}  // namespace

nlohmann::json benchData(const DataCase& which) {
    std::optional<OwnPictures> own;
    if (which.file.empty()) own.emplace(which.out, which.limit);
    const auto data = dataset::openJsonl(own ? own->rows() : which.file, which.root, /*keywords=*/false);
    const std::size_t count = std::min(data->samples().size(), static_cast<std::size_t>(which.limit));
    RunConfig config;
    config.model.vision.image_size = which.side;
    config.data.image.fit = ImageFit::kStretch;
    config.data.image.augment.crop = 0.5;
    config.data.image.augment.flip = true;
    config.data.image.augment.contrast = 0.2;
    config.data.image.augment.brightness = 15;
    const int side = static_cast<int>(which.side);

    std::vector<std::vector<std::uint8_t>> files(count);
    std::vector<io::Image> whole(count), fitted(count);
    std::vector<float> pixels(static_cast<std::size_t>(which.side * which.side) * 3);
    const auto read = [&](std::size_t i) {
        return io::readBelow(data->root(), data->samples()[i].image, kMaxPictureBytes);
    };
    double bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        files[i] = read(i);
        bytes += static_cast<double>(files[i].size());
    }
    const auto render = [&](const io::Image& source, std::size_t i) {
        data::renderPicture(source, data::drawPicture(config, 0, i), config, pixels.data());
    };
    const auto fit = [&](const std::vector<std::uint8_t>& file, int to) {
        return io::decodeFitted(file, "picture", to, config.data.image.fit);
    };
    const std::vector<std::pair<const char*, std::function<void(std::size_t)>>> stages = {
        {"decode", [&](std::size_t i) { whole[i] = io::decodeImage(files[i], "picture"); }},
        {"resize", [&](std::size_t i) { io::fitImage(whole[i], side, config.data.image.fit); }},
        {"fit", [&](std::size_t i) { fitted[i] = fit(files[i], side); }},
        {"augment", [&](std::size_t i) { render(fitted[i], i); }},
        {"whole", [&](std::size_t i) { render(fit(read(i), data::cropSourceSide(config)), i); }}};
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& [name, work] : stages) {
        double fastest = std::numeric_limits<double>::infinity();
        for (std::int64_t repeat = 0; repeat < which.repeats; ++repeat) {
            const double begin = processorSeconds();
            for (std::size_t i = 0; i < count; ++i) work(i);
            fastest = std::min(fastest, (processorSeconds() - begin) / static_cast<double>(count));
        }
        rows.push_back({{"stage", name}, {"images_per_s", 1.0 / fastest}, {"ms", 1000.0 * fastest}});
    }
    return {
        {"pictures", count}, {"side", which.side}, {"mean_bytes", bytes / static_cast<double>(count)}, {"rows", rows}};
}

}  // namespace switchyard::bench
