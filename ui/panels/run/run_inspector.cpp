// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run/run_inspector.h"

#include <QAction>
#include <QLabel>
#include <QVBoxLayout>
#include <utility>

#include "ui/models/failure_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/run/note_card.h"
#include "ui/panels/run_commands.h"
#include "ui/widgets/card.h"
#include "ui/widgets/icon_button.h"

namespace switchyard::ui {
namespace {

QLabel* wrapped(const char* role) {
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setContentsMargins(12, 4, 12, 4);
    label->setMinimumWidth(1);  // a long path does not widen the dock
    if (*role != '\0') label->setProperty("role", QString::fromLatin1(role));
    return label;
}

Card* cardOf(const QString& title, const QList<QLabel*>& labels) {
    auto* card = new Card(title);
    card->body()->setContentsMargins(0, 0, 0, 8);
    for (QLabel* label : labels) card->body()->addWidget(label);
    return card;
}

/// The settings a person tells runs apart by, one a line.
QString settingsText(const runs::ConfigValues& config) {
    QString text;
    // Either the steps are given or the epochs, the other is 0.
    const std::string* steps = config.find("train.steps");
    const char* length = steps != nullptr && *steps == "0" ? "train.epochs" : "train.steps";
    for (const char* path : {"model.moe.experts", "model.moe.top_k", "model.moe.gate", "optim.lr", "train.global_batch",
                             length, "train.precision", "parallel.ranks", "run.seed"}) {
        const std::string* value = config.find(path);
        if (value == nullptr) continue;
        const QString key = QString::fromLatin1(path);
        text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + key.leftJustified(20) +
                QString::fromStdString(*value);
    }
    return text;
}

}  // namespace

RunInspector::RunInspector(RunCommands& commands, RunKeeper& keeper, QWidget* parent) : QScrollArea(parent) {
    setWindowTitle(tr("Inspector"));
    setAccessibleName(tr("Inspector of the run"));
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    note_ = new NoteCard(keeper);
    cause_title_ = wrapped("strong");
    cause_text_ = wrapped("muted");
    cause_fix_ = wrapped("");
    cause_ = cardOf(tr("Likely cause"), {cause_title_, cause_text_, cause_fix_});
    tags_ = wrapped("muted");
    settings_ = wrapped("mono");
    ranks_ = wrapped("mono");
    command_ = wrapped("codeBlock");
    command_->setContentsMargins(8, 6, 8, 6);
    auto* command_card = new Card(tr("Command"));
    command_card->setSubtitle(tr("the same run from a terminal"));
    auto* copy = new IconButton(QStringLiteral("copy"), tr("Copy the command"));
    command_card->addCornerWidget(copy);
    auto* command_box = new QVBoxLayout;
    command_box->setContentsMargins(12, 4, 12, 12);
    command_box->addWidget(command_);
    command_card->body()->addLayout(command_box);
    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(cause_);
    column->addWidget(note_);
    column->addWidget(cardOf(tr("Settings"), {settings_, tags_}));
    column->addWidget(cardOf(tr("Ranks"), {ranks_}));
    column->addWidget(command_card);
    column->addStretch(1);
    setWidget(inside);
    connect(copy, &QToolButton::clicked, commands.copyCommand(), &QAction::trigger);
    show(nullptr);
}

void RunInspector::editNote() {
    ensureWidgetVisible(note_);
    note_->edit();
}

void RunInspector::showCause(const runs::RunStatus& run) {
    const LikelyCause cause = likelyCause(run);
    cause_->setVisible(!cause.title.isEmpty());
    cause_title_->setText(cause.title);
    cause_text_->setText(cause.text);
    const bool failed = run.result && run.state == runs::RunState::kFailed;
    cause_fix_->setText(failed ? QString::fromStdString(run.result->fix) : QString());
    cause_fix_->setVisible(!cause_fix_->text().isEmpty());
}

void RunInspector::show(const runs::RunStatus* run) {
    note_->show(run);
    widget()->setEnabled(run != nullptr);
    if (run == nullptr) {
        cause_->hide();
        for (QLabel* label : {tags_, settings_, ranks_, command_}) label->clear();
        return;
    }
    showCause(*run);
    QStringList tags;
    for (const std::string& tag : run->tags) tags << QString::fromStdString(tag);
    tags_->setText(tags.isEmpty() ? tr("No tags") : tr("Tags: %1").arg(tags.join(QStringLiteral(", "))));
    settings_->setText(run->config == nullptr ? tr("The config can not be read.") : settingsText(*run->config));
    QStringList lines;
    if (run->supervisor) {
        lines << tr("supervisor   pid %1").arg(run->supervisor->pid);
        for (std::size_t rank = 0; rank < run->supervisor->rank_pids.size(); ++rank) {
            lines << tr("rank %1   pid %2")
                         .arg(QString::number(rank).leftJustified(5))
                         .arg(run->supervisor->rank_pids[rank]);
        }
        lines << tr("on %1").arg(QString::fromStdString(run->supervisor->host));
    } else {
        lines << (run->elsewhere || run->has_loss ? tr("Started by another launcher; its processes are not known.")
                                                  : tr("This run was not started yet."));
    }
    ranks_->setText(lines.join(u'\n'));
    const QString command = commandText(*run);
    command_->setText(command.isEmpty() ? tr("not recorded")
                                        : QString(command).replace(QStringLiteral(" --"), QStringLiteral("\n  --")));
}

}  // namespace switchyard::ui
