// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/picture_loader.h"

#include <QFileInfo>
#include <QImageReader>
#include <filesystem>

#include "core/base/io/image.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"

namespace switchyard::ui {
namespace {

constexpr int kCacheKib = 96 * 1024;
constexpr qsizetype kMostSizes = 50'000;
constexpr std::uint64_t kLargestFile = 64ULL << 20;

struct Decoded {
    QImage image;
    QSize size;  ///< in the file, upright
};

/// By the project's own decoder: for formats that this Qt has no plug-in for.
Decoded decodeOtherwise(const QString& file, const QSize& bounds) {
    try {
        const std::filesystem::path path = file.toStdString();
        const io::Image decoded =
            io::decodeImage(io::readBelow(path.parent_path(), path.filename().string(), kLargestFile), path.string());
        const QImage image(decoded.pixels.data(), decoded.width, decoded.height, decoded.width * 3,
                           QImage::Format_RGB888);
        const bool large = image.width() > bounds.width() || image.height() > bounds.height();
        return {large ? image.scaled(bounds, Qt::KeepAspectRatio, Qt::SmoothTransformation) : image.copy(),
                image.size()};
    } catch (const Error&) {
        return {};
    }
}

Decoded decode(const QString& file, const QSize& bounds) {
    if (!QFileInfo(file).isFile()) return {};  // never a FIFO or a device
    QImageReader reader(file);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    const QByteArray format = reader.format();
    if (format != "png" && format != "jpeg" && format != "webp") return decodeOtherwise(file, bounds);
    Decoded decoded;
    const bool turned = reader.transformation().testFlag(QImageIOHandler::TransformationRotate90);
    const QSize size = reader.size();
    decoded.size = turned ? size.transposed() : size;
    const QSize room = turned ? bounds.transposed() : bounds;
    if (size.width() > room.width() || size.height() > room.height()) {
        reader.setScaledSize(size.scaled(room, Qt::KeepAspectRatio).expandedTo({1, 1}));
    }
    decoded.image = reader.read();
    return decoded;
}

}  // namespace

PictureLoader::PictureLoader(QObject* parent) : QObject(parent), cache_(kCacheKib) {
    pool_.setMaxThreadCount(2);
    pool_.setThreadPriority(QThread::LowPriority);
}

PictureLoader::~PictureLoader() {
    pool_.clear();
    pool_.waitForDone();
}

PictureLoader::State PictureLoader::find(const QString& file, const QSize& bounds, QPixmap* picture) {
    if (file.isEmpty() || missing_.contains(file)) return State::kMissing;
    const QString key = QStringLiteral("%1x%2 %3").arg(bounds.width()).arg(bounds.height()).arg(file);
    if (const QPixmap* kept = cache_.object(key)) {
        *picture = *kept;
        return State::kReady;
    }
    if (waiting_.contains(key)) return State::kLoading;
    waiting_.insert(key);
    pool_.start([this, key, file, bounds] {
        const Decoded decoded = decode(file, bounds);
        QMetaObject::invokeMethod(this, [this, key, file, decoded] { take(key, file, decoded.image, decoded.size); });
    });
    return State::kLoading;
}

void PictureLoader::take(const QString& key, const QString& file, const QImage& image, const QSize& size) {
    waiting_.remove(key);
    if (image.isNull()) {
        missing_.insert(file);
    } else {
        if (sizes_.size() > kMostSizes) sizes_.clear();
        sizes_.insert(file, size);
        cache_.insert(key, new QPixmap(QPixmap::fromImage(image)), std::max<qsizetype>(1, image.sizeInBytes() / 1024));
    }
    Q_EMIT loaded(file);
}

}  // namespace switchyard::ui
