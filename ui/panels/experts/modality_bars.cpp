// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/modality_bars.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/models/run_words.h"
#include "ui/panels/experts/id_axis.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLeft = 40, kRight = 12, kTop = 8, kBottom = 24;

}  // namespace

ModalityBars::ModalityBars(ExpertsView& view, QWidget* parent) : FocusPlot(parent), view_(view) {
    setAccessibleName(tr("Modality share per expert"));
    setAccessibleDescription(tr("Left and Right choose an expert. The data table in the menu holds the values."));
    const auto repaint = qOverload<>(&QWidget::update);
    connect(&view.focus, &ExpertFocus::stepChanged, this, repaint);
    connect(&view.focus, &ExpertFocus::expertChanged, this, repaint);
    connect(&view.focus, &ExpertFocus::layerChanged, this, repaint);
    connect(&Theme::instance(), &Theme::changed, this, repaint);
}

QRect ModalityBars::plotRect() const {
    return rect().adjusted(kLeft, kTop, -kRight, -kBottom);
}

int ModalityBars::expertAt(double x) const {
    const LayerLoads* layer = view_.layer();
    const QRect place = plotRect();
    if (layer == nullptr || x < place.left() || x > place.right() + 1) return -1;
    const int experts = layer->ring.experts();
    return std::clamp(static_cast<int>((x - place.left()) / place.width() * experts), 0, experts - 1);
}

void ModalityBars::paintEvent(QPaintEvent*) {
    const LayerLoads* layer = view_.layer();
    if (layer == nullptr) return;
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const QRect place = plotRect();
    const int experts = layer->ring.experts(), column = view_.column();
    const QColor text = theme.seriesPen(0).color(), image = theme.seriesPen(5).color();
    QPainter painter(this);
    painter.setFont(theme.font(TextRole::kCaption));
    painter.setPen(p.muted);
    for (const int tick : {0, 50, 100}) {
        const double y = place.bottom() + 1 - tick / 100.0 * place.height();
        painter.drawText(QRectF(0, y - 8, kLeft - 8, 16), Qt::AlignRight | Qt::AlignVCenter, QString::number(tick));
    }
    const double step = place.width() / static_cast<double>(experts);
    const double gap = step >= 4 ? 1 : 0;
    // Many experts share a pixel: their tokens are added up.
    const int shared = std::max(1, static_cast<int>(std::ceil(1.0 / step)));
    for (int first = 0; first < experts; first += shared) {
        double text_tokens = 0, all = 0;
        for (int e = first; e < std::min(experts, first + shared); ++e) {
            const auto own = static_cast<double>(layer->ring.count(column, LoadModality::kText, e));
            text_tokens += own;
            all += own + static_cast<double>(layer->ring.count(column, LoadModality::kImage, e));
        }
        if (all <= 0) continue;
        const double left = std::floor(place.left() + first * step);
        const double right = std::floor(place.left() + std::min(experts, first + shared) * step);
        const double width = std::max(1.0, right - left - gap), height = std::round(text_tokens / all * place.height());
        painter.fillRect(QRectF(left, place.top(), width, place.height() - height), image);
        painter.fillRect(QRectF(left, place.bottom() + 1 - height, width, height), text);
    }
    QPen dashed(p.panel, 1);
    dashed.setDashPattern({4, 3});
    painter.setPen(dashed);
    painter.drawLine(place.left(), place.center().y(), place.right(), place.center().y());
    painter.fillRect(QRectF(place.left(), place.bottom() + 1, place.width(), 1), p.plot_axis);
    const int selected = view_.focus.expert();
    if (selected >= 0 && selected < experts) {
        const double left = std::floor(place.left() + selected * step);
        const double width = std::max(1.0, std::floor(place.left() + (selected + 1) * step) - left - gap);
        painter.setPen(QPen(p.text, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(left - 1, place.top() - 1, width + 2, place.height() + 2));
    }
    paintIdAxis(painter, QRectF(place), experts, selected, place.bottom() + 5, width());
    paintFocusRing(painter);
}

void ModalityBars::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    const int expert = expertAt(event->position().x());
    if (expert >= 0) view_.focus.setExpert(expert);
}

void ModalityBars::keyPressEvent(QKeyEvent* event) {
    if (!moveExpert(view_, *event)) event->ignore();
}

bool ModalityBars::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return FocusPlot::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const int expert = expertAt(help->pos().x());
    if (expert < 0) {
        QToolTip::hideText();
        return true;
    }
    const LoadRing& ring = view_.layer()->ring;
    const auto text = static_cast<double>(ring.count(view_.column(), LoadModality::kText, expert));
    const auto image = static_cast<double>(ring.count(view_.column(), LoadModality::kImage, expert));
    const QString tip = text + image <= 0 ? tr("%1: no tokens").arg(expertName(expert))
                                          : tr("%1: text %2 %, image %3 %")
                                                .arg(expertName(expert), number(100 * text / (text + image), 0),
                                                     number(100 * image / (text + image), 0));
    QToolTip::showText(help->globalPos(), tip, this);
    return true;
}

}  // namespace switchyard::ui
