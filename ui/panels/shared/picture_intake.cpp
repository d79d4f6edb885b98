// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/shared/picture_intake.h"

#include <QClipboard>
#include <QCryptographicHash>
#include <QDir>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QImage>
#include <QKeyEvent>
#include <QLineEdit>
#include <QSaveFile>
#include <QShortcut>
#include <QUrl>

#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/models/retrieval_result.h"

namespace switchyard::ui {
namespace {

constexpr int kKept = 60;

bool namedLikePicture(const QString& file) {
    static const QStringList endings = {QStringLiteral("png"), QStringLiteral("jpg"), QStringLiteral("jpeg"),
                                        QStringLiteral("webp")};
    return endings.contains(QFileInfo(file).suffix().toLower());
}

QString localFile(const QMimeData* data) {
    if (data == nullptr) return {};
    for (const QUrl& url : data->urls())
        if (url.isLocalFile()) return url.toLocalFile();
    return {};
}

QString writePicture(const QImage& image, const QString& folder) {
    const QImage plain = image.convertToFormat(QImage::Format_RGBA8888);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (int y = 0; y < plain.height(); ++y) {
        hash.addData(QByteArrayView(plain.constScanLine(y), qsizetype{4} * plain.width()));
    }
    QDir dir(folder);
    if (!dir.mkpath(QStringLiteral("."))) return {};
    const QString name = QStringLiteral("pasted-%1.png").arg(QLatin1String(hash.result().toHex().left(8)));
    QSaveFile file(dir.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || !plain.save(&file, "PNG") || !file.commit()) return {};
    const QFileInfoList old = dir.entryInfoList({QStringLiteral("pasted-*.png")}, QDir::Files, QDir::Time);
    for (const QFileInfo& entry : old.mid(kKept)) QFile::remove(entry.filePath());
    return dir.filePath(name);
}

}  // namespace

PictureIntake::PictureIntake(QWidget* page, QLineEdit* field) : QObject(page), field_(field) {
    page->setAcceptDrops(true);
    page->installEventFilter(this);
    field->installEventFilter(this);
    auto* paste = new QShortcut(QKeySequence::Paste, page, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(paste, &QShortcut::activated, this, [this] { take(QGuiApplication::clipboard()->mimeData()); });
}

QString PictureIntake::fileOf(const QMimeData* data) {
    if (data == nullptr) return {};
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile() && namedLikePicture(url.toLocalFile())) return url.toLocalFile();
    }
    return {};
}

bool PictureIntake::holdsPicture(const QMimeData* data) {
    return data != nullptr && (data->hasImage() || !fileOf(data).isEmpty());
}

void PictureIntake::askForFile(QWidget* over, const QString& title, const QString& beside,
                               const std::function<void(const QString& file)>& take) {
    auto* dialog = new QFileDialog(over, title, QFileInfo(beside).path(),
                                   tr("Pictures (%1)").arg(QStringLiteral("*.png *.jpg *.jpeg *.webp")));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, over, take);
    dialog->open();
}

void PictureIntake::take(const QMimeData* data) {
    if (const QString file = fileOf(data); !file.isEmpty()) return Q_EMIT picture(file);
    const QImage image = data != nullptr ? qvariant_cast<QImage>(data->imageData()) : QImage();
    if (image.isNull()) {
        if (const QString other = localFile(data); tells_others_ && !other.isEmpty()) tellOther(other);
        return;
    }
    const QString folder = pastedFolder();
    inBackground(
        this, [image, folder] { return writePicture(image, folder); },
        [this, folder](const QString& file) {
            if (!file.isEmpty()) return Q_EMIT picture(file);
            Q_EMIT failed({static_cast<int>(ExitCode::kIo), tr("The picture could not be kept"), folder,
                           tr("Check that the folder can be written and the disk is not full")});
        });
}

void PictureIntake::tellOther(const QString& file) {
    inBackground(
        this, [file] { return QFileInfo(file).isDir(); },
        [this, file](bool folder) {
            Q_EMIT failed({static_cast<int>(ExitCode::kBadData),
                           folder ? tr("This is a folder, not a picture") : tr("This file is not named like a picture"),
                           file, tr("Choose a PNG, JPEG or WebP file")});
        });
}

bool PictureIntake::takeDrag(QEvent* event) {
    if (event->type() == QEvent::DragLeave) {
        Q_EMIT hovering(false);
        return false;
    }
    auto* drop = static_cast<QDropEvent*>(event);  // all others are made from it
    if (!holdsPicture(drop->mimeData()) && !(tells_others_ && !localFile(drop->mimeData()).isEmpty())) return false;
    drop->acceptProposedAction();
    Q_EMIT hovering(event->type() != QEvent::Drop);
    if (event->type() == QEvent::Drop) take(drop->mimeData());
    return true;
}

bool PictureIntake::pasteIntoField() {
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    const bool bitmap = data != nullptr && data->hasImage() && !data->hasText();  // a copied table is both
    if (!bitmap && fileOf(data).isEmpty() && !(tells_others_ && !localFile(data).isEmpty())) return false;
    take(data);
    return true;
}

bool PictureIntake::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::DragEnter:
        case QEvent::DragMove:
        case QEvent::DragLeave:
        case QEvent::Drop:
            return takeDrag(event);
        case QEvent::KeyPress:
            return watched == field_ && static_cast<QKeyEvent*>(event)->matches(QKeySequence::Paste) &&
                   pasteIntoField();
        default:
            return false;
    }
}

}  // namespace switchyard::ui
