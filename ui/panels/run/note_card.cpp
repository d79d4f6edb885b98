// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run/note_card.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/services/run_keeper.h"

namespace switchyard::ui {
namespace {

constexpr int kTextHeight = 72;

}  // namespace

NoteCard::NoteCard(RunKeeper& keeper, QWidget* parent) : Card(tr("Note"), parent), keeper_(keeper) {
    text_ = new QPlainTextEdit;
    text_->setObjectName(QStringLiteral("runNote"));
    text_->setPlaceholderText(tr("What this run is for, what came out of it"));
    text_->setAccessibleName(tr("Note of the run"));
    text_->setTabChangesFocus(true);
    text_->setFixedHeight(kTextHeight);
    text_->installEventFilter(this);
    state_ = new QLabel;
    state_->setProperty("role", "caption");
    save_ = new QPushButton(tr("Save note"));
    save_->setProperty("small", true);
    save_->setToolTip(tr("Ctrl+Enter; leaving the note saves it too"));
    auto* foot = new QHBoxLayout;
    foot->addWidget(state_, 1);
    foot->addWidget(save_);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(12, 4, 12, 10);
    column->setSpacing(6);
    column->addWidget(text_);
    column->addLayout(foot);
    body()->addLayout(column);
    connect(text_, &QPlainTextEdit::textChanged, this, &NoteCard::tell);
    connect(save_, &QPushButton::clicked, this, &NoteCard::save);
    connect(&keeper_, &RunKeeper::noteSaved, this, [this](const QString& run_dir) {
        if (run_dir != run_dir_ || !saving_) return;
        saving_ = false;
        saved_ = pending_;
        tell();
    });
    connect(&keeper_, &RunKeeper::problem, this, [this] {
        saving_ = false;
        tell();
    });
    show(nullptr);
}

bool NoteCard::isEdited() const {
    return text_->toPlainText() != (saving_ ? pending_ : saved_);
}

void NoteCard::show(const runs::RunStatus* run) {
    const QString dir = run == nullptr ? QString() : QString::fromStdString(run->dir.string());
    const QString note = run == nullptr ? QString() : QString::fromStdString(run->note);
    setEnabled(run != nullptr);
    if (dir != run_dir_) {
        if (!run_dir_.isEmpty() && isEdited()) save();
        saving_ = false;
        run_dir_ = dir;
        saved_ = note;
        text_->setPlainText(note);
    } else if (!saving_ && note != saved_ && !isEdited()) {
        saved_ = note;  // changed by somebody else
        text_->setPlainText(note);
    }
    tell();
}

void NoteCard::edit() {
    text_->setFocus(Qt::OtherFocusReason);
    text_->moveCursor(QTextCursor::End);
}

void NoteCard::save() {
    if (run_dir_.isEmpty() || !isEdited()) return;
    saving_ = true;
    pending_ = text_->toPlainText();
    keeper_.setNote(run_dir_, pending_);
    tell();
}

void NoteCard::tell() {
    const bool edited = isEdited();
    save_->setEnabled(edited);
    state_->setText(run_dir_.isEmpty() ? QString()
                    : edited           ? tr("Not saved yet")
                    : saving_          ? tr("Saving")
                    : saved_.isEmpty() ? QString()
                                       : tr("Saved with the run"));
}

bool NoteCard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) save();
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && key->modifiers() == Qt::ControlModifier) {
            save();
            return true;
        }
    }
    return Card::eventFilter(watched, event);
}

}  // namespace switchyard::ui
