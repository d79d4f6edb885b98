// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps problem notes between the lines of an editor: room for them as annotations, widgets on top.
#pragma once

#include <QObject>
#include <vector>

#include "ui/widgets/problem_note.h"
#include "ui/widgets/scintilla.h"

namespace switchyard::ui {

/// Markers that colour lines; the higher one wins.
namespace editor_marker {
inline constexpr int kCaret = 1, kWarning = 2, kError = 3;
}

/// Thread: GUI thread.
class EditorNotes : public QObject {
    Q_OBJECT
public:
    /// `indent`: where the text begins; asked when notes are made.
    explicit EditorNotes(QsciScintilla& editor);
    void setNotes(const std::vector<EditorNote>& notes, int indent);
    const std::vector<EditorNote>& notes() const { return notes_; }
    /// After the editor's width or font changed.
    void fit();
    /// After it was scrolled or its lines moved.
    void place();
    /// The note with buttons nearest to the line (from 0), nullptr when there is none.
    ProblemNote* nearestWithButton(int line) const;
    /// Editor lines that the notes below `line` (from 0) take.
    int linesBelow(int line) const;

Q_SIGNALS:
    void clicked(int note);
    void buttonClicked(int note, int button);

private:
    /// The notes of one line, held at it by a marker while lines above come and go.
    struct Group {
        int marker = -1;
        int lines = 0;
        std::vector<EditorNote> notes;
        std::vector<ProblemNote*> widgets;
    };
    Group makeGroup(int line, const std::vector<EditorNote>& notes, int indent);
    void dropGroup(Group& group);
    int lineOf(const Group& group) const;
    void underline(const EditorNote& note);

    QsciScintilla& editor_;
    std::vector<EditorNote> notes_;
    std::vector<Group> groups_;
};

}  // namespace switchyard::ui
