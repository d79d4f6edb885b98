// SPDX-License-Identifier: GPL-3.0-or-later
// The likeliest answers as bars with their probabilities.
#pragma once

#include <QList>
#include <QString>

#include "ui/panels/experts/focus_plot.h"

namespace switchyard::ui {

struct AnswerBar {
    QString name;
    double share = 0;
    QString value;         ///< at the end of the row
    bool is_true = false;  ///< what the data says: has a check mark
};

/// Up and Down move over the rows, Ctrl+C asks for a copy. Thread: GUI thread.
class AnswerBars : public FocusPlot {
    Q_OBJECT
public:
    explicit AnswerBars(QWidget* parent = nullptr);
    void setBars(const QList<AnswerBar>& bars);
    const QList<AnswerBar>& bars() const { return bars_; }
    int current() const { return current_; }  ///< -1 = none
    QRect rowRect(int row) const;
    /// Where its bar is drawn, whole: the share of it is filled.
    QRectF trackRect(int row) const;
    /// Rows have the same height whatever there is, so that nothing moves while one types.
    void setRoom(int rows);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

Q_SIGNALS:
    void copyAsked();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void setCurrent(int row);
    int nameWidth() const;
    int valueWidth() const;

    QList<AnswerBar> bars_;
    int current_ = -1, room_ = 8;
};

}  // namespace switchyard::ui
