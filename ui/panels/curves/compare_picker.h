// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses the runs to compare with: a list with check boxes that a search field narrows.
#pragma once

#include <QFrame>
#include <QSet>
#include <vector>

#include "core/base/runs/run_status.h"

class QLabel;
class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace switchyard::ui {

/// A popup below its anchor. Typing searches, Up and Down walk the list from the field too, Space or a click chooses,
/// Enter and Escape close. Thread: GUI thread.
class ComparePicker : public QFrame {
    Q_OBJECT
public:
    explicit ComparePicker(QWidget* parent);
    /// The runs there are, but `selected`; `chosen` are checked. At most `most` can be.
    void open(QWidget* anchor, const std::vector<runs::RunStatus>& statuses, const QString& selected,
              const QStringList& chosen, int most);
    QLineEdit& searchField() const { return *search_; }
    QTreeWidget& list() const { return *list_; }

Q_SIGNALS:
    /// Folders in the order of choice.
    void chosen(const QStringList& dirs);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void filter();
    void toggled(QTreeWidgetItem* item);
    void tellCount();

    QLineEdit* search_;
    QTreeWidget* list_;
    QLabel* count_;
    QStringList chosen_;
    int most_ = 0;
};

}  // namespace switchyard::ui
