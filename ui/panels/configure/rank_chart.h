// SPDX-License-Identifier: GPL-3.0-or-later
// The peak of a rank, and the time of a step, by the number of ranks.
#pragma once

#include <QWidget>

#include "ui/models/rank_scale.h"

class QPainter;

namespace switchyard::ui {

/// A point is looked at with the mouse, or Left and Right. Thread: GUI thread.
class RankChart : public QWidget {
    Q_OBJECT
public:
    explicit RankChart(QWidget* parent = nullptr);
    void setScale(const RankScale& scale);
    const RankScale& scale() const { return scale_; }
    int cursor() const { return cursor_; }

    void paint(QPainter& painter) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {180, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Axis;
    QRectF memoryPlot() const;
    QRectF timePlot() const;
    double xOf(int point) const;
    void lookAt(int point);
    int nearest(double x) const;
    void paintFrame(QPainter& painter, const QRectF& place, const Axis& axis, const QString& title) const;
    void paintMemory(QPainter& painter) const;
    void paintTime(QPainter& painter) const;
    void paintLine(QPainter& painter, const QRectF& place, const Axis& axis, int series,
                   const std::vector<double>& values) const;

    RankScale scale_;
    int cursor_ = -1;
};

}  // namespace switchyard::ui
