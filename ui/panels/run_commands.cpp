// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_commands.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFile>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QThreadPool>
#include <QUrl>
#include <algorithm>
#include <utility>

#include "ui/models/run_words.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_keeper.h"
#include "ui/services/run_launcher.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

const runs::RunStatus* selected(AppContext& context) { return context.runs().status(context.selectedRun()); }

void setState(QAction& action, bool on, const QString& hint, const QString& why_off) {
    setActionState(action, hint, on ? QString() : why_off);
}

/// Gone while the action is off.
QPushButton* buttonFor(QAction* action, bool danger) {
    QPushButton* button = actionButton(*action);
    button->setProperty("danger", danger);
    button->setIconSize(QSize(16, 16));
    const auto follow = [button, action] { button->setVisible(action->isEnabled()); };
    QObject::connect(action, &QAction::changed, button, follow);
    follow();
    return button;
}

/// State icon and name of the selected run.
class RunBar : public QWidget {
public:
    RunBar(AppContext& context, RunCommands& commands) : context_(context), icon_(new QLabel), name_(new ElidedLabel) {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 12, 0);
        row->setSpacing(8);
        QFont bold = Theme::instance().font(TextRole::kBody);
        bold.setWeight(QFont::DemiBold);
        name_->setFont(bold);
        name_->setElideMode(Qt::ElideMiddle);
        row->addWidget(icon_);
        row->addWidget(name_);
        row->addSpacing(4);
        for (QAction* action : commands.forProcess() + QList<QAction*>{commands.startNow(), commands.unqueue()})
            row->addWidget(buttonFor(action, action == commands.kill()));
        connect(&context.runs(), &RunFeed::listChanged, this, [this] { refresh(); });
        connect(&context, &AppContext::selectedRunChanged, this, [this] { refresh(); });
        connect(&Theme::instance(), &Theme::changed, this, [this] { refresh(); });
        refresh();
    }

private:
    void refresh() {
        const runs::RunStatus* run = selected(context_);
        icon_->setVisible(run != nullptr);
        name_->setVisible(run != nullptr);
        if (run == nullptr) return;
        icon_->setPixmap(Theme::instance().icon(stateIcon(run->state), stateColor(run->state)).pixmap(QSize(16, 16), devicePixelRatioF()));
        icon_->setToolTip(stateWord(run->state));
        name_->setFullText(QString::fromStdString(run->name));
    }

    AppContext& context_;
    QLabel* icon_;
    ElidedLabel* name_;
};

}  // namespace

RunCommands::RunCommands(AppContext& context, QWidget* window) : QObject(window), context_(context), window_(window) {
    struct Face {
        QAction* action;
        QString text;
        const char* icon;
    };
    for (const Face& face : {
             Face{&pause_, tr("Pause"), "pause"},
             Face{&save_, tr("Save checkpoint"), "checkpoints"},
             Face{&stop_, tr("Stop"), "stop"},
             Face{&kill_, tr("Kill"), "kill"},
             Face{&resume_, tr("Resume"), "run"},
             Face{&start_now_, tr("Start now"), "run"},
             Face{&move_up_, tr("Move up in the queue"), "chevron-up"},
             Face{&move_down_, tr("Move down in the queue"), "chevron-down"},
             Face{&unqueue_, tr("Remove from queue"), "close"},
             Face{&trash_, tr("Move to trash"), "trash"},
             Face{&edit_config_, tr("Edit config"), "configure"},
             Face{&open_folder_, tr("Open run folder"), "folder"},
             Face{&copy_command_, tr("Copy command"), "copy"},
         }) {
        face.action->setText(face.text);
        face.action->setIcon(Theme::instance().icon(QLatin1String(face.icon)));
    }
    RunKeeper& keeper = context_.keeper();
    connect(&start_now_, &QAction::triggered, this, [this, &keeper] { keeper.startNow(context_.selectedRun()); });
    connect(&unqueue_, &QAction::triggered, this, [this, &keeper] { keeper.removeFromQueue(context_.selectedRun()); });
    connect(&trash_, &QAction::triggered, this, [this, &keeper] { keeper.trash({context_.selectedRun()}); });
    for (const auto& [action, by] : {std::pair{&move_up_, -1}, {&move_down_, 1}}) {
        connect(action, &QAction::triggered, this, [this, &keeper, by = by] {
            if (const runs::RunStatus* run = selected(context_))
                keeper.moveInQueue(context_.selectedRun(), run->queue_place + by);
        });
    }
    const auto tell = [this](const Failure& failure) { context_.report(QStringLiteral("error"), failure.sentence()); };
    connect(&stop_, &QAction::triggered, this,
            [this, tell] { context_.launcher().stop(this, context_.selectedRun(), tell); });
    connect(&pause_, &QAction::triggered, this, &RunCommands::pauseOrContinue);
    connect(&save_, &QAction::triggered, this, &RunCommands::saveNow);
    connect(&kill_, &QAction::triggered, this, &RunCommands::askAndKill);
    connect(&resume_, &QAction::triggered, this, [this, tell] {
        context_.launcher().resume(
            this, context_.selectedRun(),
            [this](const QString& dir) { context_.report(QStringLiteral("info"), tr("Resumed %1").arg(dir)); }, tell);
    });
    connect(&edit_config_, &QAction::triggered, this, &RunCommands::openConfig);
    connect(&open_folder_, &QAction::triggered, this, [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(context_.selectedRun())); });
    connect(&copy_command_, &QAction::triggered, this, [this] {
        if (const runs::RunStatus* run = selected(context_)) QApplication::clipboard()->setText(commandText(*run));
    });
    connect(&context_.runs(), &RunFeed::listChanged, this, &RunCommands::refresh);
    connect(&context_, &AppContext::selectedRunChanged, this, &RunCommands::refresh);
    connect(&context_.launcher(), &RunLauncher::pendingChanged, this, &RunCommands::refresh);
    refresh();
}

void RunCommands::refresh() {
    const runs::RunStatus* run = selected(context_);
    const QString none = tr("No run is selected");
    if (run == nullptr) {
        for (QAction* action : all()) setState(*action, false, action->text(), none);
        return;
    }
    // Each is set once: a button that shows up and goes again within one refresh would widen the window for good.
    for (QAction* action : {&edit_config_, &open_folder_}) setState(*action, true, action->text(), none);
    refreshQueue(*run);
    // What waits in an engine's queue can be taken out of it as what runs can be stopped.
    const bool waits = run->state == runs::RunState::kQueued && run->job;
    const bool live = runs::isLive(run->state) || waits, stopping = run->state == runs::RunState::kStopping;
    const QString deaf = whyDeaf(*run);
    const bool heard = live && deaf.isEmpty();
    const auto ended = [&](const QString& name) { return deaf.isEmpty() ? tr("%1 is off: the run is not live").arg(name) : deaf; };
    setState(stop_, heard && !stopping, waits ? tr("Take it out of the queue of %1").arg(QString::fromStdString(run->job->profile)) : tr("Save a checkpoint, then stop"),
             stopping ? tr("Stop is off: the run is stopping already") : ended(tr("Stop")));
    const bool paused = run->state == runs::RunState::kPaused, going = heard && run->state == runs::RunState::kRunning && !run->job;
    pause_.setText(paused ? tr("Continue") : tr("Pause"));
    pause_.setIcon(Theme::instance().icon(paused ? QStringLiteral("run") : QStringLiteral("pause")));
    const auto between = [&](const QString& name) {
        if (live && run->job) return tr("%1 is off: a run on %2 is stopped, which saves a checkpoint, and resumed").arg(name, QString::fromStdString(run->job->profile));
        return heard ? tr("%1 is off: the run is starting or stopping").arg(name) : ended(name);
    };
    setState(pause_, paused || going, paused ? tr("Train on from this step") : tr("Hold after the step that is being computed; memory stays in use"), between(tr("Pause")));
    setState(save_, paused || going, tr("Save a checkpoint of this step and train on"), between(tr("Save checkpoint")));
    setState(kill_, heard, tr("End all processes at once; steps since the last checkpoint are lost"), ended(tr("Kill")));
    setState(trash_, !live, tr("Move the run's folder to the trash; this can be undone"), tr("Move to trash is off: the run is live"));
    const bool pending = context_.launcher().pending() > 0;
    const bool whole = run->state == runs::RunState::kFinished, queued = run->state == runs::RunState::kQueued;
    const bool readable = run->config != nullptr;
    setState(resume_, !live && !whole && !queued && !pending && readable, tr("Go on from the newest checkpoint"),
             live         ? tr("Resume is off: the run is going on")
             : whole      ? tr("Resume is off: the run is complete")
             : queued     ? tr("Resume is off: the run waits in the queue")
             : !readable ? tr("Resume is off: the run's config can not be read")
                          : tr("A run is being started"));
    const qint64 step = checkpointStep(*run);
    resume_.setText(step > 0 ? tr("Resume from step %1").arg(number(static_cast<double>(step), 0)) : tr("Resume"));
    const bool known = !commandText(*run).isEmpty();
    setState(copy_command_, known, tr("Copy the command line of this run"), tr("The command of this run was not recorded"));
}

QString RunCommands::whyDeaf(const runs::RunStatus& run) {
    if (!run.elsewhere) return {};
    if (!run.supervisor) return tr("This run was started by another launcher (torchrun, srun, mpirun): control it there");
    return tr("This run is on %1: control it there").arg(QString::fromStdString(run.supervisor->host));
}

void RunCommands::refreshQueue(const runs::RunStatus& run) {
    const bool queued = run.state == runs::RunState::kQueued && !run.job;  // an engine has no order of ours
    const QString not_queued = tr("The run is not in the queue");
    setState(start_now_, queued, tr("Start it without waiting for the others"), not_queued);
    setState(unqueue_, queued, tr("It is not started; its folder goes to the trash, unless it has trained before"), not_queued);
    setState(move_up_, queued && run.queue_place > 1, tr("Start it one place earlier"), queued ? tr("The run is the next one") : not_queued);
    const auto& list = context_.runs().statuses();
    const auto waiting = std::count_if(list.begin(), list.end(), [](const auto& one) { return one.queue_place > 0; });
    setState(move_down_, queued && run.queue_place < waiting, tr("Start it one place later"), queued ? tr("The run is the last one") : not_queued);
}

void RunCommands::pauseOrContinue() {
    const runs::RunStatus* run = selected(context_);
    if (run == nullptr) return;
    const bool paused = run->state == runs::RunState::kPaused;
    const QString name = QString::fromStdString(run->name);
    context_.launcher().ask(
        this, context_.selectedRun(), paused ? QStringLiteral("resume") : QStringLiteral("pause"),
        [this, paused, name](const QString&) {
            context_.report(QStringLiteral("info"), paused ? tr("%1 goes on").arg(name) : tr("%1 is paused").arg(name));
            context_.runs().refresh();
        },
        [this](const Failure& failure) { context_.report(QStringLiteral("error"), failure.sentence()); });
}

void RunCommands::saveNow() {
    const runs::RunStatus* run = selected(context_);
    if (run == nullptr) return;
    const QString name = QString::fromStdString(run->name);
    context_.launcher().ask(
        this, context_.selectedRun(), QStringLiteral("checkpoint"),
        [this, name](const QString&) {
            context_.report(QStringLiteral("info"), tr("%1 saves a checkpoint").arg(name));
            context_.runs().refresh();
        },
        [this](const Failure& failure) { context_.report(QStringLiteral("error"), failure.sentence()); });
}

void RunCommands::askAndKill() {
    const QString dir = context_.selectedRun();
    auto* question = new QMessageBox(QMessageBox::NoIcon, tr("Kill run"),
                                     tr("Kill %1 now? Steps since its last checkpoint are lost.").arg(QUrl::fromLocalFile(dir).fileName()), QMessageBox::NoButton, window_);
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* kill = question->addButton(tr("Kill run"), QMessageBox::DestructiveRole);
    kill->setProperty("danger", true);
    question->setDefaultButton(question->addButton(tr("Keep it running"), QMessageBox::RejectRole));
    connect(kill, &QPushButton::clicked, this, [this, dir] {
        context_.launcher().kill(this, dir, [this](const Failure& failure) { context_.report(QStringLiteral("error"), failure.sentence()); });
    });
    question->open();
}

void RunCommands::openConfig() {
    const QString file = context_.selectedRun() + QStringLiteral("/config.yaml");
    QThreadPool::globalInstance()->start([self = QPointer<RunCommands>(this), context = &context_, file] {
        QFile in(file);
        const bool good = in.open(QIODevice::ReadOnly);
        const QString text = good ? QString::fromUtf8(in.readAll()) : QString();
        QMetaObject::invokeMethod(qApp, [self, context, file, text, good] {
            if (self == nullptr) return;
            if (!good) {
                context->report(QStringLiteral("error"), tr("The run's config can not be read (%1).").arg(file));
                return;
            }
            // Not the run's own file: a saved edit must not change what the run was made from.
            context->showPage(QStringLiteral("configure"));
            context->openConfig(text, QString());
        });
    });
}

QWidget* makeRunBar(AppContext& context, RunCommands& commands) { return new RunBar(context, commands); }

}  // namespace switchyard::ui
