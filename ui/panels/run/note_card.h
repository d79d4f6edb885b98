// SPDX-License-Identifier: GPL-3.0-or-later
// The run's note, to read and to write.
#pragma once

#include "core/base/runs/run_status.h"
#include "ui/widgets/card.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace switchyard::ui {

class RunKeeper;

/// Saved by its button, Ctrl+Enter, or by leaving it: a note is never lost by looking at another run.
/// Thread: GUI thread.
class NoteCard : public Card {
    Q_OBJECT
public:
    explicit NoteCard(RunKeeper& keeper, QWidget* parent = nullptr);
    /// Keeps what is being written. `run` nullptr = none.
    void show(const runs::RunStatus* run);
    void edit();  ///< focus, cursor at the end

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void save();
    void tell();
    bool isEdited() const;

    RunKeeper& keeper_;
    QString run_dir_;
    QString saved_;    ///< as the run has it
    QString pending_;  ///< as it is being saved
    bool saving_ = false;
    QPlainTextEdit* text_;
    QLabel* state_;
    QPushButton* save_;
};

}  // namespace switchyard::ui
