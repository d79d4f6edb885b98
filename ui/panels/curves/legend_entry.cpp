// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/legend_entry.h"

#include <QPainter>

#include "ui/panels/curves/curve_plot.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kSample = 24, kGap = 6, kEdge = 3, kHeight = 22;

}  // namespace

LegendEntry::LegendEntry(const QString& label, QWidget* parent) : QAbstractButton(parent) {
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFont(Theme::instance().font(TextRole::kTable));
    setLabel(label);
}

void LegendEntry::setPen(const QPen& pen) {
    pen_ = pen;
    update();
}

void LegendEntry::setLabel(const QString& label) {
    setText(label);
    setAccessibleName(tr("Show %1").arg(label));
    setToolTip(tr("Click to hide or show %1").arg(label));
    updateGeometry();
}

QSize LegendEntry::sizeHint() const {
    return {2 * kEdge + kSample + kGap + QFontMetrics(font()).horizontalAdvance(text()), kHeight};
}

void LegendEntry::paintEvent(QPaintEvent*) {
    const Palette& p = Theme::instance().palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || hasFocus()) {
        painter.setPen(hasFocus() ? QPen(p.accent, 1) : QPen(Qt::NoPen));
        painter.setBrush(underMouse() ? QBrush(p.hover) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
    QPen pen = pen_;
    QColor text = p.text;
    if (!isChecked()) {
        pen.setColor(p.plot_axis);
        text = p.muted;
    }
    drawLineSample(painter, QRectF(kEdge, 0, kSample, height()), pen);
    QFont font = this->font();
    font.setStrikeOut(!isChecked());
    painter.setFont(font);
    painter.setPen(text);
    painter.drawText(QRectF(kEdge + kSample + kGap, 0, width(), height()), Qt::AlignVCenter, this->text());
}

}  // namespace switchyard::ui
