// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run/state_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/models/failure_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/run_commands.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

StateCard::StateCard(RunCommands& commands, QWidget* parent) : QFrame(parent), commands_(commands) {
    setProperty("card", true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(24, 16, 16, 16);
    row->setSpacing(24);
    auto* column = new QVBoxLayout;
    column->setSpacing(6);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    headline_ = new QLabel;
    headline_->setProperty("role", "figure");
    headline_->setTextFormat(Qt::PlainText);
    exit_ = new Chip(QString());
    time_ = new ElidedLabel;
    time_->setProperty("role", "muted");
    time_->setProperty("small", true);
    head->addWidget(headline_);
    head->addWidget(exit_);
    head->addStretch(1);
    sentence_ = new QLabel;
    sentence_->setWordWrap(true);
    sentence_->setTextFormat(Qt::PlainText);
    sentence_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    cause_ = new QLabel;
    cause_->setObjectName(QStringLiteral("firstCause"));
    cause_->setProperty("role", "mono");
    cause_->setWordWrap(true);
    cause_->setTextFormat(Qt::PlainText);
    cause_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    progress_ = new ProgressBarThin;
    column->addLayout(head);
    column->addWidget(sentence_);
    column->addWidget(cause_);
    // Beside the progress, not the headline: there is room for it at any width.
    auto* foot = new QHBoxLayout;
    foot->setSpacing(12);
    foot->addWidget(progress_, 1);
    foot->addWidget(time_);
    column->addLayout(foot);
    column->addStretch(1);
    row->addLayout(column, 1);

    auto* buttons = new QVBoxLayout;
    buttons->setSpacing(8);
    resume_ = new QPushButton;
    resume_->setProperty("primary", true);
    pause_ = new QPushButton;
    stop_ = new QPushButton(tr("Stop"));
    start_now_ = new QPushButton(tr("Start now"));
    auto* edit = new QPushButton(tr("Edit config"));
    report_ = new QPushButton(Theme::instance().icon(QStringLiteral("copy")), tr("Copy report"));
    auto* second = new QHBoxLayout;
    second->setSpacing(8);
    second->addWidget(edit);
    second->addWidget(report_);
    buttons->addWidget(resume_);
    buttons->addWidget(pause_);
    buttons->addWidget(stop_);
    buttons->addWidget(start_now_);
    buttons->addLayout(second);
    buttons->addStretch(1);
    row->addLayout(buttons);
    connect(resume_, &QPushButton::clicked, commands.resume(), &QAction::trigger);
    connect(pause_, &QPushButton::clicked, commands.pause(), &QAction::trigger);
    connect(stop_, &QPushButton::clicked, commands.stop(), &QAction::trigger);
    connect(start_now_, &QPushButton::clicked, commands.startNow(), &QAction::trigger);
    connect(edit, &QPushButton::clicked, commands.editConfig(), &QAction::trigger);
    connect(report_, &QPushButton::clicked, this, &StateCard::reportWanted);
    const auto follow = [this] {
        resume_->setText(commands_.resume()->text());
        resume_->setToolTip(commands_.resume()->toolTip());
        resume_->setIcon(Theme::instance().icon(QStringLiteral("run"), Theme::instance().palette().text_on_accent));
        resume_->setVisible(commands_.resume()->isEnabled());
        pause_->setText(commands_.pause()->text());
        pause_->setToolTip(commands_.pause()->toolTip());
        pause_->setIcon(commands_.pause()->icon());
        pause_->setVisible(commands_.pause()->isEnabled());
        stop_->setToolTip(commands_.stop()->toolTip());
        stop_->setVisible(commands_.stop()->isEnabled());
        start_now_->setToolTip(commands_.startNow()->toolTip());
        start_now_->setVisible(commands_.startNow()->isEnabled());
    };
    connect(commands.resume(), &QAction::changed, this, follow);
    connect(commands.pause(), &QAction::changed, this, follow);
    connect(commands.stop(), &QAction::changed, this, follow);
    connect(commands.startNow(), &QAction::changed, this, follow);
    connect(&Theme::instance(), &Theme::changed, this, follow);
    follow();
}

void StateCard::show(const runs::RunStatus& run, double now) {
    const Palette& p = Theme::instance().palette();
    edge_ = stateColor(run.state);
    headline_->setText(stateHeadline(run));
    const bool ended_badly = run.state == runs::RunState::kFailed && run.result;
    exit_->setVisible(ended_badly);
    if (ended_badly) exit_->setText(tr("exit %1").arg(run.result->exit_code));
    exit_->setOutline(p.danger);
    time_->setFullText(stateTime(run, now));
    sentence_->setText(stateSentence(run));
    sentence_->setVisible(!sentence_->text().isEmpty());
    cause_->setText(ended_badly ? firstCauseText(run) : QString());
    cause_->setVisible(!cause_->text().isEmpty());
    progress_->setVisible(run.steps > 0);
    progress_->setColor(edge_);
    progress_->setValue(run.steps > 0 ? static_cast<double>(run.step) / static_cast<double>(run.steps) : 0);
    setAccessibleName(headline_->text());
    update();
}

void StateCard::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(edge_);
    painter.setClipRect(QRect(0, 0, 4, height()));
    painter.drawRoundedRect(QRect(0, 0, 12, height()), 4, 4);
}

Tile::Tile(QWidget* parent) : QFrame(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(2);
    name_ = new QLabel;
    name_->setProperty("role", "caption");
    value_ = new QLabel;
    value_->setProperty("role", "inspected");
    remark_ = new QLabel;
    remark_->setProperty("role", "muted");
    remark_->setProperty("small", true);
    for (QLabel* label : {name_, value_, remark_}) {
        label->setTextFormat(Qt::PlainText);
        label->setMinimumWidth(1);
        column->addWidget(label);
    }
    setFocusPolicy(Qt::NoFocus);
}

void Tile::set(const QString& name, const QString& value, const QString& remark) {
    name_->setText(name);
    value_->setText(value);
    remark_->setText(remark);
    setAccessibleName(QStringLiteral("%1: %2 %3").arg(name, value, remark));
}

}  // namespace switchyard::ui
