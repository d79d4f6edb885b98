// SPDX-License-Identifier: GPL-3.0-or-later
// What pages share: which run is selected, the feed of runs, the inference worker. Owned by the main window.
#pragma once

#include <QObject>
#include <QString>
#include <memory>

#include "core/base/health/alarm.h"

namespace switchyard::ui {

class RunFeed;          // ui/services/run_feed.h: run list and live records, polled off the GUI thread
class InferenceClient;  // ui/services/inference_client.h: requests to switchyard-worker --channel
class RunKeeper;        // ui/services/run_keeper.h: notes, trash, queue
class RunLauncher;      // ui/services/run_launcher.h: starts, resumes, stops and kills runs

/// A sample to be traced with a checkpoint.
struct SampleRequest {
    QString checkpoint;  ///< its folder
    QString text, pair, image;
};

/// Thread: GUI thread.
class AppContext : public QObject {
    Q_OBJECT
public:
    explicit AppContext(QString runs_dir, QObject* parent = nullptr);
    ~AppContext() override;
    const QString& runsDir() const { return runs_dir_; }
    /// Looks at another folder of runs; no run is selected then.
    void setRunsDir(const QString& runs_dir);
    RunFeed& runs() { return *runs_; }
    InferenceClient& inference() { return *inference_; }  ///< started at its first request
    RunLauncher& launcher() { return *launcher_; }
    RunKeeper& keeper() { return *keeper_; }
    /// Folder of the selected run, "" when none.
    const QString& selectedRun() const { return selected_run_; }
    void selectRun(const QString& run_dir);
    /// Opens a config text in Configure ("" file = unsaved); pages ask for this by signal only.
    void openConfig(const QString& text, const QString& file);
    /// The page that shows an alarm of the selected run, at its step.
    void showAlarm(const health::Alarm& alarm);
    /// Shows where a sample's tokens go, on the Routing page.
    void traceSample(const SampleRequest& request);
    /// Shows the Run page with the cursor in the selected run's note.
    void editNote();
    void showPage(const QString& page);  ///< "configure", "run", "curves", "experts", "routing", ...
    /// One line in the events dock; level "info" | "warning" | "error".
    void report(const QString& level, const QString& message);

Q_SIGNALS:
    void runsDirChanged(const QString& runs_dir);
    void selectedRunChanged(const QString& run_dir);
    void configRequested(const QString& text, const QString& file);
    void pageRequested(const QString& page);
    void alarmRequested(const switchyard::health::Alarm& alarm);
    void sampleRequested(const switchyard::ui::SampleRequest& request);
    void noteRequested();
    void reported(const QString& level, const QString& message);

private:
    QString runs_dir_;
    QString selected_run_;
    std::unique_ptr<RunFeed> runs_;
    std::unique_ptr<InferenceClient> inference_;
    std::unique_ptr<RunLauncher> launcher_;
    std::unique_ptr<RunKeeper> keeper_;
};

}  // namespace switchyard::ui
