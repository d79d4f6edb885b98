// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/modality_legend.h"

#include <QPainter>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kSwatch = 10, kGap = 5, kBetween = 12;

}  // namespace

ModalityLegend::ModalityLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize ModalityLegend::sizeHint() const {
    const QFontMetrics metrics(Theme::instance().font(TextRole::kTable));
    return {2 * (kSwatch + kGap) + kBetween + metrics.horizontalAdvance(tr("text")) +
                metrics.horizontalAdvance(tr("image")) + 4,
            20};
}

void ModalityLegend::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setFont(theme.font(TextRole::kTable));
    int x = 0;
    const auto entry = [&](const QString& text, int series) {
        painter.fillRect(QRect(x, (height() - kSwatch) / 2, kSwatch, kSwatch), theme.seriesPen(series).color());
        painter.setPen(theme.palette().text);
        painter.drawText(QRect(x + kSwatch + kGap, 0, width(), height()), Qt::AlignVCenter, text);
        x += kSwatch + kGap + painter.fontMetrics().horizontalAdvance(text) + kBetween;
    };
    entry(tr("text"), 0);
    entry(tr("image"), 5);
}

}  // namespace switchyard::ui
