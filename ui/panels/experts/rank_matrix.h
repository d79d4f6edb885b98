// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens that ranks sent each other at the cursor's step: a row the sender's, a column the receiver's.
#pragma once

#include "ui/panels/experts/experts_view.h"
#include "ui/panels/experts/focus_plot.h"

namespace switchyard::ui {

/// Colours as the heatmap's: log2 of a cell over its fair share, 1 / ranks of what its row sends. Arrow keys choose a
/// cell. Thread: GUI thread.
class RankMatrix : public FocusPlot {
    Q_OBJECT
public:
    explicit RankMatrix(ExpertsView& view, QWidget* parent = nullptr);
    /// Records came, or another layer.
    void refresh();
    QRect gridRect() const;
    /// In pixels.
    QRectF cellRect(int from, int to) const;
    /// "R0 to R1: 1,234 tokens, 26 % of what R0 sends", of the chosen cell or of all.
    QString words() const;
    int from() const { return from_; }  ///< -1 = no cell chosen
    int to() const { return to_; }
    QSize sizeHint() const override { return {220, 160}; }
    QSize minimumSizeHint() const override { return {140, 90}; }

Q_SIGNALS:
    void wordsChanged();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    const Exchange* exchange() const;
    int ranks() const;
    void choose(int from, int to);
    /// (-1, -1) beside the grid.
    std::pair<int, int> cellAt(QPointF place) const;
    QString wordsOf(int from, int to) const;

    ExpertsView& view_;
    int from_ = -1, to_ = -1;
};

}  // namespace switchyard::ui
