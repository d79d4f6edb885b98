// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/editor_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <set>

#include "ui/models/config_fix.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/yaml_editor.h"

namespace switchyard::ui {

EditorPanel::EditorPanel(ConfigDocument& document, QWidget* parent) : QWidget(parent), document_(document) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QWidget(this);
    bar->setProperty("toolbar", true);
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(metric::kToolBar);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 0, 8, 0);
    row->setSpacing(8);
    auto* title = new QLabel(QStringLiteral("YAML"));
    title->setProperty("role", "title");
    file_ = new ElidedLabel;
    file_->setProperty("role", "muted");
    file_->setElideMode(Qt::ElideMiddle);
    caret_ = new QLabel;
    caret_->setProperty("role", "muted");
    row->addWidget(title);
    row->addWidget(file_, 1);
    row->addWidget(caret_);
    editor_ = new YamlEditor(this);
    column->addWidget(bar);
    column->addWidget(editor_, 1);

    connect(&document_, &ConfigDocument::opened, this, [this] { editor_->reset(document_.text()); });
    connect(&document_, &ConfigDocument::textChanged, this, [this] { editor_->setBytes(document_.text()); });
    connect(&document_, &ConfigDocument::fileChanged, this, &EditorPanel::showFile);
    connect(&document_, &ConfigDocument::checked, this, &EditorPanel::showCheck);
    connect(&document_, &ConfigDocument::stepped, this, [this](std::size_t, std::size_t end) { editor_->goTo(end); });
    connect(editor_, &YamlEditor::edited, this, [this] { document_.edit(editor_->bytes()); });
    connect(editor_, &YamlEditor::caretMoved, this, &EditorPanel::showCaret);
    connect(editor_, &YamlEditor::undoRequested, this, [this] { document_.undoStack().undo(); });
    connect(editor_, &YamlEditor::redoRequested, this, [this] { document_.undoStack().redo(); });
    connect(editor_, &YamlEditor::noteButtonClicked, this, &EditorPanel::applyFix);
    connect(editor_, &YamlEditor::noteClicked, this, [this](int note) {
        editor_->setFocus();
        Q_EMIT problemClicked(static_cast<std::size_t>(note));
    });
    showFile();
    showCaret();
}

void EditorPanel::showFile() {
    file_->setFullText(document_.file().isEmpty() ? tr("not saved to a file") : document_.file());
}

void EditorPanel::showCheck() {
    const ConfigCheck& check = document_.check();
    const std::string& text = document_.text();
    std::vector<EditorNote> notes;
    for (const config::Problem& problem : check.result.problems) {
        const TextPlace place = placeOf(text, check, problem);
        notes.push_back({place.begin, place.end, place.line, problem.warning, problemMessage(problem),
                         problemFix(problem), fixLabels(problem)});
    }
    std::set<int> lines;
    for (const std::string& path : document_.changedKeys()) {
        if (const config::WrittenValue* value = check.find(path)) lines.insert(lineAt(text, value->key_begin));
    }
    editor_->setNotes(notes);
    editor_->setChangedLines(lines);
    showCaret();
}

void EditorPanel::showCaret() {
    int line = 0, column = 0;
    editor_->getCursorPosition(&line, &column);
    caret_->setText(tr("line %1, column %2").arg(line + 1).arg(column + 1));
    if (!editor_->hasFocus() || !document_.isChecked()) return;
    const std::string key = keyAtCaret();
    if (key == key_) return;
    key_ = key;
    Q_EMIT keyReached(key);
}

std::string EditorPanel::keyAtCaret() const {
    const config::WrittenValue* value = document_.check().at(document_.text(), editor_->caret());
    return value == nullptr ? std::string() : value->path;
}

void EditorPanel::goToProblem(std::size_t problem) {
    const auto& notes = editor_->notes();
    if (problem < notes.size()) editor_->goTo(notes[problem].begin);
}

void EditorPanel::goToKey(const std::string& path) {
    const config::WrittenValue* value = document_.check().find(path);
    if (value != nullptr && document_.isChecked()) editor_->goTo(value->begin);
}

bool EditorPanel::goToNextProblem(bool backward) {
    const auto& notes = editor_->notes();
    const bool errors = std::any_of(notes.begin(), notes.end(), [](const EditorNote& note) { return !note.warning; });
    const std::size_t caret = editor_->caret();
    std::ptrdiff_t best = -1, around = -1;
    for (std::size_t i = 0; i < notes.size(); ++i) {
        if (notes[i].warning == errors) continue;
        const auto beats = [&](std::ptrdiff_t other) {
            return other < 0 || (notes[i].begin < notes[static_cast<std::size_t>(other)].begin) != backward;
        };
        const bool beyond = backward ? notes[i].begin < caret : notes[i].begin > caret;
        if (beyond && beats(best)) best = static_cast<std::ptrdiff_t>(i);
        if (beats(around)) around = static_cast<std::ptrdiff_t>(i);
    }
    if (around < 0) return false;
    editor_->setFocus();
    Q_EMIT problemClicked(static_cast<std::size_t>(best >= 0 ? best : around));
    return true;
}

void EditorPanel::applyFix(int note, int button) {
    const auto index = static_cast<std::size_t>(note);
    if (!document_.isChecked() || index >= document_.check().result.problems.size()) return;
    const config::Problem problem = document_.check().result.problems[index];
    const auto fixed = fixedText(document_.text(), document_.check(), problem, static_cast<std::size_t>(button));
    editor_->setFocus();
    if (!fixed) {
        Q_EMIT problemClicked(index);
        return;
    }
    document_.change(*fixed, fixLabels(problem)[button]);
}

}  // namespace switchyard::ui
