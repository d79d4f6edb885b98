// SPDX-License-Identifier: GPL-3.0-or-later
// A large card above rows of small ones, filling the place there is; higher than its place when that is too little.
#pragma once

#include <QWidget>
#include <vector>

namespace switchyard::ui {

/// For a QScrollArea with a resizable widget. Thread: GUI thread.
class CardsArea : public QWidget {
    Q_OBJECT
public:
    CardsArea(QWidget* large, std::vector<QWidget*> small, QWidget* parent = nullptr);
    /// A small card that has nothing to show takes no place.
    void setShown(QWidget* small, bool shown);
    /// Least width of a small card.
    void setColumnWidth(int width);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();

    QWidget* large_;
    std::vector<QWidget*> small_;
    int column_width_ = 200;
};

}  // namespace switchyard::ui
