// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/shared/picture_paint.h"

#include <QPainter>
#include <QPainterPath>

#include "ui/widgets/picture_loader.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr qreal kMostEnlarged = 3;
const QColor kMissingMark(0x9A, 0xA3, 0xAF);  // on white in both themes

void paintMissing(QPainter& painter, const QRect& rect) {
    const bool words = rect.height() >= 60;
    QRect icon(0, 0, 24, 24);
    icon.moveCenter(rect.center() - QPoint(0, words ? 9 : 0));
    Theme::instance().icon(QStringLiteral("image"), kMissingMark).paint(&painter, icon);
    if (!words) return;
    painter.setFont(Theme::instance().font(TextRole::kCaption));
    painter.setPen(QColor(0x66, 0x70, 0x7D));
    painter.drawText(QRect(rect.left(), icon.bottom() + 4, rect.width(), 16), Qt::AlignHCenter | Qt::AlignTop,
                     PictureBox::tr("picture is missing"));
}

}  // namespace

void paintPicture(QPainter& painter, const QRect& rect, const QString& file, PictureLoader& pictures) {
    if (rect.isEmpty() || file.isEmpty()) return;
    const qreal scale = painter.device()->devicePixelRatioF();
    QPixmap picture;
    switch (pictures.find(file, (QSizeF(rect.size()) * scale).toSize(), &picture)) {
        case PictureLoader::State::kLoading:
            return;
        case PictureLoader::State::kMissing:
            return paintMissing(painter, rect);
        case PictureLoader::State::kReady:
            break;
    }
    QSizeF size = QSizeF(picture.size()) / scale;
    const QSizeF room(rect.size());
    const qreal enlarge = std::min({room.width() / size.width(), room.height() / size.height(), kMostEnlarged * scale});
    if (enlarge > 1.01) size *= enlarge;
    QRectF target(QPointF(), size);
    target.moveCenter(QRectF(rect).center());
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawPixmap(target, picture, QRectF(picture.rect()));
    painter.restore();
}

PictureBox::PictureBox(PictureLoader& pictures, QWidget* parent) : QWidget(parent), pictures_(pictures) {
    connect(&pictures_, &PictureLoader::loaded, this, [this](const QString& file) {
        if (file == file_) update();
    });
}

void PictureBox::setFile(const QString& file) {
    file_ = file;
    update();
}

void PictureBox::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Qt::white);
    painter.drawRoundedRect(rect(), metric::kRadius, metric::kRadius);
    if (!Theme::instance().isDark()) {  // white on white needs an edge
        painter.setBrush(Qt::NoBrush);
        painter.setPen(Theme::instance().palette().border);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::kRadius, metric::kRadius);
    }
    paintPicture(painter, rect().adjusted(12, 12, -12, -12), file_, pictures_);
}

}  // namespace switchyard::ui
