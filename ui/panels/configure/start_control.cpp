// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/start_control.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStyle>
#include <algorithm>

#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "ui/panels/configure/profile_choice.h"
#include "ui/services/app_context.h"
#include "ui/services/run_launcher.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

QString runsDirOverride(const AppContext& context, const ConfigCheck& check) {
    if (check.find("run.dir") != nullptr) return {};
    QString usual;
    try {
        usual = QString::fromStdString((dataHome() / "runs").lexically_normal().string());
    } catch (const Error&) {
        return context.runsDir();  // without a home folder only the window's is known
    }
    const QString now = QString::fromStdString(fs::path(context.runsDir().toStdString()).lexically_normal().string());
    return now == usual ? QString() : context.runsDir();
}

StartControl::StartControl(AppContext& context, ConfigDocument& document, QWidget* parent)
    : QWidget(parent), context_(context), document_(document) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 12, 0);
    row->setSpacing(8);
    problems_ = new QPushButton;
    problems_->setProperty("link", true);
    problems_->setCursor(Qt::PointingHandCursor);
    problems_->hide();
    start_ = new QPushButton(tr("Start run"));
    start_->setProperty("primary", true);
    queue_ = new QPushButton(tr("Add to queue"));
    queue_->setProperty("bar", true);
    queue_->setIconSize(QSize(16, 16));
    row->addStretch(1);
    where_ = new ProfileChoice(context);
    row->addWidget(problems_);
    row->addWidget(where_);
    row->addWidget(queue_);
    row->addWidget(start_);
    connect(problems_, &QPushButton::clicked, this, &StartControl::nextProblemRequested);
    connect(start_, &QPushButton::clicked, this, &StartControl::start);
    connect(queue_, &QPushButton::clicked, this, &StartControl::queue);
    connect(&document_, &ConfigDocument::checked, this, &StartControl::refresh);
    connect(where_, &ProfileChoice::chosen, this, [this] {
        refresh();
        Q_EMIT profileChosen();
    });
    connect(&Theme::instance(), &Theme::changed, this, &StartControl::recolor);
    refresh();
}

bool StartControl::hasText() const {
    return document_.text().find_first_not_of(" \t\r\n") != std::string::npos;
}

bool StartControl::canStart() const {
    return !starting_ && hasText() && document_.check().errors() == 0 && where_->whyNot().isEmpty();
}

QString StartControl::profile() const {
    return where_->profile();
}

void StartControl::refresh() {
    const ConfigCheck& check = document_.check();
    const auto errors = static_cast<int>(check.errors());
    const auto warnings = static_cast<int>(check.result.problems.size()) - errors;
    const int shown = errors > 0 ? errors : warnings;
    problems_->setVisible(shown > 0);
    problems_->setText(errors == 1     ? tr("1 error")
                       : errors > 1    ? tr("%1 errors").arg(errors)
                       : warnings == 1 ? tr("1 warning")
                                       : tr("%1 warnings").arg(warnings));
    problems_->setToolTip(tr("Go to the next one (F8)"));
    start_->setEnabled(canStart());
    QString why = profile() == QStringLiteral("local") ? tr("Train with this text as it stands")
                                                       : tr("Train with this text as it stands, on %1").arg(profile());
    if (starting_) {
        why = tr("Start run is off: a run is being started");
    } else if (!hasText() || !document_.wasEverChecked()) {
        why = tr("Start run is off: no configuration has been read yet");
    } else if (errors > 0) {
        const auto first = std::find_if(check.result.problems.begin(), check.result.problems.end(),
                                        [](const config::Problem& problem) { return !problem.warning; });
        const QString message = problemMessage(*first).toHtmlEscaped();
        why = first->line > 0 ? tr("Start run is off, because of line %1: %2").arg(first->line).arg(message)
                              : tr("Start run is off: %1").arg(message);
    } else if (!where_->whyNot().isEmpty()) {
        why = tr("Start run is off: %1").arg(where_->whyNot());
    }
    queue_->setEnabled(canStart());
    queue_->setToolTip(canStart() ? tr("Start it after the runs that are live or wait already; later edits do not change it")
                                  : QString(why).replace(tr("Start run"), tr("Add to queue")));
    queue_->setAccessibleDescription(queue_->toolTip());
    start_->setText(starting_ ? tr("Starting") : tr("Start run"));
    start_->setToolTip(why);
    start_->setAccessibleDescription(why);
    recolor();
}

void StartControl::recolor() {
    const Palette& p = Theme::instance().palette();
    const QColor ink = start_->isEnabled() ? p.text_on_accent : p.muted;
    start_->setIcon(Theme::instance().icon(starting_ ? QStringLiteral("spin") : QStringLiteral("run"), ink));
    queue_->setIcon(Theme::instance().icon(QStringLiteral("state-queued"), queue_->isEnabled() ? p.text : p.muted));
    const bool error = document_.check().errors() > 0;
    problems_->setStyleSheet(
        QStringLiteral("QPushButton { color: %1; font-size: 12px; }").arg((error ? p.danger : p.warning).name()));
}

launch::TrainRequest StartControl::request() const {
    launch::TrainRequest request;
    request.config_text = document_.text();
    request.config_file = document_.file().toStdString();
    request.profile = profile().toStdString();
    const QString runs_dir =
        runsDirOverride(context_, document_.isChecked() ? document_.check() : checkConfig(document_.text()));
    if (!runs_dir.isEmpty()) request.overrides.push_back({"run.dir", runs_dir.toStdString()});
    return request;
}

void StartControl::queue() {
    if (!canStart()) return;
    starting_ = true;
    refresh();
    context_.launcher().queue(
        this, request(),
        [this](const QString& run_dir) {
            starting_ = false;
            refresh();
            context_.report(QStringLiteral("info"), tr("%1 waits in the queue").arg(QFileInfo(run_dir).fileName()));
        },
        [this](const Failure& failure) {
            starting_ = false;
            refresh();
            Q_EMIT failed(failure);
        });
}

void StartControl::start() {
    if (!canStart()) return;
    starting_ = true;
    refresh();
    context_.launcher().start(
        this, request(),
        [this](const QString& run_dir) {
            starting_ = false;
            refresh();
            Q_EMIT started(run_dir);
        },
        [this](const Failure& failure) {
            starting_ = false;
            refresh();
            Q_EMIT failed(failure);
        });
}

}  // namespace switchyard::ui
