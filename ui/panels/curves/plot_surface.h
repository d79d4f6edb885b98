// SPDX-License-Identifier: GPL-3.0-or-later
// One plot of the curves page as QCustomPlot draws it, with our mouse and keys. Only CurvePlot includes this.
#pragma once

#include "ui/panels/curves/qcp.h"

#include "ui/panels/curves/curve_plot.h"
#include "ui/panels/curves/curve_plottable.h"
#include "ui/panels/curves/plot_group.h"
#include "ui/panels/curves/plot_marks.h"
#include "ui/panels/curves/plot_tickers.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class PlotSurface : public QCustomPlot {
public:
    PlotSurface(PlotGroup& group, PlotOptions options, std::vector<PlotLine> lines);

    const std::vector<PlotLine>& lines() const { return lines_; }
    /// Other lines from now on, all of them shown.
    void setLines(std::vector<PlotLine> lines);
    bool lineVisible(int line) const { return plottables_[static_cast<std::size_t>(line)]->visible(); }
    void setLineVisible(int line, bool visible);
    QPen linePen(int line) const { return plottables_[static_cast<std::size_t>(line)]->line_pen; }
    void setTag(int line, const QString& tag, const QString& label);
    void setScale(double y_scale);
    double yScale() const { return y_scale_; }
    bool log() const { return yAxis->scaleType() == QCPAxis::stLogarithmic; }
    void setLog(bool on);
    bool yIsAutomatic() const { return y_automatic_; }
    void setYRange(double low, double high);
    void fitY();
    void recolor();
    /// Ranges, ticks, marks and margins as the group has them, then a replot before the next frame; while hidden
    /// only a note that one is due.
    void refresh();
    /// The plot below a head of `head` px; for exports.
    void paintAt(QCPPainter* painter, int width, int height);

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Drag { kNone, kPress, kPan, kBand };

    void arrange();
    void bindRecords();
    void bindMarks();
    void makePlottables();
    void fitYNow();
    void drawCursor(QPainter& painter) const;
    void drawCursorBox(QPainter& painter, double x, double step) const;
    void zoomY(double factor, double pixel);
    void finishBand();

    PlotGroup& group_;
    PlotOptions options_;
    std::vector<PlotLine> lines_;
    std::vector<bool> wanted_;                        ///< lines the legend shows
    std::vector<CurvePlottable*> plottables_, raws_;  ///< one each for a line
    PlotMarks* marks_;
    QSharedPointer<PlotTicker> x_ticker_, y_ticker_;
    double y_scale_ = 1;
    bool y_automatic_ = true, stale_ = true, keyboard_focus_ = false;

    Drag drag_ = Drag::kNone;
    QPointF press_, band_end_;
    PlotGroup::Range press_x_;
    QCPRange press_y_;
    std::optional<double> pin_before_click_;  ///< what a double click, whose first click pinned, gives back
    bool pinned_before_click_ = false;
};

}  // namespace switchyard::ui
