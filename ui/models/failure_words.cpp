// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/failure_words.h"

#include <QCoreApplication>
#include <QDateTime>

#include "core/base/util/error.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(FailureWords)
};

QString steps(qint64 count) { return number(static_cast<double>(count), 0); }

}  // namespace

LikelyCause likelyCause(const runs::RunStatus& run) {
    if (run.state == runs::RunState::kLost) {
        return {Words::tr("The supervisor of this run is gone."),
                Words::tr("Likely the machine was restarted or all of its processes were ended. What was saved is complete; resume from the newest checkpoint.")};
    }
    if (run.state != runs::RunState::kFailed || !run.result) return {};
    if (run.result->signal == 9) {
        return {Words::tr("The process was ended from outside."),
                Words::tr("Signal 9 comes from the system or from a person, never from the program.")};
    }
    if (run.result->signal != 0) return {Words::tr("A fault in the program itself, likely."), Words::tr("The rank's log holds its last lines. A report of this is welcome.")};
    switch (static_cast<ExitCode>(run.result->exit_code)) {
        case ExitCode::kBadData: return {Words::tr("Something in the data can not be used."), Words::tr("`switchyard data check FILE` lists every bad row at once.")};
        case ExitCode::kIo: return {Words::tr("A file could not be read or written."), Words::tr("Likely the disk is full, or a folder can not be written.")};
        case ExitCode::kBadConfig: return {Words::tr("The config asks for what can not be."), Words::tr("Open it in Configure: each problem stands at its line.")};
        case ExitCode::kPeerLost: return {Words::tr("A rank ended and the others ended with it."), Words::tr("The log of the rank that ended first says more.")};
        case ExitCode::kHang: return {Words::tr("A rank made no progress for too long."), Words::tr("Likely it waits for a file system or the network; parallel.timeout_s sets the limit.")};
        case ExitCode::kNonFinite: return {Words::tr("The loss or a gradient became infinite or NaN."), Words::tr("Likely the learning rate is too high for this batch size, or warm-up is too short.")};
        case ExitCode::kCorruptCheckpoint: return {Words::tr("A checkpoint is damaged."), Words::tr("An older checkpoint of the run can be resumed from instead.")};
        case ExitCode::kOutOfMemory: return {Words::tr("This machine ran out of memory."), Words::tr("A smaller train.micro_batch needs less and gives the same result.")};
        default: return {Words::tr("The run ended with an error."), Words::tr("The log holds its last lines.")};
    }
}

QString stateHeadline(const runs::RunStatus& run) {
    const QString at = run.steps > 0 ? Words::tr("step %1 of %2").arg(steps(run.step), steps(run.steps)) : Words::tr("step %1").arg(steps(run.step));
    switch (run.state) {
        case runs::RunState::kQueued: return run.job ? Words::tr("Waiting on %1").arg(QString::fromStdString(run.job->profile)) : Words::tr("Waiting in the queue");
        case runs::RunState::kStarting: return Words::tr("Starting");
        case runs::RunState::kRunning: return Words::tr("Running, %1").arg(at);
        case runs::RunState::kPaused: return Words::tr("Paused at %1").arg(at);
        case runs::RunState::kStopping: return Words::tr("Saving a checkpoint and stopping at %1").arg(at);
        case runs::RunState::kFinished: return Words::tr("Finished all %1 steps").arg(steps(std::max(run.step, run.steps)));
        case runs::RunState::kStopped: return Words::tr("Stopped at %1").arg(at);
        case runs::RunState::kFailed: return Words::tr("Failed at %1").arg(at);
        case runs::RunState::kLost: return Words::tr("Lost at %1").arg(at);
    }
    return {};
}

QString stateTime(const runs::RunStatus& run, double now) {
    const double began = run.supervisor ? run.supervisor->started_at : run.created_at;
    const bool live = runs::isLive(run.state);
    const double ended = run.result ? run.result->ended_at : run.updated_at;
    if (live) return began > 0 ? Words::tr("started %1 ago").arg(duration(now - began)) : QString();
    if (ended <= 0) return {};
    const QDateTime end = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(ended * 1000)), today = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(now * 1000));
    const QString day = end.date() == today.date() ? Words::tr("today") : end.date().toString(QStringLiteral("yyyy-MM-dd"));
    QString text = day + end.toString(QStringLiteral(" HH:mm:ss"));
    if (began > 0 && ended > began) text += Words::tr(", after %1").arg(duration(ended - began));
    return text;
}

QString stateSentence(const runs::RunStatus& run) {
    const qint64 saved = checkpointStep(run);
    const QString safe = saved <= 0 ? Words::tr("No checkpoint was saved.")
                         : run.step > saved
                             ? Words::tr("Steps 1 to %1 are safe in a checkpoint; %2 steps will be repeated.").arg(steps(saved), steps(run.step - saved))
                             : Words::tr("Steps 1 to %1 are safe in a checkpoint.").arg(steps(saved));
    switch (run.state) {
        case runs::RunState::kFailed: {
            QString what = run.result ? QString::fromStdString(run.result->error) : QString();
            if (!what.isEmpty()) what[0] = what[0].toUpper();
            if (!what.isEmpty() && !what.endsWith(u'.')) what += u'.';
            return what + u' ' + safe;
        }
        case runs::RunState::kStopped:
        case runs::RunState::kFinished:
            if (run.result && run.result->exit_code == 128 + 15) return QString::fromStdString(run.result->error) + QStringLiteral(". ") + safe;
            return run.problem.empty() ? safe : safe + u' ' + Words::tr("Not all of its folder can be read: %1.").arg(QString::fromStdString(run.problem));
        case runs::RunState::kLost: return run.problem.empty() ? Words::tr("Its processes are gone and left no word.") : QString::fromStdString(run.problem);
        case runs::RunState::kStarting: return Words::tr("The ranks load the data and build the model.");
        case runs::RunState::kQueued:
            if (run.job) return Words::tr("%1. It starts when the profile has room for it, whether or not the window is open.").arg(queuePlaceText(run));
            return Words::tr("%1. It starts with the config it was queued with, whether or not the window is open.").arg(queuePlaceText(run));
        case runs::RunState::kRunning:
            if (run.elsewhere)
                return run.supervisor ? Words::tr("It runs on %1; what is shown here is read from its folder.").arg(QString::fromStdString(run.supervisor->host))
                                      : Words::tr("It was started by another launcher; what is shown here is read from its folder.");
            [[fallthrough]];
        default: {
            const QString left = outcomeText(run);
            return left.isEmpty() ? QString() : Words::tr("About %1.").arg(left);
        }
    }
}

QString firstCauseText(const runs::RunStatus& run) {
    if (!run.result || run.result->first_cause.empty()) return {};
    if (run.result->error.find(run.result->first_cause) != std::string::npos) return {};
    const QString cause = QString::fromStdString(run.result->first_cause);
    const int rank = run.result->first_cause_rank;
    return rank < 0 ? Words::tr("First cause: %1").arg(cause) : Words::tr("First cause, rank %1: %2").arg(rank).arg(cause);
}

QString reportText(const runs::RunStatus& run, double now) {
    QStringList lines;
    const auto add = [&](const QString& name, const QString& value) {
        if (!value.isEmpty()) lines << name.leftJustified(14) + value;
    };
    lines << stateHeadline(run);
    add(QStringLiteral("run"), QString::fromStdString(run.dir.string()));
    add(QStringLiteral("time"), stateTime(run, now));
    if (run.result) {
        add(QStringLiteral("exit code"), QString::number(run.result->exit_code));
        if (run.result->signal != 0) add(QStringLiteral("signal"), QString::number(run.result->signal));
        if (run.result->first_cause_rank >= 0) add(QStringLiteral("failing rank"), QString::number(run.result->first_cause_rank));
        add(QStringLiteral("first cause"), QString::fromStdString(run.result->first_cause));
        add(QStringLiteral("error"), QString::fromStdString(run.result->error));
        add(QStringLiteral("checkpoint"), QString::fromStdString(run.result->checkpoint));
    }
    add(QStringLiteral("command"), commandText(run));
    if (run.supervisor) add(QStringLiteral("host"), QString::fromStdString(run.supervisor->host));
    add(QStringLiteral("version"), QStringLiteral("switchyard " SWITCHYARD_VERSION));
    return lines.join(u'\n') + u'\n';
}

}  // namespace switchyard::ui
