// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chip.h"

#include <QFontMetrics>
#include <QPainter>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {
constexpr int kHeight = 17;
constexpr int kPadding = 5;
}  // namespace

Chip::Chip(const QString& text, QWidget* parent) : QWidget(parent), text_(text) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Chip::setText(const QString& text) {
    text_ = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

void Chip::setFill(const QColor& fill) {
    fill_ = fill;
    update();
}

void Chip::setOutline(const QColor& outline) {
    outline_ = outline;
    update();
}

QSize Chip::sizeHint() const { return {widthOf(text_) + 1, kHeight + 1}; }

int Chip::widthOf(const QString& text) {
    return QFontMetrics(Theme::instance().font(TextRole::kCaption)).horizontalAdvance(text) + 2 * kPadding;
}

int Chip::draw(QPainter& painter, const QRect& rect, const QString& text, const QColor& fill, const QColor& outline,
               const QColor& text_color) {
    const int width = widthOf(text);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box(rect.left() + 0.5, rect.center().y() - kHeight / 2 + 0.5, width - 1, kHeight - 1);
    painter.setPen(outline.isValid() ? QPen(outline, 1) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(box, 3, 3);
    QFont font = Theme::instance().font(TextRole::kCaption);
    if (fill.isValid()) font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(text_color);
    painter.drawText(box, Qt::AlignCenter, text);
    painter.restore();
    return width;
}

void Chip::paintEvent(QPaintEvent*) {
    const Palette& p = Theme::instance().palette();
    QPainter painter(this);
    const QColor outline = outline_.isValid() ? outline_ : fill_.isValid() ? QColor() : p.border;
    const QColor text = fill_.isValid() ? Theme::textOn(fill_) : outline_.isValid() ? outline_ : p.muted;
    draw(painter, rect(), text_, fill_, outline, text);
}

}  // namespace switchyard::ui
