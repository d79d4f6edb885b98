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
    explicit CardsArea(QWidget* parent = nullptr);
    /// Children of this area, made in it: to move them here would style them anew.
    void setCards(QWidget* large, std::vector<QWidget*> small);
    /// A small card that has nothing to show takes no place.
    void setShown(QWidget* small, bool shown);
    /// Least width of a small card.
    void setColumnWidth(int width);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();

    QWidget* large_ = nullptr;
    std::vector<QWidget*> small_;
    int column_width_ = 200;
};

}  // namespace switchyard::ui
