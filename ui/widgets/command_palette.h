// SPDX-License-Identifier: GPL-3.0-or-later
// Finds an action by its words and runs it (Ctrl+K).
#pragma once

#include <QFrame>
#include <QList>
#include <QPointer>

class QAction;
class QLineEdit;
class QListWidget;

namespace switchyard::ui {

/// Floats over its parent while open. Thread: GUI thread.
class CommandPalette : public QFrame {
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* parent);
    /// One line of the list: "Run: Stop run" and the action behind it.
    struct Entry {
        QString text;
        QPointer<QAction> action;
    };
    /// Opens at the top of the parent with these entries; disabled actions are left out.
    void open(QList<Entry> entries);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter();
    void runCurrent();

    QLineEdit* field_;
    QListWidget* list_;
    QList<Entry> entries_;
};

}  // namespace switchyard::ui
