// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/run_keeper.h"

#include <QDateTime>
#include <algorithm>
#include <memory>

#include "core/base/launch/queue_runner.h"
#include "core/base/runs/run_status.h"
#include "core/base/runs/trash.h"
#include "core/base/util/error.h"
#include "ui/services/failure.h"
#include "ui/services/run_feed.h"

namespace switchyard::ui {
namespace {

constexpr qint64 kBetweenRunners_ms = 5000;

}  // namespace

RunKeeper::RunKeeper(RunFeed& feed, QObject* parent) : QObject(parent), feed_(feed) {
    pool_.setMaxThreadCount(1);
    connect(&feed_, &RunFeed::listChanged, this, &RunKeeper::follow);
}

RunKeeper::~RunKeeper() {
    pool_.waitForDone();
}

void RunKeeper::later(std::function<void()> work, std::function<void()> done) {
    pool_.start([this, work = std::move(work), done = std::move(done)] {
        QString sentence;
        try {
            work();
        } catch (const Error& error) {
            sentence = Failure::of(error).sentence();
        } catch (const std::exception& error) {
            sentence = QString::fromUtf8(error.what());
        }
        QMetaObject::invokeMethod(this, [this, sentence, done] {
            if (!sentence.isEmpty()) Q_EMIT problem(sentence);
            if (sentence.isEmpty() && done) done();
            feed_.refresh();
        });
    });
}

void RunKeeper::setNote(const QString& run_dir, const QString& note) {
    later([run_dir, note] { runs::setNote(run_dir.toStdString(), note.toStdString()); },
          [this, run_dir] { Q_EMIT noteSaved(run_dir); });
}

void RunKeeper::trash(const QStringList& run_dirs) {
    const auto moved = std::make_shared<QList<Trashed>>();
    const auto first_problem = std::make_shared<QString>();
    later(
        [run_dirs, moved, first_problem] {
            for (const QString& dir : run_dirs) {
                try {
                    *moved << Trashed{dir, QString::fromStdString(runs::moveToTrash(dir.toStdString()).string())};
                } catch (const Error& error) {
                    // One that can not go does not keep the others.
                    if (first_problem->isEmpty()) *first_problem = Failure::of(error).sentence();
                }
            }
        },
        [this, moved, first_problem] {
            if (!first_problem->isEmpty()) Q_EMIT problem(*first_problem);
            if (moved->isEmpty()) return;
            last_trashed_ = *moved;
            Q_EMIT trashChanged();  // last, so that the way back is what stays in sight
        });
}

void RunKeeper::undoTrash() {
    const QList<Trashed> back = std::exchange(last_trashed_, {});
    if (back.isEmpty()) return;
    later([back] {
        for (const Trashed& one : back) runs::restoreFromTrash(one.to.toStdString(), one.from.toStdString());
    });
    Q_EMIT trashChanged();
}

void RunKeeper::setQueueSettings(const launch::QueueSettings& settings) {
    settings_ = settings;
    Q_EMIT queueSettingsChanged();
    later([dir = feed_.runsDir().toStdString(), settings] {
        launch::setQueueSettings(dir, settings);
        launch::startQueueRunner(dir);
    });
}

void RunKeeper::moveInQueue(const QString& run_dir, int place) {
    later([run_dir, place] { launch::moveInQueue(run_dir.toStdString(), place); });
}

void RunKeeper::removeFromQueue(const QString& run_dir) {
    const auto now = std::make_shared<QString>();
    later([run_dir, now] { *now = QString::fromStdString(launch::removeFromQueue(run_dir.toStdString()).string()); },
          [this, run_dir, now] {
              if (*now == run_dir) return;  // it had been started before: its folder stays
              last_trashed_ = {{run_dir, *now}};
              Q_EMIT trashChanged();
          });
}

void RunKeeper::startNow(const QString& run_dir) {
    later([run_dir] { launch::startQueued(run_dir.toStdString()); });
}

void RunKeeper::follow() {
    const auto settings = std::make_shared<launch::QueueSettings>(settings_);
    const auto& list = feed_.statuses();
    const bool waiting = std::any_of(list.begin(), list.end(), [](const auto& run) { return run.queue_place > 0; });
    // The process that starts queued runs may have ended with the machine: the window starts it anew.
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const bool ask = waiting && now - runner_asked_ms_ > kBetweenRunners_ms;
    if (ask) runner_asked_ms_ = now;
    const QString dir = feed_.runsDir();
    pool_.start([this, dir, settings, ask] {
        *settings = launch::queueSettings(dir.toStdString());
        QString sentence;
        try {
            if (ask) launch::startQueueRunner(dir.toStdString());
        } catch (const std::exception& error) {
            sentence = QString::fromUtf8(error.what());
        }
        QMetaObject::invokeMethod(this, [this, dir, settings, sentence] {
            if (!sentence.isEmpty()) Q_EMIT problem(sentence);
            if (dir != feed_.runsDir() || *settings == settings_) return;
            settings_ = *settings;
            Q_EMIT queueSettingsChanged();
        });
    });
}

}  // namespace switchyard::ui
