// SPDX-License-Identifier: MIT
// JPEG files by libjpeg-turbo: OpenCV's pixels at full size, nearly those at smaller scales, upright, and refused
// alike.
#include "core/base/io/jpeg.h"

#include <QDirIterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "support/photographs.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using Bytes = std::vector<std::uint8_t>;

namespace {

Bytes encoded(const io::Image& image, int quality = 90, std::vector<int> more = {}) {
    cv::Mat bgr;
    cv::cvtColor(cv::Mat(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data())), bgr,
                 cv::COLOR_RGB2BGR);
    more.insert(more.end(), {cv::IMWRITE_JPEG_QUALITY, quality});
    Bytes bytes;
    cv::imencode(".jpg", bgr, bytes, more);
    return bytes;
}

/// What OpenCV makes of the file.
io::Image exact(const Bytes& bytes) {
    cv::Mat rgb;
    cv::cvtColor(cv::imdecode(bytes, cv::IMREAD_COLOR), rgb, cv::COLOR_BGR2RGB);
    return {rgb.cols, rgb.rows, Bytes(rgb.datastart, rgb.dataend)};
}

/// The file with an Exif block that asks for an orientation.
Bytes oriented(const Bytes& jpeg, int orientation, bool big_endian, std::uint16_t kind = 3) {
    const auto number = [&](std::uint32_t value, int bytes) {
        Bytes out;
        for (int i = 0; i < bytes; ++i)
            out.push_back(static_cast<std::uint8_t>(value >> 8 * (big_endian ? bytes - 1 - i : i)));
        return out;
    };
    Bytes block = {'E', 'x', 'i', 'f', 0, 0};
    const auto add = [&](const Bytes& part) {
        for (const std::uint8_t byte : part) block.push_back(byte);
    };
    add(big_endian ? Bytes{'M', 'M'} : Bytes{'I', 'I'});
    for (const auto& [value, size] :
         std::vector<std::pair<std::uint32_t, int>>{{42, 2},
                                                    {8, 4},
                                                    {2, 2},  // one folder at 8 with two entries
                                                    {0x0100, 2},
                                                    {3, 2},
                                                    {1, 4},
                                                    {640, 2},
                                                    {0, 2},  // the width
                                                    {0x0112, 2},
                                                    {kind, 2},
                                                    {1, 4},
                                                    {static_cast<std::uint32_t>(orientation), 2},
                                                    {0, 2},
                                                    {0, 4}}) {
        add(number(value, size));
    }
    Bytes bytes(jpeg.size() + block.size() + 4);
    auto out = std::copy_n(jpeg.begin(), 2, bytes.begin());
    for (const int byte : {0xff, 0xe1, 0, int(block.size() + 2)}) *out++ = static_cast<std::uint8_t>(byte);
    out = std::copy(block.begin(), block.end(), out);
    std::copy(jpeg.begin() + 2, jpeg.end(), out);
    return bytes;
}

double meanDifference(const io::Image& a, const io::Image& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(int{a.pixels[i]} - int{b.pixels[i]});
    return sum / static_cast<double>(a.pixels.size());
}

bool same(const io::Image& a, const io::Image& b) {
    return a.width == b.width && a.height == b.height && a.pixels == b.pixels;
}

/// Photographs side by side: as large as photographs come, with the detail of small ones.
io::Image mosaic(const std::vector<io::Image>& pictures, int across) {
    const int w = pictures[0].width, h = pictures[0].height;
    io::Image all{w * across, h * across, {}};
    all.pixels.resize(static_cast<std::size_t>(all.width * all.height) * 3);
    for (int i = 0; i < across * across; ++i) {
        for (int y = 0; y < h; ++y) {
            const auto from = pictures[static_cast<std::size_t>(i)].pixels.begin() + y * w * 3;
            std::copy(from, from + w * 3, all.pixels.begin() + ((i / across * h + y) * all.width + i % across * w) * 3);
        }
    }
    return all;
}

}  // namespace

class JpegTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fullSizeHasOpenCvsPixels() {
        for (const auto& [width, height] : {std::pair{64, 48}, {65, 47}, {1, 1}, {300, 7}, {17, 230}}) {
            for (const std::vector<int>& options : {std::vector<int>{}, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}}) {
                const Bytes jpeg = encoded(naturalNoise(width, height, 3), 85, options);
                QVERIFY(same(io::decodeImage(jpeg, "p"), exact(jpeg)));
            }
        }
        cv::Mat grey(31, 45, CV_8UC1, cv::Scalar(77));
        Bytes jpeg;
        cv::imencode(".jpg", grey, jpeg);
        QVERIFY(same(io::decodeImage(jpeg, "p"), exact(jpeg)));
    }

    void choosesTheSmallestScaleThatIsLargeEnough() {
        const Bytes jpeg = encoded(naturalNoise(203, 101, 1));
        const auto size = [&](int width, int height) {
            const auto scaled = io::decodeJpeg(jpeg, width, height);
            return std::pair{scaled->image.width, scaled->image.height};
        };
        QVERIFY((size(204, 1) == std::pair{203, 101}));
        QVERIFY((size(103, 40) == std::pair{203, 101}));
        QVERIFY((size(102, 51) == std::pair{102, 51}));
        QVERIFY((size(102, 52) == std::pair{203, 101}));
        QVERIFY((size(51, 26) == std::pair{51, 26}));
        QVERIFY((size(26, 13) == std::pair{26, 13}));
        QVERIFY((size(1, 1) == std::pair{26, 13}));
        const auto scaled = io::decodeJpeg(jpeg, 60, 40);
        QCOMPARE(scaled->extent.right, 101.5);  // of 102 columns
        QCOMPARE(scaled->extent.bottom, 50.5);
    }

    void orientations() {
        const Bytes jpeg = encoded(naturalNoise(96, 64, 5), 95);
        for (int orientation = 0; orientation <= 9; ++orientation) {
            for (const bool big : {false, true}) {
                const Bytes turned = oriented(jpeg, orientation, big);
                QCOMPARE(io::exifOrientation(turned), orientation >= 1 && orientation <= 8 ? orientation : 1);
                const io::Image expected = exact(turned);
                QVERIFY2(same(io::decodeImage(turned, "p"), expected), std::to_string(orientation).c_str());
                for (const ImageFit fit : {ImageFit::kPad, ImageFit::kStretch, ImageFit::kCrop}) {
                    const io::Image small = io::decodeFitted(turned, "p", 29, fit);
                    QVERIFY(meanDifference(small, io::fitImage(expected, 29, fit)) < 1.5);
                }
            }
        }
        // Nonsense is no orientation: another kind of value, and every cut of the block.
        QCOMPARE(io::exifOrientation(oriented(jpeg, 6, true, 4)), 1);
        const Bytes turned = oriented(jpeg, 6, false);
        for (std::size_t size = 0; size < 60; ++size) {
            const int found =
                io::exifOrientation(Bytes(turned.begin(), turned.begin() + static_cast<std::ptrdiff_t>(size)));
            QVERIFY(found == 1 || found == 6);
        }
        for (std::size_t i = 4; i < 60; ++i) {
            Bytes broken = turned;
            broken[i] ^= 0xff;
            const int found = io::exifOrientation(broken);
            QVERIFY(found >= 1 && found <= 8);
        }
    }

    void smallScalesAreNearlyExact_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::newRow("square") << 512 << 512;
        QTest::newRow("wide") << 513 << 341;
        QTest::newRow("tall") << 375 << 500;
        QTest::newRow("large") << 1023 << 771;
    }
    void smallScalesAreNearlyExact() {
        QFETCH(int, width);
        QFETCH(int, height);
        const Bytes jpeg = encoded(naturalNoise(width, height, 11));
        const io::Image whole = exact(jpeg);
        for (const int side : {224, 128, 96, 60, 33}) {
            for (const ImageFit fit : {ImageFit::kPad, ImageFit::kStretch, ImageFit::kCrop}) {
                const io::Image fitted = io::decodeFitted(jpeg, "p", side, fit);
                QCOMPARE(fitted.width, side);
                const double difference = meanDifference(fitted, io::fitImage(whole, side, fit));
                QVERIFY2(difference < 1.5, std::to_string(difference).c_str());
            }
        }
    }

    void realPhotographs() {
        const QString folder = testDataFolder() + "/flickr8k/images";
        if (!QDir(folder).exists()) QSKIP("no photographs: set SWITCHYARD_TEST_DATA to the folder of flickr8k");
        const QStringList names = QDir(folder).entryList({"*.jpg"}, QDir::Files, QDir::Name);
        for (const int side : {224, 140, 128, 100}) {
            double worst = 0, sum = 0;
            int count = 0;
            for (int first = 0; first + 9 <= 135; first += 9) {
                std::vector<io::Image> pictures;
                for (int i = 0; i < 9; ++i)
                    pictures.push_back(exact(toBytes(readFile((folder + "/" + names[first + i]).toStdString()))));
                const Bytes jpeg = encoded(mosaic(pictures, 3));
                const double difference = meanDifference(io::decodeFitted(jpeg, "p", side, ImageFit::kStretch),
                                                         io::fitImage(exact(jpeg), side, ImageFit::kStretch));
                worst = std::max(worst, difference);
                sum += difference;
                ++count;
            }
            qInfo("576 to %d: mean difference of %d pictures %.2f, of the worst %.2f", side, count, sum / count, worst);
            // A single picture may have seams that no photograph has.
            QVERIFY2(sum / count < 1.5 && worst < 2, std::to_string(worst).c_str());
        }
    }

    void fitsAsOpenCvDoes() {
        const io::Image image = naturalNoise(211, 157, 2);
        const cv::Mat whole(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
        for (const int side : {1, 2, 7, 64, 100, 156}) {
            cv::Mat expected;
            cv::resize(whole, expected, cv::Size(side, side), 0, 0, cv::INTER_AREA);
            const io::Image fitted = io::fitImage(image, side, ImageFit::kStretch);
            for (std::size_t i = 0; i < fitted.pixels.size(); ++i) {
                QVERIFY(std::abs(int{fitted.pixels[i]} - int{expected.data[i]}) <= 1);
            }
        }
    }

    /// 5 pixels on 2: the middle one is shared. (10 + 20 + 50 / 2) / 2.5 = 22, (50 / 2 + 90 + 200) / 2.5 = 126.
    void areasByHand() {
        const Bytes row = {10, 0, 255, 20, 0, 255, 50, 0, 255, 90, 0, 255, 200, 0, 255};
        Bytes out(6);
        io::areaResize({row.data(), 15, 5, 1}, {0, 0, 5, 1}, {out.data(), 6, 2, 1});
        QCOMPARE(out, (Bytes{22, 0, 255, 126, 0, 255}));
        // From 0.5 to 4.5: (10 / 2 + 20 + 50 / 2) / 2 = 25, (50 / 2 + 90 + 200 / 2) / 2 = 107.5
        io::areaResize({row.data(), 15, 5, 1}, {0.5, 0, 4.5, 1}, {out.data(), 6, 2, 1});
        QCOMPARE(out, (Bytes{25, 0, 255, 108, 0, 255}));
    }

    void brokenFilesAreRefusedAlike() {
        const Bytes whole = encoded(naturalNoise(48, 40, 9), 60);
        for (std::size_t size = 0; size < whole.size(); size += size < 700 ? 1 : 13) {
            const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            const auto error = errorOf([&] { io::decodeFitted(part, "cut", 16, ImageFit::kStretch); });
            QVERIFY(error && error->code() == ExitCode::kBadData);
        }
        for (std::size_t i = 0; i < whole.size(); i += i < 700 ? 1 : 13) {
            Bytes broken = whole;
            broken[i] ^= 0xff;
            const auto full = errorOf([&] { io::decodeImage(broken, "broken"); });
            const auto small = errorOf([&] { io::decodeFitted(broken, "broken", 16, ImageFit::kStretch); });
            QVERIFY(!small || small->code() == ExitCode::kBadData);
            QCOMPARE(small.has_value(), full.has_value());
        }
        const Bytes giant = {0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0x7f, 0xff, 0xff, 0xff, 1, 1, 0x11, 0, 0xff, 0xd9};
        QVERIFY(throwsError(ExitCode::kBadData, "65535x32767",
                            [&] { io::decodeFitted(giant, "giant", 16, ImageFit::kPad); }));
    }

    /// Four colours of ink: OpenCV's business.
    void otherColoursGoToOpenCv() {
        const Bytes cmyk = {0xff, 0xd8, 0xff, 0xc0, 0, 20, 8,    0, 8, 0,    8, 4,    1,
                            0x11, 0,    2,    0x11, 0, 3,  0x11, 0, 4, 0x11, 0, 0xff, 0xd9};
        QVERIFY(!io::decodeJpeg(cmyk, 8, 8));
    }
};

QTEST_GUILESS_MAIN(JpegTest)
#include "jpeg_test.moc"
