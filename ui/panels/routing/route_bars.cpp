// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/route_bars.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/models/nice_ticks.h"
#include "ui/models/retrieval_result.h"
#include "ui/models/run_words.h"
#include "ui/panels/experts/id_axis.h"
#include "ui/panels/routing/route_paint.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLeft = 40, kRight = 12, kTop = 8, kBottom = 26;

}  // namespace

RouteBars::RouteBars(RouteFocus& focus, QWidget* parent) : FocusPlot(parent), focus_(focus) {
    setAccessibleName(tr("Load of each expert"));
    setAccessibleDescription(tr("Left and Right choose an expert. The data table in the menu holds the values."));
    connect(&focus_, &RouteFocus::expertChanged, this, qOverload<>(&QWidget::update));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void RouteBars::setLoad(const RouteLoad& load) {
    load_ = load;
    measureTop();
    update();
}

void RouteBars::setReference(const RouteLoad& reference) {
    reference_ = reference;
    measureTop();
    update();
}

QRect RouteBars::plotRect() const {
    return rect().adjusted(kLeft, kTop, -kRight, -kBottom);
}

int RouteBars::expertAt(double x) const {
    const QRect place = plotRect();
    if (load_.experts() == 0 || x < place.left() || x > place.right() + 1) return -1;
    return std::clamp(static_cast<int>((x - place.left()) / place.width() * load_.experts()), 0, load_.experts() - 1);
}

void RouteBars::measureTop() {
    top_ = 1.5;
    for (int e = 0; e < load_.experts(); ++e) top_ = std::max(top_, 1.05 * load_.ratio(e));
    for (int e = 0; e < reference_.experts(); ++e) top_ = std::max(top_, 1.05 * reference_.ratio(e));
}

void RouteBars::paintBar(QPainter& painter, int first, int end) const {
    const Palette& p = Theme::instance().palette();
    const QRect place = plotRect();
    const double step = place.width() / static_cast<double>(load_.experts()), most = top_;
    int expert = first;
    for (int e = first; e < end; ++e)
        if (load_.ratio(e) > load_.ratio(expert)) expert = e;
    if (load_.taken(expert) <= 0) return;
    const bool selected = focus_.expert() >= first && focus_.expert() < end;
    const double gap = step >= 4 ? std::min(3.0, std::floor(step / 4)) : 0;
    const double left = std::floor(place.left() + first * step), right = std::floor(place.left() + end * step);
    const double height = load_.ratio(expert) / most * place.height();
    const QRectF bar(left, place.bottom() + 1 - height, std::max(1.0, right - left - gap), height);
    QColor color = p.accent;
    if (!selected) color.setAlphaF(p.dark ? 0.6F : 0.5F);
    painter.fillRect(bar, color);
    const double lost = load_.dropped[static_cast<std::size_t>(expert)] / load_.taken(expert) * height;
    if (lost < 0.5) return;
    const QRectF cut(bar.left(), bar.top(), bar.width(), lost);
    painter.fillRect(cut, p.panel);
    if (bar.width() >= 5) {
        paintHatch(painter, cut, p.danger);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(p.danger);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(cut.adjusted(0, 0, -1, -1));
    } else {
        painter.fillRect(cut, p.danger);
    }
}

void RouteBars::paintReference(QPainter& painter, int first, int end) const {
    const QRect place = plotRect();
    const double step = place.width() / static_cast<double>(load_.experts());
    double ratio = 0;
    for (int e = first; e < end; ++e) ratio = std::max(ratio, reference_.ratio(e));
    const double gap = step >= 4 ? std::min(3.0, std::floor(step / 4)) : 0;
    const double left = std::floor(place.left() + first * step), right = std::floor(place.left() + end * step);
    const double y = std::round(place.bottom() + 1 - ratio / top_ * place.height());
    painter.fillRect(QRectF(left, y - 1, std::max(1.0, right - left - gap), 2), Theme::instance().palette().text);
}

void RouteBars::paintAll(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const QRect place = plotRect();
    const int experts = load_.experts();
    if (experts == 0 || place.width() < 20 || place.height() < 20) return;
    const double most = top_;
    const auto y = [&](double value) { return std::round(place.bottom() + 1 - value / most * place.height()); };
    painter.setFont(theme.font(TextRole::kCaption));
    const std::vector<double> ticks = niceTicks(0, most, 4);
    const double spacing = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
    for (const double tick : ticks) {
        painter.fillRect(QRectF(place.left(), y(tick), place.width(), 1), p.plot_grid);
        painter.setPen(p.muted);
        painter.drawText(QRectF(0, y(tick) - 8, kLeft - 8, 16), Qt::AlignRight | Qt::AlignVCenter,
                         tickLabel(tick, spacing, ticks.back(), false));
    }
    const double step = place.width() / static_cast<double>(experts);
    const int shared = std::max(1, static_cast<int>(std::ceil(1.0 / step)));
    for (int first = 0; first < experts; first += shared) paintBar(painter, first, std::min(experts, first + shared));
    for (int first = 0; reference_.experts() == experts && first < experts; first += shared)
        paintReference(painter, first, std::min(experts, first + shared));
    painter.fillRect(QRectF(place.left(), place.bottom() + 1, place.width(), 1), p.plot_axis);
    QPen dashed(p.text, 1);
    dashed.setDashPattern({4, 3});
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(dashed);
    painter.drawLine(QPointF(place.left(), y(1)), QPointF(place.right(), y(1)));
    paintIdAxis(painter, QRectF(place), experts, focus_.expert(), place.bottom() + 6, width());
}

void RouteBars::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintAll(painter);
    paintFocusRing(painter);
}

void RouteBars::mousePressEvent(QMouseEvent* event) {
    const int expert = event->button() == Qt::LeftButton ? expertAt(event->position().x()) : -1;
    if (expert < 0) return event->ignore();
    focus_.toggleExpert(expert);
}

void RouteBars::keyPressEvent(QKeyEvent* event) {
    const int last = load_.experts() - 1, now = focus_.expert();
    if (last < 0 || event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        return event->ignore();
    switch (event->key()) {
        case Qt::Key_Left:
            return focus_.setExpert(now < 0 ? last : std::max(0, now - 1));
        case Qt::Key_Right:
            return focus_.setExpert(std::min(last, now + 1));
        case Qt::Key_Home:
            return focus_.setExpert(0);
        case Qt::Key_End:
            return focus_.setExpert(last);
        case Qt::Key_Escape:
            if (now < 0) return event->ignore();
            return focus_.setExpert(-1);
        default:
            event->ignore();
    }
}

bool RouteBars::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return FocusPlot::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const int expert = expertAt(help->pos().x());
    if (expert < 0) {
        QToolTip::hideText();
        return true;
    }
    const auto e = static_cast<std::size_t>(expert);
    QString words = tr("%1: %2 × fair share; %3 text, %4 image")
                        .arg(expertName(expert), number(load_.ratio(expert), 2), number(load_.text[e], 0),
                             number(load_.image[e], 0));
    if (reference_.experts() == load_.experts())
        words += tr("; line: %1 × fair share").arg(number(reference_.ratio(expert), 2));
    if (load_.dropped[e] > 0) words += tr("; %1 dropped").arg(number(load_.dropped[e], 0));
    QToolTip::showText(help->globalPos(), plainToolTip(words), this);
    return true;
}

}  // namespace switchyard::ui
