// SPDX-License-Identifier: GPL-3.0-or-later
// A painted plot that shows when the keyboard is with it.
#pragma once

#include <QWidget>

class QPainter;

namespace switchyard::ui {

/// The ring stands only for a focus that came by the keyboard. Thread: GUI thread.
class FocusPlot : public QWidget {
    Q_OBJECT
public:
    explicit FocusPlot(QWidget* parent = nullptr);

protected:
    /// Last in paintEvent().
    void paintFocusRing(QPainter& painter) const;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    bool by_keyboard_ = false;
};

}  // namespace switchyard::ui
