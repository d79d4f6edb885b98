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

bool saysTheSame(const std::vector<EditorNote>& a, const std::vector<EditorNote>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const EditorNote& x, const EditorNote& y) {
        return x.warning == y.warning && x.message == y.message && x.fix == y.fix && x.buttons == y.buttons;
    });
}

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
    for (const std::size_t indicator : {kErrorLine, kWarningLine}) {
        send(editor_, Sci::SCI_SETINDICATORCURRENT, indicator);
        send(editor_, Sci::SCI_INDICATORCLEARRANGE, 0, send(editor_, Sci::SCI_GETLENGTH));
    }
    std::map<int, std::vector<EditorNote>> by_line;
    for (const EditorNote& note : notes_) {
        by_line[note.line].push_back(note);
        underline(note);
    }
    // What says the same at the same line stays as it is, so that nothing jumps while a person types elsewhere.
    std::vector<Group> kept;
    for (Group& group : groups_) {
        const auto found = by_line.find(lineOf(group) + 1);
        if (found == by_line.end() || !saysTheSame(found->second, group.notes)) {
            dropGroup(group);
            continue;
        }
        kept.push_back(std::move(group));
        by_line.erase(found);
    }
    groups_ = std::move(kept);
    for (const auto& [line, of_line] : by_line) groups_.push_back(makeGroup(line, of_line, indent));
    std::sort(groups_.begin(), groups_.end(), [this](const Group& a, const Group& b) { return lineOf(a) < lineOf(b); });
    for (const Group& group : groups_) {
        std::size_t in_line = 0;
        for (std::size_t i = 0; i < notes_.size(); ++i) {
            if (notes_[i].line == lineOf(group) + 1)
                group.widgets[in_line++]->setPlace(static_cast<int>(i), notes_[i].line);
        }
    }
    fit();
}

EditorNotes::Group EditorNotes::makeGroup(int line, const std::vector<EditorNote>& notes, int indent) {
    Group group;
    group.notes = notes;
    bool error = false;
    for (const EditorNote& note : notes) {
        auto* widget = new ProblemNote(note, indent, editor_.viewport());
        connect(widget, &ProblemNote::clicked, this, [this, widget] { Q_EMIT clicked(widget->index()); });
        connect(widget, &ProblemNote::buttonClicked, this,
                [this, widget](int button) { Q_EMIT buttonClicked(widget->index(), button); });
        group.widgets.push_back(widget);
        error = error || !note.warning;
    }
    group.marker = static_cast<int>(send(editor_, Sci::SCI_MARKERADD, static_cast<std::size_t>(line - 1),
                                         error ? editor_marker::kError : editor_marker::kWarning));
    return group;
}

void EditorNotes::dropGroup(Group& group) {
    const int line = lineOf(group);
    if (line >= 0) {
        const char* nothing = nullptr;
        editor_.SendScintilla(Sci::SCI_ANNOTATIONSETTEXT, static_cast<uintptr_t>(line), nothing);
        send(editor_, Sci::SCI_MARKERDELETEHANDLE, static_cast<std::size_t>(group.marker));
    }
    for (ProblemNote* widget : group.widgets) {
        widget->hide();
        widget->deleteLater();
    }
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
