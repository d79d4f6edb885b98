// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/editor_notes.h"

#include <QLayout>
#include <algorithm>
#include <cstdlib>
#include <map>

namespace switchyard::ui {
namespace {

using Sci = QsciScintillaBase;
constexpr std::size_t kErrorLine = 8, kWarningLine = 9;  // indicators

}  // namespace

EditorNotes::EditorNotes(QsciScintilla& editor) : QObject(&editor), editor_(editor) {
    send(editor_, Sci::SCI_INDICSETSTYLE, kErrorLine, Sci::INDIC_SQUIGGLE);
    send(editor_, Sci::SCI_INDICSETSTYLE, kWarningLine, Sci::INDIC_SQUIGGLE);
    send(editor_, Sci::SCI_ANNOTATIONSETVISIBLE, Sci::ANNOTATION_STANDARD);
}

void EditorNotes::setNotes(const std::vector<EditorNote>& notes, int indent) {
    if (notes == notes_) {
        place();
        return;
    }
    notes_ = notes;
    for (Group& group : groups_)
        for (ProblemNote* widget : group.widgets) widget->deleteLater();
    groups_.clear();
    send(editor_, Sci::SCI_ANNOTATIONCLEARALL);
    for (const int marker : {editor_marker::kWarning, editor_marker::kError})
        send(editor_, Sci::SCI_MARKERDELETEALL, static_cast<std::size_t>(marker));
    for (const std::size_t indicator : {kErrorLine, kWarningLine}) {
        send(editor_, Sci::SCI_SETINDICATORCURRENT, indicator);
        send(editor_, Sci::SCI_INDICATORCLEARRANGE, 0, send(editor_, Sci::SCI_GETLENGTH));
    }
    std::map<int, Group> by_line;
    for (std::size_t i = 0; i < notes_.size(); ++i) {
        const EditorNote& note = notes_[i];
        auto* widget = new ProblemNote(note, indent, editor_.viewport());
        const int index = static_cast<int>(i);
        connect(widget, &ProblemNote::clicked, this, [this, index] { Q_EMIT clicked(index); });
        connect(widget, &ProblemNote::buttonClicked, this,
                [this, index](int button) { Q_EMIT buttonClicked(index, button); });
        by_line[note.line].widgets.push_back(widget);
        underline(note);
    }
    for (auto& [line, group] : by_line) {
        const bool error = std::any_of(notes_.begin(), notes_.end(), [at = line](const EditorNote& note) {
            return note.line == at && !note.warning;
        });
        const int marker = error ? editor_marker::kError : editor_marker::kWarning;
        group.marker = static_cast<int>(send(editor_, Sci::SCI_MARKERADD, static_cast<std::size_t>(line - 1), marker));
        groups_.push_back(std::move(group));
    }
    fit();
}

void EditorNotes::underline(const EditorNote& note) {
    if (note.end <= note.begin) return;
    send(editor_, Sci::SCI_SETINDICATORCURRENT, note.warning ? kWarningLine : kErrorLine);
    const std::size_t end = std::min(note.end, static_cast<std::size_t>(send(editor_, Sci::SCI_GETLENGTH)));
    if (note.begin < end)
        send(editor_, Sci::SCI_INDICATORFILLRANGE, note.begin, static_cast<std::ptrdiff_t>(end - note.begin));
}

int EditorNotes::lineOf(const Group& group) const {
    return static_cast<int>(send(editor_, Sci::SCI_MARKERLINEFROMHANDLE, static_cast<std::size_t>(group.marker)));
}

void EditorNotes::fit() {
    const int width = editor_.viewport()->width();
    const int row = std::max(1, static_cast<int>(send(editor_, Sci::SCI_TEXTHEIGHT)));
    for (Group& group : groups_) {
        const int line = lineOf(group);
        if (line < 0) continue;
        int height = 0;
        for (ProblemNote* widget : group.widgets) {
            widget->ensurePolished();
            height += widget->layout()->heightForWidth(width);
        }
        const int lines = std::max(1, (height + row - 1) / row);
        if (lines == group.lines) continue;
        group.lines = lines;
        QByteArray room(" ");
        for (int i = 1; i < lines; ++i) room += "\n ";
        editor_.SendScintilla(Sci::SCI_ANNOTATIONSETTEXT, static_cast<uintptr_t>(line), room.constData());
    }
    place();
}

void EditorNotes::place() {
    const int width = editor_.viewport()->width();
    const int row = static_cast<int>(send(editor_, Sci::SCI_TEXTHEIGHT));
    for (Group& group : groups_) {
        const int line = lineOf(group);
        const std::ptrdiff_t start =
            send(editor_, Sci::SCI_POSITIONFROMLINE, static_cast<std::size_t>(std::max(line, 0)));
        int top = static_cast<int>(send(editor_, Sci::SCI_POINTYFROMPOSITION, 0, start)) + row;
        int left = group.lines * row;
        for (std::size_t i = 0; i < group.widgets.size(); ++i) {
            ProblemNote* widget = group.widgets[i];
            const bool last = i + 1 == group.widgets.size();
            const int height = last ? left : std::min(left, widget->layout()->heightForWidth(width));
            widget->setGeometry(0, top, width, height);
            widget->setVisible(line >= 0);
            top += height;
            left -= height;
        }
    }
}

ProblemNote* EditorNotes::nearestWithButton(int line) const {
    ProblemNote* best = nullptr;
    int distance = 0;
    for (const Group& group : groups_) {
        for (ProblemNote* widget : group.widgets) {
            if (widget->firstButton() == nullptr) continue;
            const int away = std::abs(lineOf(group) - line);
            if (best != nullptr && away >= distance) continue;
            best = widget;
            distance = away;
        }
    }
    return best;
}

int EditorNotes::linesBelow(int line) const {
    for (const Group& group : groups_)
        if (lineOf(group) == line) return group.lines;
    return 0;
}

}  // namespace switchyard::ui
