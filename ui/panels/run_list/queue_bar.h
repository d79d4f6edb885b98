// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of the runs folder at the foot of the list: how many wait, how many may run at once, hold and go on.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QSpinBox;

namespace switchyard::ui {

class AppContext;

/// Hidden while nothing waits and nothing is held. Thread: GUI thread.
class QueueBar : public QWidget {
    Q_OBJECT
public:
    explicit QueueBar(AppContext& context, QWidget* parent = nullptr);

private:
    void refresh();
    void apply(bool held);

    AppContext& context_;
    QLabel* count_;
    QSpinBox* at_once_;
    QPushButton* hold_;
};

}  // namespace switchyard::ui
