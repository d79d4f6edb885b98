// SPDX-License-Identifier: GPL-3.0-or-later
// A plot of some metrics over the page's x axis. QCustomPlot stays behind it.
#pragma once

#include <QColor>
#include <QWidget>
#include <vector>

#include "ui/panels/curves/plot_group.h"

class QCPPainter;
class QPainter;

namespace switchyard::ui {

struct PlotLine {
    QString tag;         ///< of the record
    QString label;       ///< in the legend
    int series = 0;      ///< index of colour and dash
    bool dashed = true;  ///< by its number; false = solid (a plot with one line)
    bool markers = false;
    int run = 0;  ///< of the group
};

struct PlotOptions {
    QString name;            ///< accessible name and title of exports
    bool large = false;      ///< words at marks, cursor's value on the axis, long numbers
    bool log = false;        ///< at first
    bool from_zero = false;  ///< always; else only when the values lie near enough
    double fixed_high = 0;   ///< > 0: the top of the axis (100 %)
};

class PlotSurface;

/// Wheel: zoom x (over the y axis or with Ctrl: y). Drag: pan. Shift and drag: rubber band. Double click: fit.
/// Thread: GUI thread.
class CurvePlot : public QWidget {
    Q_OBJECT
public:
    CurvePlot(PlotGroup& group, const PlotOptions& options, const std::vector<PlotLine>& lines,
              QWidget* parent = nullptr);
    ~CurvePlot() override;

    const PlotOptions& options() const { return options_; }
    const std::vector<PlotLine>& lines() const;
    QPen linePen(int line) const;
    bool lineVisible(int line) const;
    void setLines(std::vector<PlotLine> lines);
    void setLineVisible(int line, bool visible);
    /// Other tags for the same lines (R@1 becomes R@10).
    void setTag(int line, const QString& tag, const QString& label);
    bool log() const;
    void setLog(bool on);
    /// Records are multiplied by this for the axis (bytes to MiB, a share to percent).
    void setScale(double y_scale);
    double scale() const;
    void fitY();
    bool yIsAutomatic() const;
    std::pair<double, double> yRange() const;
    /// In the surface's pixels.
    QRect plotRect() const;
    QPointF pixelOf(double x, double y) const;
    QWidget* surface() const;
    void refresh();

    enum class Picture { kPng, kPdf, kSvg };
    /// Title, legend and plot at the plot's size. PNG at twice the resolution, PDF and SVG as vectors.
    QByteArray picture(Picture kind);
    /// One page each.
    static QByteArray pdfOf(const std::vector<CurvePlot*>& plots);
    /// PNG is encoded elsewhere: this is the drawing only.
    QImage image();

Q_SIGNALS:
    void logChanged(bool on);

private:
    QSize pictureSize() const;
    void paintPicture(QCPPainter& painter);

    PlotOptions options_;
    PlotSurface* surface_;
};

/// 20 px of a line as the legend shows it.
void drawLineSample(QPainter& painter, const QRectF& place, const QPen& pen);

}  // namespace switchyard::ui
