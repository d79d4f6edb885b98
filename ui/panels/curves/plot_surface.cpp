// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/plot_surface.h"

#include <algorithm>
#include <cmath>

#include "ui/models/nice_ticks.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kTop = 10, kBottom = 26, kLeastLeft = 34, kTickGap = 8;
constexpr double kTickRoomX = 86, kTickRoomXSmall = 62, kTickRoomY = 46, kTickRoomYSmall = 34;
constexpr double kYRoom = 0.06;  // of the span, above and below

int ticksFor(double pixels, double room, int least, int most) {
    return std::clamp(static_cast<int>(std::lround(pixels / room)), least, most);
}

}  // namespace

PlotSurface::PlotSurface(PlotGroup& group, PlotOptions options, std::vector<PlotLine> lines)
    : group_(group),
      options_(std::move(options)),
      lines_(std::move(lines)),
      x_ticker_(new PlotTicker),
      y_ticker_(new PlotTicker) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setNoAntialiasingOnDrag(false);
    setInteractions(QCP::iNone);
    setMinimumSize(120, 60);
    axisRect()->setAutoMargins(QCP::msNone);
    x_ticker_->short_form = !options_.large;
    y_ticker_->short_form = true;
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setTickLength(0);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTicks(false);
        axis->setTickLabelPadding(axis == xAxis ? 5 : kTickGap);
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    xAxis->setTicker(x_ticker_);
    yAxis->setTicker(y_ticker_);
    addLayer(QStringLiteral("marks"), layer(QStringLiteral("main")));
    marks_ = new PlotMarks(this, QStringLiteral("marks"));
    marks_->labels = options_.large;
    addLayer(QStringLiteral("raw"), layer(QStringLiteral("main")), limBelow);
    makePlottables();
    setLog(options_.log);
    recolor();
}

void PlotSurface::makePlottables() {
    wanted_.assign(lines_.size(), true);
    for (const PlotLine& line : lines_) {
        auto* plottable = new CurvePlottable(xAxis, yAxis, CurvePlottable::Part::kLine);
        plottable->markers = line.markers;
        plottables_.push_back(plottable);
        raws_.push_back(new CurvePlottable(xAxis, yAxis, CurvePlottable::Part::kRaw));
        raws_.back()->setLayer(QStringLiteral("raw"));
    }
}

void PlotSurface::setLines(std::vector<PlotLine> lines) {
    for (auto* list : {&plottables_, &raws_}) {
        for (CurvePlottable* plottable : *list) removePlottable(plottable);
        list->clear();
    }
    lines_ = std::move(lines);
    makePlottables();
    recolor();
}

void PlotSurface::recolor() {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    setBackground(QBrush(p.panel));
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setBasePen(QPen(p.plot_axis, 1));
        axis->setTickLabelColor(p.muted);
        axis->setTickLabelFont(theme.font(TextRole::kCaption));
        axis->grid()->setPen(QPen(p.plot_grid, 1));
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        QPen pen = theme.seriesPen(lines_[i].series);
        if (!lines_[i].dashed) pen.setStyle(Qt::SolidLine);
        plottables_[i]->line_pen = raws_[i]->line_pen = pen;
    }
    refresh();
}

void PlotSurface::setLineVisible(int line, bool visible) {
    wanted_[static_cast<std::size_t>(line)] = visible;
    bindRecords();
    refresh();
}

void PlotSurface::setTag(int line, const QString& tag, const QString& label) {
    lines_[static_cast<std::size_t>(line)].tag = tag;
    lines_[static_cast<std::size_t>(line)].label = label;
    refresh();
}

void PlotSurface::setScale(double y_scale) {
    if (y_scale == y_scale_) return;
    yAxis->setRange(yAxis->range().lower * y_scale / y_scale_, yAxis->range().upper * y_scale / y_scale_);
    y_scale_ = y_scale;
    refresh();
}

void PlotSurface::setLog(bool on) {
    yAxis->setScaleType(on ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    y_ticker_->kind = on ? TickKind::kLog : TickKind::kValue;
    y_automatic_ = true;
    refresh();
}

void PlotSurface::setYRange(double low, double high) {
    if (!(high > low) || !std::isfinite(low) || !std::isfinite(high)) return;
    if (log() && low <= 0) return;
    y_automatic_ = false;
    yAxis->setRange(low, high);
    refresh();
}

void PlotSurface::fitY() {
    y_automatic_ = true;
    refresh();
}

void PlotSurface::fitYNow() {
    ValueRange range;
    for (const CurvePlottable* plottable : plottables_) {
        if (!plottable->visible() || plottable->series == nullptr) continue;
        const CurveSeries& series = *plottable->series;
        const auto [first, end] = series.within(group_.axis(), xAxis->range().lower, xAxis->range().upper);
        ValueRange own = series.rawIndex().over(series.raw(), first, end);
        if (log() && own.low <= 0) {
            own = {};
            for (std::size_t i = first; i < end; ++i)
                if (series.raw()[i] > 0) own.add(series.raw()[i]);
        }
        range.add(own);
    }
    if (range.empty()) {
        yAxis->setRange(log() ? 0.1 : 0, log() ? 10 : 1);
        return;
    }
    double low = range.low * y_scale_, high = range.high * y_scale_;
    if (log()) {
        const double room = std::pow(std::max(high / low, 1.2), kYRoom);
        yAxis->setRange(low / room, high * room);
        return;
    }
    if (options_.fixed_high > 0) {
        yAxis->setRange(0, options_.fixed_high);
        return;
    }
    const bool zero = low >= 0 && (options_.from_zero || low < 0.6 * high);
    if (zero) low = 0;
    const double span = high > low ? high - low : std::max(std::abs(high), 1e-12) * 0.2;
    const bool flat = !(high > low);
    yAxis->setRange(zero && !flat ? 0 : low - span * (flat ? 0.5 : kYRoom), high + span * (flat ? 0.5 : kYRoom));
}

void PlotSurface::bindRecords() {
    for (std::size_t i = 0; i < plottables_.size(); ++i) {
        // A run that is gone takes its lines along with the next runsChanged().
        const PlotRun* run = lines_[i].run < group_.runs() ? &group_.run(lines_[i].run) : nullptr;
        const bool placed = run != nullptr && run->curves.hasAxis(group_.axis());
        for (CurvePlottable* plottable : {plottables_[i], raws_[i]}) {
            plottable->series = placed ? run->curves.find(lines_[i].tag) : nullptr;
            plottable->setVisible(wanted_[i] && (run == nullptr || run->visible || !group_.comparing()));
            plottable->x_axis = group_.axis();
            plottable->y_scale = y_scale_;
        }
    }
}

void PlotSurface::bindMarks() {
    marks_->seams.clear();
    marks_->non_finite.clear();
    for (int index = 0; index < group_.runs(); ++index) {
        const PlotRun& run = group_.run(index);
        if ((group_.comparing() && !run.visible) || !run.curves.hasAxis(group_.axis())) continue;
        const auto add = [&](std::vector<PlotMarks::Mark>& marks, double step, const QString& words) {
            const QString label = words.isEmpty() || !group_.comparing() ? words : run.name + u' ' + words;
            marks.push_back({run.curves.xOf(step, group_.axis()), label});
        };
        for (const double step : run.seams)
            add(marks_->seams, step, CurvePlot::tr("resumed at step %1").arg(number(step, 0)));
        std::map<double, double> broken;  // step to value: parts fail together
        for (std::size_t line = 0; line < lines_.size(); ++line) {
            const CurveSeries* series = plottables_[line]->series;
            if (lines_[line].run != index || series == nullptr || !plottables_[line]->visible()) continue;
            for (const std::size_t i : series->nonFinite()) broken.emplace(series->step()[i], series->raw()[i]);
        }
        bool told = false;
        for (const auto& [step, value] : broken) {
            const QString word = std::isnan(value) ? CurvePlot::tr("NaN at step %1") : CurvePlot::tr("inf at step %1");
            add(marks_->non_finite, step, told ? QString() : word.arg(number(step, 0)));
            told = true;
        }
    }
    if (!group_.comparing()) return;
    const auto by_x = [](const PlotMarks::Mark& a, const PlotMarks::Mark& b) { return a.x < b.x; };
    std::stable_sort(marks_->seams.begin(), marks_->seams.end(), by_x);
    std::stable_sort(marks_->non_finite.begin(), marks_->non_finite.end(), by_x);
}

void PlotSurface::arrange() {
    xAxis->setScaleType(group_.xLog() ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    xAxis->setRange(group_.range().low, group_.range().high);
    x_ticker_->kind = group_.xLog()                   ? TickKind::kLog
                      : group_.axis() == XAxis::kStep ? TickKind::kStep
                      : group_.axis() == XAxis::kTime ? TickKind::kTime
                                                      : TickKind::kValue;
    x_ticker_->short_form = !options_.large || group_.axis() == XAxis::kTokens || group_.axis() == XAxis::kFlops;
    bindRecords();
    bindMarks();
    if (y_automatic_) fitYNow();
    y_ticker_->about = ticksFor(height() - kTop - kBottom, options_.large ? kTickRoomY : kTickRoomYSmall, 3, 7);
    const QFontMetrics metrics(yAxis->tickLabelFont());
    int left = kLeastLeft;
    for (const QString& label : y_ticker_->labels(yAxis->range()))
        left = std::max(left, metrics.horizontalAdvance(label) + kTickGap + 8);
    const int right = options_.large ? 20 : 14;
    axisRect()->setMargins(QMargins(left, kTop, right, kBottom));
    x_ticker_->about = ticksFor(width() - left - right, options_.large ? kTickRoomX : kTickRoomXSmall, 2, 8);
}

void PlotSurface::refresh() {
    stale_ = true;
    if (!isVisible()) return;
    stale_ = false;
    arrange();
    replot(QCustomPlot::rpQueuedReplot);
}

void PlotSurface::paintAt(QCPPainter* painter, int at_width, int at_height) {
    arrange();
    toPainter(painter, at_width, at_height);
}

void PlotSurface::showEvent(QShowEvent* event) {
    QCustomPlot::showEvent(event);
    if (stale_) refresh();
}

void PlotSurface::resizeEvent(QResizeEvent* event) {
    QCustomPlot::resizeEvent(event);
    refresh();
}

void PlotSurface::paintEvent(QPaintEvent* event) {
    QCustomPlot::paintEvent(event);
    const Palette& p = Theme::instance().palette();
    QPainter painter(this);
    drawCursor(painter);
    if (drag_ == Drag::kBand) {
        QColor ground = p.accent;
        ground.setAlphaF(0.16F);
        painter.setPen(QPen(p.accent, 1));
        painter.setBrush(ground);
        const QRectF band = QRectF(press_, band_end_).normalized() & QRectF(axisRect()->rect());
        painter.drawRect(band.adjusted(0.5, 0.5, -0.5, -0.5));
    }
    if (keyboard_focus_) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(p.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(2, 1, -2, -2), 4, 4);
    }
}

void PlotSurface::drawCursor(QPainter& painter) const {
    if (!group_.cursor().step()) return;
    const double step = *group_.cursor().step();
    const double x = group_.curves().xOf(step, group_.axis());
    const QRect place = axisRect()->rect();
    if (x < xAxis->range().lower || x > xAxis->range().upper) return;
    const Palette& p = Theme::instance().palette();
    const PixelMap map = pixelMap(*xAxis, *yAxis, y_scale_);
    painter.fillRect(QRectF(std::floor(map.x(x)), place.top(), 1, place.height()), p.text);
    const double pixel = std::floor(map.x(x)) + 0.5;
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < plottables_.size(); ++i) {
        const CurvePlottable* plottable = plottables_[i];
        if (!plottable->visible() || plottable->series == nullptr || plottable->series->size() == 0) continue;
        const CurveSeries& series = *plottable->series;
        // Another run's value is the one at the same place of the axis; where it has ended it has none.
        if (lines_[i].run > 0 && x > series.x(group_.axis()).back()) continue;
        const std::size_t at =
            lines_[i].run == 0 ? series.nearest(XAxis::kStep, step) : series.nearest(group_.axis(), x);
        const double y = map.y(series.smoothed()[at]);
        if (std::isnan(y) || y < place.top() - 4 || y > place.bottom() + 4) continue;
        painter.setPen(QPen(plottable->line_pen.color(), 2));
        painter.setBrush(p.panel);
        painter.drawEllipse(QPointF(pixel, y), 4, 4);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (options_.large) drawCursorBox(painter, pixel, step);
}

void PlotSurface::drawCursorBox(QPainter& painter, double x, double step) const {
    const Palette& p = Theme::instance().palette();
    QFont font = Theme::instance().font(TextRole::kCaption);
    font.setWeight(QFont::DemiBold);
    const double at = group_.curves().xOf(step, group_.axis());
    const QString text = group_.axis() == XAxis::kStep   ? number(step, 0)
                         : group_.axis() == XAxis::kTime ? timeTickLabel(at, 1)
                                                         : tickLabel(at, at / 1000, at, true);
    const double width = QFontMetrics(font).horizontalAdvance(text) + 16;
    QRectF box(x - width / 2, axisRect()->bottom() + 5, width, 17);
    box.moveLeft(std::clamp(box.left(), 0.0, std::max(0.0, this->width() - width - 1.0)));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(p.text);
    painter.drawRoundedRect(box, 3, 3);
    painter.setFont(font);
    painter.setPen(p.window);
    painter.drawText(box, Qt::AlignCenter, text);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

}  // namespace switchyard::ui
