// SPDX-License-Identifier: GPL-3.0-or-later
// A YAML text as bytes: colours, line numbers, marks at changed lines, problems between the lines. It keeps no undo
// history of its own.
#pragma once

#include <QString>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ui/widgets/editor_notes.h"
#include "ui/widgets/scintilla.h"

namespace switchyard::ui {

/// Thread: GUI thread. Cost: linear in the text at each edit, meant for texts of some kB.
class YamlEditor : public QsciScintilla {
    Q_OBJECT
public:
    explicit YamlEditor(QWidget* parent = nullptr);

    /// Another text: caret and scroll position go to the start.
    void reset(std::string_view bytes);
    /// The same text a little different: only the bytes that differ are replaced, caret and scroll position stay.
    void setBytes(std::string_view bytes);
    std::string bytes() const;

    std::size_t caret() const;
    /// Caret to `offset`, its line and the notes below it scrolled into view.
    void goTo(std::size_t offset);
    void setNotes(const std::vector<EditorNote>& notes);
    const std::vector<EditorNote>& notes() const { return notes_->notes(); }
    /// Keyboard focus to the first button of the note nearest below the caret; false when no note has one.
    bool focusNearestButton();
    /// Lines from 1.
    void setChangedLines(const std::set<int>& lines);

Q_SIGNALS:
    /// A person changed the text; once for each key, paste or drop.
    void edited();
    void caretMoved(std::size_t offset);
    void noteClicked(int note);
    void noteButtonClicked(int note, int button);
    void undoRequested();
    void redoRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    template <class Act>
    void asOneEdit(Act act);
    void flush();
    void replace(std::size_t begin, std::size_t count, std::string_view bytes);
    void indentNewLine();
    void setUpKeys();
    void recolor();
    void setStyleColor(int style, const QColor& color);
    void styleText();
    void fitGutter();
    void markCaretLine();
    int gutterWidth() const;
    void paintGutter(QPainter& painter, int line, int y);

    int depth_ = 0;
    bool applying_ = false, modified_ = false, composing_ = false;
    std::size_t caret_ = 0;
    std::set<int> changed_lines_;
    EditorNotes* notes_;
};

}  // namespace switchyard::ui
