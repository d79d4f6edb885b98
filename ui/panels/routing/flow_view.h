// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens and patches on their way between the experts of one MoE layer and the next.
#pragma once

#include <QPixmap>

#include "ui/models/route_focus.h"
#include "ui/panels/experts/focus_plot.h"
#include "ui/panels/routing/flow_geometry.h"
#include "ui/panels/routing/flow_paint.h"
#include "ui/panels/routing/routing_exports.h"

namespace switchyard::ui {

/// Up to 16 experts: nodes as high as their share. More: groups of experts as a matrix with the largest ribbons. A
/// click selects an expert or a ribbon's rows; arrows move over the nodes, Enter selects, Escape lets go.
/// Thread: GUI thread. What is drawn is kept as a picture, so that a pointer that moves costs little.
class FlowView : public FocusPlot {
    Q_OBJECT
public:
    static constexpr int kMostNodes = 16, kMostRibbons = 16;
    static constexpr int kMostDrawn = 800;  ///< ribbons in all, where nodes are experts; the largest of each step

    explicit FlowView(RouteFocus& focus, QWidget* parent = nullptr);
    /// With all its layers; null = none.
    void setSample(const RoutedSamplePtr& sample);
    void setOptions(const FlowOptions& options);
    const FlowOptions& options() const { return options_; }
    bool isMatrix() const { return places_.matrix; }
    /// Every expert and ribbon, and as they are drawn.
    const RouteFlow& flow() const { return flow_; }
    const RouteFlow& drawn() const { return drawn_; }
    /// Of what is selected, as it is drawn; empty when nothing is.
    const RouteFlow& lit() const { return lit_; }
    const FlowGeometry& places() const { return places_; }
    const FlowHit& cursor() const { return cursor_; }
    void choose(const FlowHit& hit);
    QString tip(const FlowHit& hit) const;
    /// A row a node, then a row a ribbon, of flow().
    RouteTable table() const;
    void chooseRow(int table_row);
    void paintAll(QPainter& painter) const;
    QSize sizeHint() const override { return {500, 240}; }
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void cursorMoved(const QRectF& place);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void count();
    void place();
    void light();
    RouteFlow toDraw(const RouteFlow& flow) const;
    void draw();
    void moveTo(const FlowHit& node);
    void chooseNode(const FlowColumn& column, int node);
    void chooseRibbon(const RouteFlow& flow, const FlowStep& step, const FlowRibbon& ribbon);

    RouteFocus& focus_;
    RoutedSamplePtr sample_;
    FlowOptions options_;
    RouteFlow flow_, drawn_, lit_;
    FlowGeometry places_;
    FlowHit cursor_, hovered_;
    FlowImages images_;  ///< null = to be drawn
    QPixmap picture_;    ///< likewise
};

}  // namespace switchyard::ui
