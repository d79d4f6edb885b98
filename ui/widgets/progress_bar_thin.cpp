// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/progress_bar_thin.h"

#include <QPainter>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {

ProgressBarThin::ProgressBarThin(QWidget* parent) : QWidget(parent) {
    setFixedHeight(4);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ProgressBarThin::setValue(double fraction) {
    value_ = std::clamp(fraction, 0.0, 1.0);
    setAccessibleDescription(tr("%1 %").arg(value_ * 100.0, 0, 'f', 0));
    update();
}

void ProgressBarThin::setColor(const QColor& color) {
    color_ = color;
    update();
}

void ProgressBarThin::draw(QPainter& painter, const QRectF& rect, double fraction, const QColor& color,
                           const QColor& track) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(track);
    painter.drawRoundedRect(rect, 2, 2);
    const double width = rect.width() * std::clamp(fraction, 0.0, 1.0);
    if (width > 0) {
        painter.setBrush(color);
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), width, rect.height()), 2, 2);
    }
    painter.restore();
}

void ProgressBarThin::paintEvent(QPaintEvent*) {
    const Palette& p = Theme::instance().palette();
    QPainter painter(this);
    draw(painter, rect(), value_, color_.isValid() ? color_ : p.accent, p.bar_track);
}

}  // namespace switchyard::ui
