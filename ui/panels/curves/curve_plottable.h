// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a CurveSeries: the raw record faint, its average as the line.
#pragma once

#include "ui/panels/curves/qcp.h"

#include "ui/models/polyline.h"

namespace switchyard::ui {

/// The plot's place for records as a PixelMap.
PixelMap pixelMap(const QCPAxis& key, const QCPAxis& value, double y_scale);

/// Thread: GUI thread.
class CurvePlottable : public QCPAbstractPlottable {
public:
    /// Raw records lie below all lines, so that they are a part of their own.
    enum class Part { kRaw, kLine };
    CurvePlottable(QCPAxis* key, QCPAxis* value, Part drawn) : QCPAbstractPlottable(key, value), part(drawn) {
        setSelectable(QCP::stNone);
    }

    const Part part;
    const CurveSeries* series = nullptr;  ///< owned by the page's RunCurves; set anew before each replot
    XAxis x_axis = XAxis::kStep;
    double y_scale = 1;
    bool markers = false;
    QPen line_pen;

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
    QCPRange getKeyRange(bool& found, QCP::SignDomain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange& keys) const override;

protected:
    void draw(QCPPainter* painter) override;
    void drawLegendIcon(QCPPainter* painter, const QRectF& rect) const override;

private:
    void drawRaw(QCPPainter* painter, const PixelMap& map) const;
    void drawLine(QCPPainter* painter, const std::vector<QPointF>& line, QPen pen) const;
};

}  // namespace switchyard::ui
