// SPDX-License-Identifier: GPL-3.0-or-later
// The configuration being edited: its bytes are the truth, form and editor are views on them. One undo history
// over both; checked in the background while it changes.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <QUndoStack>
#include <set>
#include <string>
#include <vector>

#include "ui/models/config_check.h"

namespace switchyard::ui {

/// Thread: GUI thread; checks run in the global thread pool.
class ConfigDocument : public QObject {
    Q_OBJECT
public:
    explicit ConfigDocument(QObject* parent = nullptr);

    const std::string& text() const { return text_; }
    /// "" = never saved.
    const QString& file() const { return file_; }
    bool isEdited() const { return edited_; }
    QUndoStack& undoStack() { return undo_; }

    /// Another text; the history begins anew. `baseline` is what changes are marked against, nullptr = the text
    /// as it is now. `is_template`: the file is a shipped preset that is never written to.
    void open(std::string text, const QString& file, bool is_template, const RunConfig* baseline);
    bool isTemplate() const { return is_template_; }
    /// The text was written to `file`.
    void markSaved(const QString& file, const std::string& text);
    /// What the file held when it was last read or written.
    const std::string& savedText() const { return saved_text_; }

    /// The text after one act of a person in the editor; checked once they pause.
    void edit(const std::string& text);
    /// From the form; checked once the person pauses. False: the text is not valid YAML, or the edit would not be.
    bool setValue(const std::string& path, const std::vector<std::string>& scalars);
    /// Removes the key, so that its default holds.
    bool resetValue(const std::string& path);
    /// Another text as one step with a name.
    void change(const std::string& text, const QString& label);
    /// The next setValue() is a step of its own (a field was left).
    void endSession() { ++session_; }

    /// Does not wait for a pause in typing.
    void checkSoon();
    /// Of the newest text that was checked; isChecked(): of the present one.
    const ConfigCheck& check() const { return check_; }
    /// Of the newest text that was checked and is valid YAML.
    const ConfigCheck& readable() const { return check_.readable ? check_ : readable_; }
    bool isChecked() const { return checked_revision_ == revision_; }
    bool wasEverChecked() const { return checked_revision_ > 0; }
    /// Keys that the text sets to something other than the baseline.
    const std::set<std::string>& changedKeys() const { return changed_; }

Q_SIGNALS:
    /// Another text was opened; textChanged() follows.
    void opened();
    void textChanged();
    void checked();
    void editedChanged(bool edited);
    void fileChanged();
    /// Undo or redo changed these bytes.
    void stepped(std::size_t begin, std::size_t end);

private:
    friend class ConfigEdit;
    void replace(std::size_t begin, std::size_t count, const std::string& bytes);
    void push(const std::string& text, const QString& label, std::string session);
    void afterChange();
    void startCheck();
    void takeCheck(quint64 revision, ConfigCheck check);
    void findChanged();

    std::string text_, saved_text_;
    QString file_;
    bool is_template_ = false, edited_ = false, pushing_ = false, typing_ = false;
    QUndoStack undo_;
    quint64 session_ = 0, revision_ = 1, checked_revision_ = 0;
    bool checking_ = false, has_baseline_ = false;
    QTimer timer_;
    ConfigCheck check_, readable_;
    RunConfig baseline_;
    std::set<std::string> changed_;
};

}  // namespace switchyard::ui
