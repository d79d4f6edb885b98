// SPDX-License-Identifier: GPL-3.0-or-later
// One step of a configuration text's undo history: a run of bytes that became another.
#pragma once

#include <QUndoCommand>
#include <string>

#include "ui/models/text_change.h"

namespace switchyard::ui {

class ConfigDocument;

/// Thread: GUI thread.
class ConfigEdit : public QUndoCommand {
public:
    /// Edits of the same non-empty `session` (one stay in a form field) become one step; without a session,
    /// characters typed or deleted one after the other do, word by word.
    ConfigEdit(ConfigDocument& document, TextChange change, const QString& label, std::string session);
    void undo() override;
    void redo() override;
    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand* next) override;

private:
    bool continuesTyping(const TextChange& next) const;

    ConfigDocument& document_;
    TextChange change_;
    std::string session_;
};

}  // namespace switchyard::ui
