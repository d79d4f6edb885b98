// SPDX-License-Identifier: GPL-3.0-or-later
// A dock's title row: title or tabs, a count, buttons to float and close it.
#pragma once

#include <QStringList>
#include <QWidget>

#include "ui/widgets/theme.h"

class QButtonGroup;
class QDockWidget;
class QHBoxLayout;
class QLabel;

namespace switchyard::ui {

/// Thread: GUI thread.
class DockTitle : public QWidget {
    Q_OBJECT
public:
    explicit DockTitle(QDockWidget* dock);
    /// One title stands as text, several as tabs.
    void setTitles(const QStringList& titles, int current = 0);
    void setCount(const QString& text);  ///< muted, behind the title
    /// A widget between the title and the buttons.
    void addWidget(QWidget* widget);
    /// A dock asks for this and looks at no fixed height.
    QSize sizeHint() const override { return {QWidget::sizeHint().width(), metric::kDockTitle}; }

Q_SIGNALS:
    void tabChosen(int index);

private:
    QHBoxLayout* tabs_;
    QHBoxLayout* middle_;
    QButtonGroup* group_;
    QLabel* title_;
    QLabel* count_;
};

}  // namespace switchyard::ui
