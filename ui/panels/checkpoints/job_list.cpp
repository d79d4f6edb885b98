// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/checkpoints/job_list.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/models/run_words.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRow = 32, kTickMs = 500, kMostRows = 5;

QString shortTime(double seconds) {
    return seconds < 60 ? JobRow::tr("%1 s").arg(number(seconds, seconds < 10 ? 1 : 0)) : duration(seconds);
}

}  // namespace

JobRow::JobRow(const QString& title, const QStringList& arguments, Tell tell, QWidget* parent)
    : QFrame(parent), title_(title), tell_(std::move(tell)), job_(new CommandJob(arguments, this)) {
    setProperty("card", true);
    setFixedHeight(kRow);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 4, 0);
    row->setSpacing(8);
    icon_ = new QLabel;
    text_ = new ElidedLabel(title);
    text_->setProperty("small", true);
    time_ = new QLabel;
    time_->setProperty("role", "caption");
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->setProperty("link", true);
    cancel_->setAccessibleName(tr("Cancel: %1").arg(title));
    close_ = new IconButton(QStringLiteral("close"), tr("Put this away"));
    close_->hide();
    row->addWidget(icon_);
    row->addWidget(text_, 1);
    row->addWidget(time_);
    row->addWidget(cancel_);
    row->addWidget(close_);
    tick_.setInterval(kTickMs);
    connect(&tick_, &QTimer::timeout, this, [this] { time_->setText(shortTime(job_->seconds())); });
    connect(cancel_, &QPushButton::clicked, job_, &CommandJob::cancel);
    connect(close_, &QToolButton::clicked, this, &JobRow::putAway);
    connect(job_, &CommandJob::finished, this, [this](const QJsonDocument& answer, int code) {
        const JobWords words = tell_(answer, code);
        settle(words.good ? State::kGood : State::kBad, words.text, answer);
    });
    connect(job_, &CommandJob::failed, this, [this](const Failure& failure) {
        settle(State::kBad, QStringLiteral("%1: %2").arg(title_, failure.sentence()));
    });
    connect(job_, &CommandJob::cancelled, this, [this] { settle(State::kCancelled, tr("%1: cancelled").arg(title_)); });
    connect(&Theme::instance(), &Theme::changed, this, &JobRow::recolor);
    recolor();
    tick_.start();  // before the job, which may fail at once
    job_->start();
}

QString JobRow::text() const {
    return text_->accessibleName();
}

void JobRow::settle(State state, const QString& words, const QJsonDocument& answer) {
    tick_.stop();
    state_ = state;
    time_->setText(shortTime(job_->seconds()));
    text_->setFullText(words);
    cancel_->hide();
    close_->show();
    recolor();
    Q_EMIT settled(state, answer);
}

void JobRow::recolor() {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const auto [name, color] = state_ == State::kRunning ? std::pair{"spin", p.accent}
                               : state_ == State::kGood  ? std::pair{"ok", p.success}
                               : state_ == State::kBad   ? std::pair{"error", p.danger}
                                                         : std::pair{"stop", p.muted};
    icon_->setPixmap(theme.icon(QString::fromLatin1(name), color).pixmap(QSize(16, 16), devicePixelRatioF()));
}

JobList::JobList(QWidget* parent) : QWidget(parent), column_(new QVBoxLayout(this)) {
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(4);
    hide();
}

QList<JobRow*> JobList::rows() const {
    QList<JobRow*> list;
    for (int i = 0; i < column_->count(); ++i) list << static_cast<JobRow*>(column_->itemAt(i)->widget());
    return list;
}

JobRow* JobList::add(const QString& title, const QStringList& arguments, JobRow::Tell tell) {
    auto* row = new JobRow(title, arguments, std::move(tell));
    column_->insertWidget(0, row);
    connect(row, &JobRow::putAway, this, [this, row] { remove(row); });
    tidy();
    show();
    return row;
}

/// Ended ones make room, the oldest first.
void JobList::tidy() {
    const QList<JobRow*> all = rows();
    qsizetype left = all.size();
    for (auto row = all.crbegin(); row != all.crend() && left > kMostRows; ++row) {
        if ((*row)->state() == JobRow::State::kRunning) continue;
        remove(*row);
        --left;
    }
}

void JobList::remove(JobRow* row) {
    column_->removeWidget(row);
    row->deleteLater();
    setVisible(column_->count() > 0);
}

}  // namespace switchyard::ui
