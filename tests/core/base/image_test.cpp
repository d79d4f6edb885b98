// SPDX-License-Identifier: MIT
#include <atomic>
#include <thread>

#include "core/base/io/image.h"
#include "core/base/io/image_header.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;

namespace {

io::Image gradient(int width, int height) {
    io::Image image;
    image.width = width;
    image.height = height;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (const int value : {x * 255 / width, y * 255 / height, 40}) {
                image.pixels.push_back(static_cast<std::uint8_t>(value));
            }
        }
    }
    return image;
}

std::vector<int> pixel(const io::Image& image, int x, int y) {
    const auto at = image.pixels.begin() + (y * image.width + x) * 3;
    return {at[0], at[1], at[2]};
}

std::vector<std::uint8_t> encoded(const TempFolder& folder, const io::Image& image, bool jpeg) {
    const std::string file = (folder / "picture").string();
    jpeg ? io::writeJpeg(file, image, 90) : io::writePng(file, image);
    return toBytes(readFile(file));
}

}  // namespace

class ImageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsBackWhatItWrites() {
        const TempFolder folder;
        const io::Image image = gradient(37, 21);
        const auto png = encoded(folder, image, false);
        const io::ImageInfo info = io::probeImage(png, "p");
        QCOMPARE(info.format, std::string("png"));
        QCOMPARE(info.width, 37);
        QCOMPARE(info.height, 21);
        QCOMPARE(io::decodeImage(png, "p").pixels, image.pixels);

        const auto jpeg = encoded(folder, image, true);
        QCOMPARE(io::probeImage(jpeg, "p").format, std::string("jpeg"));
        const io::Image lossy = io::decodeImage(jpeg, "p");
        QCOMPARE(lossy.width, 37);
        for (std::size_t i = 0; i < image.pixels.size(); ++i) {
            QVERIFY(std::abs(int{image.pixels[i]} - int{lossy.pixels[i]}) < 24);  // also tells RGB from BGR
        }
    }

    void laysTransparencyOnWhite() {
        const io::Image image = io::decodeImage(twoPixelRgba(), "p");
        QCOMPARE(pixel(image, 0, 0), (std::vector<int>{255, 0, 0}));
        QCOMPARE(pixel(image, 1, 0), (std::vector<int>{255, 204, 204}));  // 255 * 4/5
    }

    void refusesGiantClaims() {
        // The whole file is 35 bytes: SOI, a frame header for 65535 x 32767, and the start of a scan.
        QByteArray bytes = QByteArray::fromHex("ffd8ffc0000b08") + QByteArray::fromHex("7fffffff") +
                           QByteArray::fromHex("01011100") + QByteArray::fromHex("ffda00080101003f00");
        bytes += QByteArray(35 - 2 - bytes.size(), '\0') + QByteArray::fromHex("ffd9");
        QCOMPARE(bytes.size(), 35);
        const auto check = [&] { io::decodeImage(toBytes(bytes.toStdString()), "giant.jpg"); };
        QVERIFY(throwsError(ExitCode::kBadData, "65535x32767", check));
        QVERIFY(throwsError(ExitCode::kBadData, "giant.jpg", check));
    }

    void refusesEveryTruncation() {
        const TempFolder folder;
        for (const bool jpeg : {false, true}) {
            const auto whole = encoded(folder, gradient(24, 18), jpeg);
            for (std::size_t size = 0; size < whole.size(); ++size) {
                const std::vector<std::uint8_t> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
                const auto error = errorOf([&] { io::decodeImage(part, "cut"); });
                QVERIFY2(error && error->code() == ExitCode::kBadData, std::to_string(size).c_str());
            }
        }
    }

    void survivesFlippedBytes() {
        const TempFolder folder;
        for (const bool jpeg : {false, true}) {
            const auto whole = encoded(folder, gradient(24, 18), jpeg);
            for (std::size_t i = 0; i < whole.size(); ++i) {
                auto broken = whole;
                broken[i] ^= 0xff;
                const auto error = errorOf([&] { io::decodeImage(broken, "broken"); });
                QVERIFY(!error || error->code() == ExitCode::kBadData);
            }
        }
    }

    void refusesOtherFormats() {
        for (const std::string& bytes :
             {std::string(), std::string("GIF89a........"), std::string("BM......"), std::string(100, '\0')}) {
            QVERIFY(throwsError(ExitCode::kBadData, "p:", [&] { io::probeImage(toBytes(bytes), "p"); }));
        }
    }

    void dropsProfilesAndTexts() {
        const auto plain = twoPixelRgba();
        auto with_text = plain;
        const QByteArray chunk = QByteArray::fromHex("00000003") + "zTXtabc" + QByteArray(4, '\0');
        with_text.insert(with_text.begin() + 33, chunk.begin(), chunk.end());  // after the header chunk
        QCOMPARE(io::withoutSideChunks(with_text), plain);
        QCOMPARE(io::decodeImage(with_text, "p").pixels, io::decodeImage(plain, "p").pixels);
    }

    void fits() {
        io::Image wide;
        wide.width = 40;
        wide.height = 20;
        wide.pixels.assign(40 * 20 * 3, 10);
        const io::Image padded = io::fitImage(wide, 8, ImageFit::kPad);  // becomes 8 x 4 in the middle
        QCOMPARE(pixel(padded, 4, 0), (std::vector<int>{255, 255, 255}));
        QCOMPARE(pixel(padded, 4, 1), (std::vector<int>{255, 255, 255}));
        QCOMPARE(pixel(padded, 0, 2), (std::vector<int>{10, 10, 10}));
        QCOMPARE(pixel(padded, 7, 5), (std::vector<int>{10, 10, 10}));
        QCOMPARE(pixel(padded, 4, 6), (std::vector<int>{255, 255, 255}));
        QCOMPARE(pixel(io::fitImage(wide, 8, ImageFit::kStretch), 0, 0), (std::vector<int>{10, 10, 10}));

        // Left half black, right half white: the cut-out middle is half and half too.
        io::Image halves = wide;
        for (int i = 0; i < 800; ++i) {
            for (int c = 0; c < 3; ++c) halves.pixels[static_cast<std::size_t>(i * 3 + c)] = i % 40 < 20 ? 0 : 255;
        }
        const io::Image cut = io::fitImage(halves, 10, ImageFit::kCrop);
        QCOMPARE(pixel(cut, 4, 5), (std::vector<int>{0, 0, 0}));
        QCOMPARE(pixel(cut, 5, 5), (std::vector<int>{255, 255, 255}));
        QCOMPARE(pixel(io::fitImage(halves, 1, ImageFit::kStretch), 0, 0), (std::vector<int>{128, 128, 128}));
        QCOMPARE(io::fitImage(wide, 100, ImageFit::kPad).width, 100);
    }

    /// OpenCV's number of threads had been set anew for each picture, which crashes when two threads do it at once.
    void fitsInSeveralThreadsAtOnce() {
        const io::Image wide = gradient(40, 20);
        const io::Image expected = io::fitImage(wide, 16, ImageFit::kPad);
        std::atomic<int> same = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 5000; ++i) same += io::fitImage(wide, 16, ImageFit::kPad).pixels == expected.pixels ? 1 : 0;
            });
        }
        for (std::thread& thread : threads) thread.join();
        QCOMPARE(same.load(), 20'000);
    }

private:
    static std::vector<std::uint8_t> twoPixelRgba();
};

// 2 x 1, RGBA, red: opaque, then with an opacity of 51 / 255 = 1/5. Made with Python's zlib.
std::vector<std::uint8_t> ImageTest::twoPixelRgba() {
    const QByteArray png = QByteArray::fromHex(
        "89504e470d0a1a0a0000000d4948445200000002000000010806000000f4227f8a0000000f49444154789c63f8cfc0f01f88"
        "8d01112b033132cd39710000000049454e44ae426082");
    return {png.begin(), png.end()};
}

QTEST_GUILESS_MAIN(ImageTest)
#include "image_test.moc"
