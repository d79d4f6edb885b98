// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures from files, decoded and scaled by threads of its own, the last ones kept.
#pragma once

#include <QCache>
#include <QHash>
#include <QObject>
#include <QPixmap>
#include <QSet>
#include <QSize>
#include <QString>
#include <QThreadPool>

namespace switchyard::ui {

/// JPEG, PNG and WebP only. Thread: GUI thread; nothing here waits but the destructor (for one picture).
class PictureLoader : public QObject {
    Q_OBJECT
public:
    explicit PictureLoader(QObject* parent = nullptr);
    ~PictureLoader() override;

    enum class State { kLoading, kReady, kMissing };
    /// The picture shrunk to fit `bounds` (pixels of the device; small ones are not enlarged) when it is kReady;
    /// otherwise it is read, and loaded() tells when to ask again.
    State find(const QString& file, const QSize& bounds, QPixmap* picture);
    /// Files that could not be read are tried again.
    void forgetMissing() { missing_.clear(); }
    /// Size of the picture in its file, once it was loaded; else an empty one.
    QSize sizeOf(const QString& file) const { return sizes_.value(file); }

Q_SIGNALS:
    /// It is there, or it is known to be missing.
    void loaded(const QString& file);

private:
    void take(const QString& key, const QString& file, const QImage& image, const QSize& size);

    QCache<QString, QPixmap> cache_;  // cost in KiB
    QSet<QString> waiting_, missing_;
    QHash<QString, QSize> sizes_;
    QThreadPool pool_;
};

}  // namespace switchyard::ui
