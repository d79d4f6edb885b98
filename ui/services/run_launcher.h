// SPDX-License-Identifier: GPL-3.0-or-later
// Starts, resumes, stops and kills runs, off the GUI thread. Every run gets a supervisor of its own that
// survives the window (core/base/launch/supervisor.h).
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>
#include <QThreadPool>
#include <functional>

#include "core/base/launch/supervisor.h"
#include "ui/services/failure.h"

namespace switchyard::ui {

/// Thread: GUI thread; nothing here waits but the destructor.
class RunLauncher : public QObject {
    Q_OBJECT
public:
    explicit RunLauncher(QObject* parent = nullptr);
    ~RunLauncher() override;

    using OnDone = std::function<void(const QString& run_dir)>;
    using OnError = std::function<void(const Failure&)>;
    /// Checks everything that can be checked, makes the run folder and starts its supervisor. Callbacks run in
    /// the GUI thread and only while `context` lives.
    void start(QObject* context, const launch::TrainRequest& request, OnDone on_done, OnError on_error);
    /// The same, but the run waits in its folder's queue; its config is resolved and kept now.
    void queue(QObject* context, const launch::TrainRequest& request, OnDone on_done, OnError on_error);
    /// Goes on from a checkpoint of a run that has ended ("" = its newest), with its own config and overrides.
    void resume(QObject* context, const QString& run_dir, OnDone on_done, OnError on_error, const QString& checkpoint = {});
    /// Saves a checkpoint, then ends; the run's state tells when it has.
    void stop(QObject* context, const QString& run_dir, OnError on_error);
    /// "pause", "resume" (a paused one goes on) or "checkpoint": over the run's control socket.
    void ask(QObject* context, const QString& run_dir, const QString& command, OnDone on_done, OnError on_error);
    /// Ends at once.
    void kill(QObject* context, const QString& run_dir, OnError on_error);
    /// Starts and resumes that have not been answered yet.
    int pending() const { return pending_; }

Q_SIGNALS:
    void pendingChanged(int pending);
    /// A run was started, resumed or asked to end: lists are worth reading anew.
    void acted(const QString& run_dir);

private:
    /// Runs `work` in the pool; its result or Error comes back to the GUI thread.
    void run(QObject* context, std::function<QString()> work, OnDone on_done, OnError on_error);

    QThreadPool pool_;
    int pending_ = 0;
};

/// The request that goes on with a run: its config.yaml, the overrides of its recorded command, --resume with this
/// checkpoint's folder, "" = auto. Throws: Error(kIo).
launch::TrainRequest resumeRequest(const QString& run_dir, const QString& checkpoint = {});

}  // namespace switchyard::ui
