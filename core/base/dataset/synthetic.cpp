// SPDX-License-Identifier: MIT
// Coloured shapes with their captions.
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/dataset/dataset.h"
#include "core/base/io/sha256.h"
#include "core/base/util/random.h"

namespace switchyard::dataset {
namespace {

enum class Shape { kCircle, kSquare, kTriangle, kStar, kDiamond, kCross };
constexpr std::array<const char*, 6> kShapeNames = {"circle", "square", "triangle", "star", "diamond", "cross"};

struct Colour {
    const char* name;
    std::array<int, 3> rgb;
};
constexpr std::array<Colour, 8> kColours = {{{"red", {220, 30, 30}},
                                             {"green", {20, 160, 40}},
                                             {"blue", {30, 60, 220}},
                                             {"yellow", {240, 215, 20}},
                                             {"orange", {245, 135, 10}},
                                             {"purple", {140, 40, 180}},
                                             {"cyan", {20, 200, 215}},
                                             {"black", {25, 25, 25}}}};

struct Place {
    const char* name;
    double x, y;  ///< of the picture's size
};
constexpr std::array<Place, 5> kPlaces = {{{"on the left", 0.26, 0.5},
                                           {"on the right", 0.74, 0.5},
                                           {"at the top", 0.5, 0.26},
                                           {"at the bottom", 0.5, 0.74},
                                           {"in the middle", 0.5, 0.5}}};

struct Object {
    Shape shape;
    std::size_t colour;
    bool large;
    double x, y;    ///< centre
    double radius;  ///< all of the picture's size
    std::array<int, 3> rgb;
};

struct Scene {
    std::vector<Object> objects;
    int background = 255;
    std::vector<std::string> captions;
};

constexpr double kTwoObjects = 0.3;                // share of pictures with two
constexpr std::uint64_t kEvalOffset = 1ULL << 40;  // indexes of the eval split start here
constexpr int kOversampling = 4;

Object drawObject(RandomSequence* random, double x, double y, double small_radius, double large_radius) {
    Object object{};
    object.shape = static_cast<Shape>(random->below(kShapeNames.size()));
    object.colour = random->below(kColours.size());
    object.large = random->below(2) == 1;
    object.x = x + random->uniform(-0.03, 0.03);
    object.y = y + random->uniform(-0.03, 0.03);
    object.radius = (object.large ? large_radius : small_radius) * random->uniform(0.93, 1.07);
    for (std::size_t c = 0; c < 3; ++c) {
        const int shade = kColours[object.colour].rgb[c] + static_cast<int>(random->below(25)) - 12;
        object.rgb[c] = std::clamp(shade, 0, 255);
    }
    return object;
}

std::string describe(const Object& object) {
    return std::string(object.large ? "a large " : "a small ") + kColours[object.colour].name + " " +
           kShapeNames[static_cast<std::size_t>(object.shape)];
}

Scene makeScene(std::uint64_t seed, std::uint64_t index) {
    RandomSequence random(randomKey({seed, static_cast<std::uint64_t>(Stream::kSynthetic), index}));
    Scene scene;
    scene.background = 235 + static_cast<int>(random.below(21));
    if (random.uniform() < kTwoObjects) {
        const bool beside = random.below(2) == 0;
        const Object first = drawObject(&random, beside ? 0.26 : 0.5, beside ? 0.5 : 0.26, 0.12, 0.21);
        const Object second = drawObject(&random, beside ? 0.74 : 0.5, beside ? 0.5 : 0.74, 0.12, 0.21);
        scene.captions = {describe(first) + (beside ? " left of " : " above ") + describe(second),
                          describe(second) + (beside ? " right of " : " below ") + describe(first)};
        scene.objects = {first, second};
        return scene;
    }
    const Place& place = kPlaces[random.below(kPlaces.size())];
    const Object object = drawObject(&random, place.x, place.y, 0.15, 0.26);
    scene.captions = {describe(object) + " " + place.name, std::string(place.name) + " there is " + describe(object)};
    scene.objects = {object};
    return scene;
}

/// Corners on a circle, the first at the top; radii take turns (stars).
std::vector<cv::Point> polygon(const Object& object, double size, int corners, const std::vector<double>& radii,
                               double turn = 0.0) {
    std::vector<cv::Point> points;
    for (int i = 0; i < corners; ++i) {
        const double angle = 2.0 * std::numbers::pi * i / corners + turn;
        const double radius = object.radius * radii[static_cast<std::size_t>(i) % radii.size()];
        points.emplace_back(static_cast<int>(std::lround((object.x + radius * std::sin(angle)) * size)),
                            static_cast<int>(std::lround((object.y - radius * std::cos(angle)) * size)));
    }
    return points;
}

void paint(const Object& object, cv::Mat* canvas) {
    const double size = canvas->cols;
    const cv::Scalar colour(object.rgb[0], object.rgb[1], object.rgb[2]);
    const auto at = [size](double position) { return static_cast<int>(std::lround(position * size)); };
    const auto rectangle = [&](double half_width, double half_height) {
        cv::rectangle(*canvas, cv::Point(at(object.x - half_width), at(object.y - half_height)),
                      cv::Point(at(object.x + half_width), at(object.y + half_height)), colour, cv::FILLED);
    };
    switch (object.shape) {
        case Shape::kCircle:
            cv::circle(*canvas, cv::Point(at(object.x), at(object.y)), at(object.radius), colour, cv::FILLED);
            return;
        case Shape::kSquare:
            rectangle(object.radius * 0.85, object.radius * 0.85);
            return;
        case Shape::kTriangle:
            cv::fillConvexPoly(*canvas, polygon(object, size, 3, {1.1}), colour);
            return;
        case Shape::kStar:
            cv::fillPoly(*canvas, std::vector<std::vector<cv::Point>>{polygon(object, size, 10, {1.15, 0.48})}, colour);
            return;
        case Shape::kDiamond:
            cv::fillConvexPoly(*canvas, polygon(object, size, 4, {1.15, 0.7}), colour);
            return;
        case Shape::kCross:
            rectangle(object.radius, object.radius * 0.32);
            rectangle(object.radius * 0.32, object.radius);
            return;
    }
}

class SyntheticDataset : public Dataset {
public:
    SyntheticDataset(std::uint64_t seed, Split split, std::int64_t samples, int image_size)
        : seed_(seed), offset_(split == Split::kTrain ? 0 : kEvalOffset), image_size_(image_size) {
        io::Sha256 hash;
        const std::string key = "synthetic " + std::to_string(seed) + " " + std::to_string(image_size) + "\n";
        hash.update(key.data(), key.size());
        const std::string prefix = split == Split::kTrain ? "synthetic-train-" : "synthetic-eval-";
        for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(samples); ++i) {
            Sample sample;
            sample.id = sample.picture = i;
            sample.name = prefix + std::to_string(i);
            sample.texts = makeScene(seed_, offset_ + i).captions;
            for (const std::string& text : sample.texts) {
                const std::string line = text + "\n";
                hash.update(line.data(), line.size());
            }
            samples_.push_back(std::move(sample));
        }
        hash_ = hash.hex();
    }

    io::Image picture(const Sample& sample) const override {
        const Scene scene = makeScene(seed_, offset_ + sample.id);
        const int size = image_size_ * kOversampling;
        cv::Mat canvas(size, size, CV_8UC3, cv::Scalar::all(scene.background));
        for (const Object& object : scene.objects) paint(object, &canvas);
        io::Image large;
        large.width = size;
        large.height = size;
        large.pixels.assign(canvas.datastart, canvas.dataend);
        return io::fitImage(large, image_size_, ImageFit::kStretch);  // area interpolation smooths the edges
    }

private:
    std::uint64_t seed_;
    std::uint64_t offset_;
    int image_size_;
};

}  // namespace

std::unique_ptr<Dataset> makeSynthetic(std::uint64_t seed, Split split, std::int64_t samples, int image_size) {
    return std::make_unique<SyntheticDataset>(seed, split, samples, image_size);
}

}  // namespace switchyard::dataset
