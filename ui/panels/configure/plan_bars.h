// SPDX-License-Identifier: GPL-3.0-or-later
// The memory of one rank for several numbers of ranks: a bar each, cut into its parts, with the limit.
#pragma once

#include <QWidget>

#include "ui/models/plan_watch.h"

namespace switchyard::ui {

/// One row is chosen, with the mouse or Up and Down. Thread: GUI thread.
class PlanBars : public QWidget {
    Q_OBJECT
public:
    explicit PlanBars(QWidget* parent = nullptr);
    void setChoices(const PlanChoices& choices);
    std::size_t chosen() const { return chosen_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosenChanged();

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void choose(std::ptrdiff_t row);
    void tell();

    PlanChoices choices_;
    std::size_t chosen_ = 0;
};

}  // namespace switchyard::ui
