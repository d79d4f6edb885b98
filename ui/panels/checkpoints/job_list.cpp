// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/checkpoints/job_list.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/models/run_words.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRow = 32, kGap = 4, kTickMs = 500, kMostRows = 5;

QString shortTime(double seconds) {
    return seconds < 60 ? JobRow::tr("%1 s").arg(number(seconds, seconds < 10 ? 1 : 0)) : duration(seconds);
}

}  // namespace

JobRow::JobRow(const QString& title, const QString& run, const QStringList& arguments, Tell tell, QWidget* parent)
    : QFrame(parent),
      title_(title),
      words_(title),
      run_(run),
      shown_run_(run),
      tell_(std::move(tell)),
      job_(new CommandJob(arguments, this)) {
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
    connect(cancel_, &QPushButton::clicked, this, &JobRow::cancel);
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
    time_->setText(tr("waits"));
    recolor();
}

void JobRow::start() {
    state_ = State::kRunning;
    time_->clear();
    recolor();
    tick_.start();  // before the job, which may fail at once
    job_->start();
}

void JobRow::cancel() {
    if (state_ == State::kRunning)
        job_->cancel();
    else
        settle(State::kCancelled, tr("%1: cancelled").arg(title_));
}

QString JobRow::text() const {
    return text_->accessibleName();
}

void JobRow::settle(State state, const QString& words, const QJsonDocument& answer) {
    tick_.stop();
    const bool began = state_ == State::kRunning;
    state_ = state;
    time_->setText(began ? shortTime(job_->seconds()) : QString());
    words_ = words;
    tell();
    cancel_->hide();
    close_->show();
    recolor();
    Q_EMIT settled(state, answer);
}

void JobRow::setShownRun(const QString& run) {
    shown_run_ = run;
    tell();
}

void JobRow::tell() {
    text_->setFullText(run_ == shown_run_ ? words_ : QStringLiteral("%1: %2").arg(run_, words_));
}

void JobRow::recolor() {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const auto [name, color] = state_ == State::kWaiting   ? std::pair{"state-queued", p.muted}
                               : state_ == State::kRunning ? std::pair{"spin", p.accent}
                               : state_ == State::kGood    ? std::pair{"ok", p.success}
                               : state_ == State::kBad     ? std::pair{"error", p.danger}
                                                           : std::pair{"stop", p.muted};
    icon_->setPixmap(theme.icon(QString::fromLatin1(name), color).pixmap(QSize(16, 16), devicePixelRatioF()));
}

JobList::JobList(QWidget* parent) : QScrollArea(parent) {
    auto* inner = new QWidget;
    column_ = new QVBoxLayout(inner);
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(kGap);
    column_->addStretch(1);
    setWidget(inner);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Work on checkpoints"));
    fit();
}

QList<JobRow*> JobList::rows() const {
    QList<JobRow*> list;
    for (int i = 0; i < column_->count(); ++i) {
        if (auto* row = qobject_cast<JobRow*>(column_->itemAt(i)->widget())) list << row;
    }
    return list;
}

void JobList::setRun(const QString& run) {
    if (run == run_) return;
    run_ = run;
    for (JobRow* row : rows()) row->setShownRun(run);
}

JobRow* JobList::add(const QString& title, const QStringList& arguments, JobRow::Tell tell) {
    auto* row = new JobRow(title, run_, arguments, std::move(tell));
    column_->insertWidget(0, row);
    connect(row, &JobRow::putAway, this, [this, row] { remove(row); });
    // What hears of the end first may note it before the next one begins.
    connect(row, &JobRow::settled, this, &JobList::startNext, Qt::QueuedConnection);
    tidy();
    fit();
    startNext();
    return row;
}

/// One at a time, in the order they were asked for: each takes all cores, or the whole disk.
void JobList::startNext() {
    const QList<JobRow*> all = rows();
    const auto is = [](JobRow::State state) { return [state](const JobRow* row) { return row->state() == state; }; };
    if (std::any_of(all.begin(), all.end(), is(JobRow::State::kRunning))) return;
    const auto next = std::find_if(all.crbegin(), all.crend(), is(JobRow::State::kWaiting));
    if (next != all.crend()) (*next)->start();
}

/// Ended ones make room, the oldest first.
void JobList::tidy() {
    const QList<JobRow*> all = rows();
    qsizetype left = all.size();
    for (auto row = all.crbegin(); row != all.crend() && left > kMostRows; ++row) {
        if ((*row)->state() == JobRow::State::kRunning || (*row)->state() == JobRow::State::kWaiting) continue;
        remove(*row);
        --left;
    }
}

void JobList::remove(JobRow* row) {
    column_->removeWidget(row);
    row->hide();
    row->deleteLater();
    fit();
}

void JobList::fit() {
    const int shown = std::min(static_cast<int>(rows().size()), kMostRows);
    setVisible(shown > 0);
    setFixedHeight(std::max(1, shown * (kRow + kGap) - kGap));
}

}  // namespace switchyard::ui
