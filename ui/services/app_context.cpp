// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/app_context.h"

#include "ui/services/inference_client.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_keeper.h"
#include "ui/services/run_launcher.h"

namespace switchyard::ui {

AppContext::AppContext(QString runs_dir, QObject* parent)
    : QObject(parent),
      runs_dir_(std::move(runs_dir)),
      runs_(std::make_unique<RunFeed>(runs_dir_)),
      inference_(std::make_unique<InferenceClient>()),
      launcher_(std::make_unique<RunLauncher>()),
      keeper_(std::make_unique<RunKeeper>(*runs_)) {
    connect(runs_.get(), &RunFeed::problem, this,
            [this](const QString& message) { report(QStringLiteral("warning"), message); });
    connect(keeper_.get(), &RunKeeper::problem, this,
            [this](const QString& sentence) { report(QStringLiteral("error"), sentence); });
    connect(launcher_.get(), &RunLauncher::acted, runs_.get(), &RunFeed::refresh);
}

AppContext::~AppContext() = default;

void AppContext::setRunsDir(const QString& runs_dir) {
    if (runs_dir == runs_dir_) return;
    runs_dir_ = runs_dir;
    selectRun(QString());
    runs_->setRunsDir(runs_dir);
    Q_EMIT runsDirChanged(runs_dir);
}

void AppContext::selectRun(const QString& run_dir) {
    if (run_dir == selected_run_) return;
    selected_run_ = run_dir;
    runs_->select(run_dir);
    Q_EMIT selectedRunChanged(run_dir);
}

void AppContext::openConfig(const QString& text, const QString& file) { Q_EMIT configRequested(text, file); }
void AppContext::editNote() {
    showPage(QStringLiteral("run"));
    Q_EMIT noteRequested();
}
void AppContext::showPage(const QString& page) { Q_EMIT pageRequested(page); }
void AppContext::showAlarm(const health::Alarm& alarm) { Q_EMIT alarmRequested(alarm); }
void AppContext::traceSample(const SampleRequest& request) { Q_EMIT sampleRequested(request); }
void AppContext::report(const QString& level, const QString& message) { Q_EMIT reported(level, message); }

}  // namespace switchyard::ui
