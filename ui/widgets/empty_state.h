// SPDX-License-Identifier: GPL-3.0-or-later
// What a page shows without data: icon, what is missing, one action.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace switchyard::ui {

/// Thread: GUI thread.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    /// Empty `action` = no button.
    EmptyState(const QString& icon, const QString& title, const QString& sentence, const QString& action = {},
               QWidget* parent = nullptr);
    void setTexts(const QString& title, const QString& sentence);

Q_SIGNALS:
    void actionClicked();

private:
    void recolor();

    QString icon_name_;
    QLabel* icon_;
    QLabel* title_;
    QLabel* sentence_;
};

}  // namespace switchyard::ui
