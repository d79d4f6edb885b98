// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/curve_plot.h"

#include <QBuffer>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QVBoxLayout>

#include "ui/panels/curves/plot_surface.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kHead = 32;  // of a picture: title and legend
constexpr double kPngScale = 2;

void paintHead(QPainter& painter, const CurvePlot& plot, int width) {
    const Theme& theme = Theme::instance();
    painter.fillRect(QRect(0, 0, width, kHead), theme.palette().panel);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(TextRole::kTitle));
    painter.setPen(theme.palette().text);
    double x = 12;
    painter.drawText(QRectF(x, 0, width - x, kHead), Qt::AlignVCenter, plot.options().name);
    x += painter.fontMetrics().horizontalAdvance(plot.options().name) + 18;
    painter.setFont(theme.font(TextRole::kTable));
    for (int i = 0; i < static_cast<int>(plot.lines().size()) && plot.lines().size() > 1; ++i) {
        if (!plot.lineVisible(i)) continue;
        const QString& label = plot.lines()[static_cast<std::size_t>(i)].label;
        drawLineSample(painter, QRectF(x, 0, 24, kHead), plot.linePen(i));
        painter.setPen(theme.palette().text);
        painter.drawText(QRectF(x + 30, 0, width, kHead), Qt::AlignVCenter, label);
        x += 30 + painter.fontMetrics().horizontalAdvance(label) + 16;
    }
}

}  // namespace

void drawLineSample(QPainter& painter, const QRectF& place, const QPen& pen) {
    painter.setPen(pen);
    painter.drawLine(QPointF(place.left(), place.center().y()), QPointF(place.right(), place.center().y()));
}

CurvePlot::CurvePlot(PlotGroup& group, const PlotOptions& options, const std::vector<PlotLine>& lines, QWidget* parent)
    : QWidget(parent), options_(options), surface_(new PlotSurface(group, options, lines)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(surface_);
    setFocusProxy(surface_);
    surface_->setAccessibleName(tr("%1, plot").arg(options.name));
    surface_->setAccessibleDescription(
        tr("Left and Right move the cursor by one record, Escape lets it go, plus and minus zoom, 0 shows everything. "
           "The data table in the menu holds the values."));
    connect(&group, &PlotGroup::rangeChanged, this, [this] { surface_->refresh(); });
    connect(&group, &PlotGroup::xLogChanged, this, [this] { surface_->refresh(); });
    connect(&group, &PlotGroup::recordsChanged, this, [this] { surface_->refresh(); });
    connect(&group.cursor(), &LinkedCursor::changed, surface_, qOverload<>(&QWidget::update));
    connect(&Theme::instance(), &Theme::changed, this, [this] { surface_->recolor(); });
}

CurvePlot::~CurvePlot() = default;

const std::vector<PlotLine>& CurvePlot::lines() const {
    return surface_->lines();
}
QPen CurvePlot::linePen(int line) const {
    return surface_->linePen(line);
}
bool CurvePlot::lineVisible(int line) const {
    return surface_->lineVisible(line);
}
void CurvePlot::setLines(std::vector<PlotLine> lines) {
    surface_->setLines(std::move(lines));
}
void CurvePlot::setLineVisible(int line, bool visible) {
    surface_->setLineVisible(line, visible);
}
void CurvePlot::setTag(int line, const QString& tag, const QString& label) {
    surface_->setTag(line, tag, label);
}
bool CurvePlot::log() const {
    return surface_->log();
}

void CurvePlot::setLog(bool on) {
    if (on == log()) return;
    surface_->setLog(on);
    Q_EMIT logChanged(on);
}

void CurvePlot::setScale(double y_scale) {
    surface_->setScale(y_scale);
}
double CurvePlot::scale() const {
    return surface_->yScale();
}
void CurvePlot::fitY() {
    surface_->fitY();
}
bool CurvePlot::yIsAutomatic() const {
    return surface_->yIsAutomatic();
}
std::pair<double, double> CurvePlot::yRange() const {
    return {surface_->yAxis->range().lower, surface_->yAxis->range().upper};
}
QRect CurvePlot::plotRect() const {
    return surface_->axisRect()->rect();
}
QPointF CurvePlot::pixelOf(double x, double y) const {
    return {surface_->xAxis->coordToPixel(x), surface_->yAxis->coordToPixel(y)};
}
QWidget* CurvePlot::surface() const {
    return surface_;
}
void CurvePlot::refresh() {
    surface_->refresh();
}

QImage CurvePlot::image() {
    QImage picture(pictureSize() * kPngScale, QImage::Format_RGB32);
    picture.setDevicePixelRatio(kPngScale);
    QCPPainter painter(&picture);
    paintPicture(painter);
    return picture;
}

QSize CurvePlot::pictureSize() const {
    return {surface_->width(), surface_->height() + kHead};
}

void CurvePlot::paintPicture(QCPPainter& painter) {
    painter.save();
    paintHead(painter, *this, surface_->width());
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.translate(0, kHead);
    surface_->paintAt(&painter, surface_->width(), surface_->height());
    painter.restore();
}

QByteArray CurvePlot::picture(Picture kind) {
    if (kind == Picture::kPdf) return pdfOf({this});
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (kind == Picture::kPng) {
        image().save(&buffer, "PNG");
        return bytes;
    }
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setSize(pictureSize());
    svg.setViewBox(QRect(QPoint(0, 0), pictureSize()));
    svg.setTitle(options_.name);
    QCPPainter painter;
    if (painter.begin(&svg)) {
        painter.setMode(QCPPainter::pmVectorized);
        paintPicture(painter);
        painter.end();
    }
    return bytes;
}

QByteArray CurvePlot::pdfOf(const std::vector<CurvePlot*>& plots) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter pdf(&buffer);
    constexpr double kPixelsPerInch = 96, kPointsPerInch = 72;
    pdf.setResolution(static_cast<int>(kPixelsPerInch));
    pdf.setPageMargins(QMarginsF(0, 0, 0, 0));
    const auto size = [&pdf](const CurvePlot& plot) {
        pdf.setPageSize(QPageSize(QSizeF(plot.pictureSize()) * kPointsPerInch / kPixelsPerInch, QPageSize::Point));
    };
    if (plots.empty()) return bytes;
    pdf.setTitle(plots.front()->options_.name);
    size(*plots.front());
    QCPPainter painter;
    if (!painter.begin(&pdf)) return bytes;
    painter.setMode(QCPPainter::pmVectorized);
    for (std::size_t i = 0; i < plots.size(); ++i) {
        if (i > 0) {
            size(*plots[i]);
            pdf.newPage();
        }
        plots[i]->paintPicture(painter);
    }
    painter.end();
    return bytes;
}

}  // namespace switchyard::ui
