// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/expert_marks.h"

#include <QPainter>
#include <cmath>

#include "ui/widgets/theme.h"

namespace switchyard::ui {

void ExpertSwatch::setExpert(int expert, int experts) {
    expert_ = expert;
    experts_ = experts;
    update();
}

void ExpertSwatch::paintEvent(QPaintEvent*) {
    const QColor color = Theme::instance().expertColor(expert_, experts_);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(rect(), metric::kRadius, metric::kRadius);
    QFont font = Theme::instance().font(TextRole::kBody);
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(Theme::textOn(color));
    painter.drawText(rect(), Qt::AlignCenter, QString::number(expert_));
}

void ShareBar::setShare(double text) {
    text_ = text;
    update();
}

void ShareBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    if (std::isnan(text_)) return painter.fillRect(rect(), theme.palette().bar_track);
    const double at = std::round(text_ * width());
    painter.fillRect(QRectF(0, 0, at, height()), theme.seriesPen(0).color());
    painter.fillRect(QRectF(at, 0, width() - at, height()), theme.seriesPen(5).color());
    if (at > 0 && at < width()) painter.fillRect(QRectF(at - 0.5, 0, 1, height()), theme.palette().panel);
}

}  // namespace switchyard::ui
