// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/command_strip.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QStyle>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {
constexpr int kThanksMs = 1500;
}

QString shellWord(const QString& word) {
    static const QRegularExpression safe(QStringLiteral("^[A-Za-z0-9_./:=@%+,-]+$"));
    if (safe.match(word).hasMatch()) return word;
    QString quoted = word;
    return u'\'' + quoted.replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

QString trainCommand(const QString& file, const QString& runs_dir, const QString& profile) {
    QStringList words = {QStringLiteral("switchyard"), QStringLiteral("train"), QStringLiteral("--config"),
                         shellWord(file)};
    if (!runs_dir.isEmpty()) words << QStringLiteral("--set") << shellWord(QStringLiteral("run.dir=") + runs_dir);
    if (profile != QStringLiteral("local")) words << QStringLiteral("--on") << shellWord(profile);
    words << QStringLiteral("--detach");
    return words.join(u' ');
}

CommandStrip::CommandStrip(QWidget* parent) : QWidget(parent) {
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(6);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    auto* title = new QLabel(tr("Command"));
    title->setProperty("role", "title");
    note_ = new QLabel;
    note_->setProperty("role", "caption");
    head->addWidget(title);
    plan_ = new ElidedLabel;
    plan_->setProperty("role", "caption");
    plan_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    plan_->setObjectName(QStringLiteral("planSentence"));
    head->addWidget(note_);
    head->addWidget(plan_, 1);
    column->addLayout(head);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    line_ = new QLineEdit;
    line_->setReadOnly(true);
    line_->setAccessibleName(tr("Command for a terminal"));
    line_->setProperty("quiet", true);
    line_->setFont(Theme::instance().font(TextRole::kMono));
    line_->addAction(Theme::instance().icon(QStringLiteral("terminal")), QLineEdit::LeadingPosition);
    copy_ = new QPushButton(Theme::instance().icon(QStringLiteral("copy")), tr("Copy"));
    copy_->setAccessibleName(tr("Copy command"));
    row->addWidget(line_, 1);
    row->addWidget(copy_);
    column->addLayout(row);
    connect(copy_, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(line_->text());
        copy_->setText(tr("Copied"));
        QTimer::singleShot(kThanksMs, copy_, [this] { copy_->setText(tr("Copy")); });
    });
}

QString CommandStrip::command() const {
    return line_->text();
}

void CommandStrip::setCommand(const QString& command, bool saved, const QString& note) {
    if (line_->text() != command) {
        line_->setText(command);
        line_->setCursorPosition(0);
    }
    note_->setText(note);
    copy_->setEnabled(saved);
    copy_->setToolTip(saved ? QString() : note);
}

void CommandStrip::setPlan(const QString& sentence, bool fits) {
    plan_->setProperty("role", fits ? "caption" : "danger");
    plan_->style()->unpolish(plan_);
    plan_->style()->polish(plan_);
    plan_->setFullText(sentence);
}

}  // namespace switchyard::ui
