// SPDX-License-Identifier: GPL-3.0-or-later
// A bar 4 px high: progress, scores, shares. Painted, so that its colour and track may be chosen.
#pragma once

#include <QColor>
#include <QWidget>

namespace switchyard::ui {

/// Thread: GUI thread.
class ProgressBarThin : public QWidget {
    Q_OBJECT
public:
    explicit ProgressBarThin(QWidget* parent = nullptr);
    void setValue(double fraction);         ///< 0 to 1
    void setColor(const QColor& color);     ///< invalid = accent
    double value() const { return value_; }
    QSize sizeHint() const override { return {80, 4}; }
    QSize minimumSizeHint() const override { return {16, 4}; }

    /// The same bar inside another painter.
    static void draw(QPainter& painter, const QRectF& rect, double fraction, const QColor& color, const QColor& track);

protected:
    void paintEvent(QPaintEvent*) override;

private:
    double value_ = 0;
    QColor color_;
};

}  // namespace switchyard::ui
