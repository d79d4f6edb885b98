// SPDX-License-Identifier: GPL-3.0-or-later
// Load per expert over the run: heatmap, dropped tokens and violation below it, cursor, keys.
#pragma once

#include <QImage>
#include <QTimer>
#include <optional>

#include "ui/models/heat_image.h"
#include "ui/panels/experts/experts_view.h"
#include "ui/panels/experts/focus_plot.h"

namespace switchyard::ui {

/// Thread: GUI thread. The picture is drawn anew only when what it shows has changed; moving the cursor, hovering
/// and selecting draw over it.
class LoadHeatmap : public FocusPlot {
    Q_OBJECT
public:
    explicit LoadHeatmap(ExpertsView& view, QWidget* parent = nullptr);
    /// Records came.
    void refresh();
    void setFishEye(bool on);
    bool fishEye() const { return fish_eye_; }

    QRect heatRect() const { return heat_; }
    QRect stripRect() const { return strip_; }
    double xOf(double step) const;
    double stepAt(double x) const;
    /// Expert drawn at y, -1 = none.
    int expertAt(double y) const;
    /// Centre of an expert's row in this widget's pixels.
    double yOf(int expert) const;
    const HeatRows& rows() const { return rows_; }
    /// Heatmap, axis and colour bar at `scale` for a file.
    QImage picture(double scale);
    QSize sizeHint() const override { return {700, 380}; }
    QSize minimumSizeHint() const override { return {360, 220}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void arrange();
    void rebuildPicture();
    void arrangeRows();
    int rowOf(int expert) const;
    void moveRow(int by);
    void moveColumn(int by);
    void paintAll(QPainter& painter, bool interactive);
    void paintRanks(QPainter& painter) const;
    void paintGutter(QPainter& painter) const;
    void paintValues(QPainter& painter) const;
    void paintColorBar(QPainter& painter) const;
    void paintSelection(QPainter& painter) const;
    void paintAxis(QPainter& painter) const;
    void paintCursor(QPainter& painter) const;
    void paintHover(QPainter& painter) const;

    ExpertsView& view_;
    HeatLevels levels_;
    HeatRows rows_;
    std::vector<int> order_, row_of_;
    HeatColors colors_{};
    QImage picture_;
    bool picture_stale_ = true, fish_eye_ = true;
    QRect heat_, strip_;
    double low_ = 0, high_ = 1;  ///< steps at the picture's edges
    std::optional<QPointF> hover_;
    QTimer dwell_;         ///< how long the mouse rests before the fish-eye comes to it
    int eye_expert_ = -1;  ///< centre of the fish-eye while none is selected
};

}  // namespace switchyard::ui
