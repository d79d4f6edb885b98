// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/attribution_part_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kChip = 24, kGap = 4, kLargestPicture = 240;

}  // namespace

AttributionPartView::AttributionPartView(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void AttributionPartView::setPart(const AttributionPart& part) {
    part_ = part;
    setCurrent(-1);
    setAccessibleName(part.isPicture() ? tr("Patches by what they add to the score")
                                       : tr("Words by what they add to the score"));
    setAccessibleDescription(part.strongest(8));
    updateGeometry();
    update();
}

QRect AttributionPartView::pictureRect(int width) const {
    const int side = std::min(width, kLargestPicture);
    return {0, 0, side, side};
}

/// Of each token's chip or each patch.
QList<QRect> AttributionPartView::places(int width) const {
    QList<QRect> rects;
    if (part_.isPicture()) {
        const QRect all = pictureRect(width);
        const auto edge = [&](int i) { return all.width() * i / part_.grid; };
        for (int row = 0; row < part_.grid; ++row)
            for (int column = 0; column < part_.grid; ++column)
                rects.append(QRect(QPoint(edge(column), edge(row)), QPoint(edge(column + 1) - 1, edge(row + 1) - 1)));
        return rects;
    }
    const QFontMetrics metrics(Theme::instance().font(TextRole::kTable));
    int x = 0, y = 0;
    for (const QString& token : part_.tokens) {
        const int chip = std::min(width, metrics.horizontalAdvance(token) + 16);
        if (x > 0 && x + chip > width) x = 0, y += kChip + kGap;
        rects.append({x, y, chip, kChip});
        x += chip + kGap;
    }
    return rects;
}

int AttributionPartView::heightForWidth(int width) const {
    const QList<QRect> rects = places(std::max(width, 1));
    return rects.isEmpty() ? 0 : rects.last().bottom() + 1;
}

QSize AttributionPartView::sizeHint() const {
    return {kLargestPicture, heightForWidth(kLargestPicture)};
}

QColor AttributionPartView::tint(double value) const {
    const std::vector<QColor>& stops = Theme::instance().palette().diverging;
    QColor color = value >= 0 ? stops[5] : stops[1];
    color.setAlphaF(
        static_cast<float>((part_.isPicture() ? 0.75 : 0.6) * std::min(1.0, std::abs(value) / part_.scale())));
    return color;
}

void AttributionPartView::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(TextRole::kTable));
    const QFontMetrics metrics(painter.font());
    const QList<QRect> rects = places(width());
    if (part_.isPicture()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        // Grey, so that colours are those of the tint.
        painter.drawImage(pictureRect(width()), part_.picture.convertToFormat(QImage::Format_Grayscale8));
    }
    for (int i = 0; i < rects.size(); ++i) {
        const QColor color = tint(part_.values[i]);
        if (part_.isPicture()) {
            painter.fillRect(rects[i], color);
            continue;
        }
        painter.setPen(p.border);
        painter.setBrush(p.raised);
        const QRectF chip = QRectF(rects[i]).adjusted(0.5, 0.5, -0.5, -0.5);
        painter.drawRoundedRect(chip, metric::kRadius, metric::kRadius);
        painter.setBrush(color);
        painter.drawRoundedRect(chip, metric::kRadius, metric::kRadius);
        painter.setPen(p.text);
        painter.drawText(rects[i].adjusted(6, 0, -6, 0), Qt::AlignCenter,
                         metrics.elidedText(part_.tokens[i], Qt::ElideRight, rects[i].width() - 12));
    }
    if (current_ >= 0 && current_ < rects.size()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(part_.isPicture() ? QColor(Qt::black) : p.text, 2));
        painter.drawRect(QRectF(rects[current_]).adjusted(1, 1, -1, -1));
    }
    if (hasFocus()) {
        painter.setPen(QPen(p.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

QString AttributionPartView::currentText() const {
    if (current_ < 0) return {};
    const double value = part_.values[current_];
    const QString name =
        part_.isPicture()
            ? tr("Patch in row %1, column %2").arg(current_ / part_.grid + 1).arg(current_ % part_.grid + 1)
            : tr("“%1”").arg(part_.tokens[current_]);
    return value >= 0 ? tr("%1 adds %2").arg(name, number(value, 4)) : tr("%1 takes %2").arg(name, number(-value, 4));
}

void AttributionPartView::setCurrent(int current) {
    if (current == current_) return;
    current_ = current;
    update();
    Q_EMIT currentChanged();
}

void AttributionPartView::mouseMoveEvent(QMouseEvent* event) {
    const QList<QRect> rects = places(width());
    const auto found = std::find_if(rects.begin(), rects.end(),
                                    [&](const QRect& rect) { return rect.contains(event->position().toPoint()); });
    setCurrent(found == rects.end() ? -1 : static_cast<int>(found - rects.begin()));
}

void AttributionPartView::leaveEvent(QEvent*) {
    setCurrent(-1);
}

void AttributionPartView::keyPressEvent(QKeyEvent* event) {
    const int count = static_cast<int>(part_.values.size()), line = part_.isPicture() ? part_.grid : 1;
    const int step = event->key() == Qt::Key_Right  ? 1
                     : event->key() == Qt::Key_Left ? -1
                     : event->key() == Qt::Key_Down ? line
                     : event->key() == Qt::Key_Up   ? -line
                                                    : 0;
    if (step == 0 || count == 0) return QWidget::keyPressEvent(event);
    setCurrent(current_ < 0 ? 0 : std::clamp(current_ + step, 0, count - 1));
}

}  // namespace switchyard::ui
