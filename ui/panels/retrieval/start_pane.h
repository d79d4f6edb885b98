// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in the middle of the Retrieval page while there is nothing to show: what is missing and one action,
// or work that is going on.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace switchyard::ui {

class ProgressBarThin;

struct StartContent {
    QString icon, title, sentence;  ///< the sentence is plain text
    QString action, link;           ///< texts of a button and of a second choice; "" = none
    QString accessible_action;      ///< when the action's own text says too little
    double progress = -1;           ///< 0 to 1 shows the bar
    QString done, left;             ///< below the bar, left and right
};

/// Thread: GUI thread.
class StartPane : public QWidget {
    Q_OBJECT
public:
    explicit StartPane(QWidget* parent = nullptr);
    void setContent(const StartContent& content);
    const StartContent& content() const { return content_; }

Q_SIGNALS:
    void actionClicked();
    void linkClicked();

private:
    void recolor();

    StartContent content_;
    QLabel* icon_;
    QLabel* title_;
    QLabel* sentence_;
    QWidget* progress_;
    ProgressBarThin* bar_;
    QLabel* done_;
    QLabel* left_;
    QPushButton* action_;
    QPushButton* link_;
};

}  // namespace switchyard::ui
