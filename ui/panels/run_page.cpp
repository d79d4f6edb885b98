// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_page.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>
#include <cmath>
#include <cstring>

#include "core/base/util/clock.h"
#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/models/failure_words.h"
#include "ui/models/plan_watch.h"
#include "ui/models/run_words.h"
#include "ui/panels/run/log_view.h"
#include "ui/panels/run/run_inspector.h"
#include "ui/panels/run/state_card.h"
#include "ui/panels/run_commands.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRefreshMs = 200;

}  // namespace

RunPage::RunPage(AppContext& app, QWidget* parent) : Page(app, parent), commands_(new RunCommands(app, this)) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    stack_ = new QStackedWidget(this);
    outer->addWidget(stack_);
    empty_ = new EmptyState(QStringLiteral("run"), tr("No run is selected"), tr("Choose one at the left, or start one from a config."), tr("Open Configure"));
    stack_->addWidget(empty_);
    auto* content = new QWidget(stack_);
    auto* grid = new QVBoxLayout(content);
    grid->setContentsMargins(8, 8, 8, 8);
    grid->setSpacing(8);
    state_ = new StateCard(*commands_, content);
    grid->addWidget(state_);
    auto* tiles = new QFrame(content);
    tiles->setProperty("card", true);
    auto* tile_row = new QHBoxLayout(tiles);
    tile_row->setContentsMargins(1, 1, 1, 1);
    tile_row->setSpacing(0);
    for (Tile*& tile : tiles_) {
        if (tile_row->count() > 0) {
            auto* line = new QFrame;
            line->setProperty("line", true);
            line->setFixedWidth(1);
            tile_row->addWidget(line);
        }
        tile = new Tile;
        tile_row->addWidget(tile, 1);
    }
    log_view_ = new LogView(content);
    grid->addWidget(tiles);
    grid->addWidget(log_view_, 1);

    inspector_ = new RunInspector(*commands_, context().keeper(), this);
    inspector_->hide();  // stands in the right dock once the window has asked for it
    stack_->addWidget(content);

    settle_ = new QTimer(this);
    settle_->setSingleShot(true);
    settle_->setInterval(kRefreshMs);
    connect(settle_, &QTimer::timeout, this, &RunPage::refresh);
    const auto later = [this] {
        if (isVisible() && !settle_->isActive()) settle_->start();
    };
    connect(&context().runs(), &RunFeed::listChanged, this, later);
    connect(&context().runs(), &RunFeed::recordsChanged, this, later);
    connect(&context(), &AppContext::selectedRunChanged, this, &RunPage::choose);
    connect(&context(), &AppContext::noteRequested, this, &RunPage::editNote, Qt::QueuedConnection);
    connect(&Theme::instance(), &Theme::changed, this, &RunPage::refresh);
    connect(&log_, &LogTail::changed, this, [this] { log_view_->setLines(log_.lines()); });
    connect(empty_, &EmptyState::actionClicked, this, [this] { context().showPage(QStringLiteral("configure")); });
    connect(state_, &StateCard::reportWanted, this, &RunPage::copyReport);
    log_.setRun(context().selectedRun());  // the rest when it is shown
}

void RunPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    log_.setActive(true);
    refresh();
}

void RunPage::hideEvent(QHideEvent* event) {
    Page::hideEvent(event);
    log_.setActive(false);
}

void RunPage::choose() {
    log_.setRun(context().selectedRun());
    refresh();
}

double RunPage::last(const QString& tag) const {
    const Series* series = context().runs().series(tag);
    return series == nullptr || series->value.empty() ? std::nan("") : series->value.back();
}

void RunPage::planAhead() {
    const QString run = context().selectedRun();
    if (run == planned_run_ || run.isEmpty() || !isVisible()) return;
    planned_run_ = run;
    planned_peak_.reset();
    inBackground(
        this, [run] { return plannedPeakOf(run); },
        [this, run](std::optional<double> peak) {
            if (run != planned_run_) return;
            planned_peak_ = peak;
            refresh();
        });
}

QString RunPage::peakRemark() const {
    const bool known = planned_peak_ && planned_run_ == context().selectedRun();
    return known ? tr("planned %1").arg(bytes(*planned_peak_)) : tr("largest rank");
}

void RunPage::refresh() {
    const runs::RunStatus* run = context().runs().status(context().selectedRun());
    stack_->setCurrentIndex(run == nullptr ? 0 : 1);
    inspector_->show(run);
    if (run == nullptr) return;
    planAhead();
    state_->show(*run, wallTime());
    fillTiles(*run);
}

QWidget* RunPage::inspectorPanel() {
    inspector_->show(context().runs().status(context().selectedRun()));
    inspector_->QWidget::show();
    return inspector_;
}

void RunPage::editNote() {
    inspector_->editNote();
}

void RunPage::fillTiles(const runs::RunStatus& run) {
    const qint64 saved = checkpointStep(run);
    const QString checkpoint = saved > 0 ? tr("step %1").arg(number(static_cast<double>(saved), 0)) : QStringLiteral("–");
    const auto known = [](double value, const QString& text) { return std::isnan(value) ? QStringLiteral("–") : text; };
    if (run.state == runs::RunState::kFailed && run.result) {
        const int world = run.supervisor ? static_cast<int>(run.supervisor->rank_pids.size()) : 0;
        const int rank = run.result->first_cause_rank;
        const bool has_pid = rank >= 0 && rank < world;
        tiles_[0]->set(tr("Failing rank"), rank < 0 ? QStringLiteral("–") : world > 0 ? tr("%1 of %2").arg(rank).arg(world) : QString::number(rank),
                       has_pid ? tr("pid %1").arg(run.supervisor->rank_pids[static_cast<std::size_t>(rank)]) : QString());
        const char* name = run.result->signal != 0 ? sigabbrev_np(run.result->signal) : nullptr;
        tiles_[1]->set(run.result->signal != 0 ? tr("Signal") : tr("Exit code"),
                       run.result->signal != 0 ? tr("%1 (SIG%2)").arg(run.result->signal).arg(QString::fromLatin1(name == nullptr ? "?" : name))
                                               : QString::number(run.result->exit_code),
                       run.result->signal != 0 ? tr("sent from outside") : QString::fromLatin1(exitCodeName(static_cast<ExitCode>(run.result->exit_code))).replace(u'_', u' '));
        tiles_[2]->set(tr("Last loss"), lossText(run), tr("at step %1").arg(number(static_cast<double>(run.step), 0)));
        tiles_[3]->set(tr("Peak memory"), known(last(QStringLiteral("memory/peak_bytes")), bytes(last(QStringLiteral("memory/peak_bytes")))), peakRemark());
    } else {
        tiles_[0]->set(tr("Loss"), lossText(run), tr("total, newest step"));
        tiles_[1]->set(tr("Throughput"), run.samples_per_s > 0 ? shortNumber(run.samples_per_s) : QStringLiteral("–"), tr("samples a second"));
        tiles_[2]->set(tr("Step time"), run.step_ms > 0 ? tr("%1 ms").arg(shortNumber(run.step_ms)) : QStringLiteral("–"), tr("newest step"));
        tiles_[3]->set(tr("Peak memory"), known(last(QStringLiteral("memory/peak_bytes")), bytes(last(QStringLiteral("memory/peak_bytes")))), peakRemark());
    }
    tiles_[4]->set(tr("Last checkpoint"), checkpoint, saved > 0 ? tr("complete") : runs::isLive(run.state) ? tr("none yet") : tr("none was saved"));
}

void RunPage::copyReport() {
    const runs::RunStatus* run = context().runs().status(context().selectedRun());
    if (run == nullptr) return;
    QString text = reportText(*run, wallTime()) + u'\n';
    for (const LogLine& line : log_.lines()) text += QStringLiteral("%1 %2 %3 %4\n").arg(line.time, line.source, QString(line.level), line.text);
    QApplication::clipboard()->setText(text);
    context().report(QStringLiteral("info"), tr("The report of %1 is on the clipboard").arg(QString::fromStdString(run->name)));
}

}  // namespace switchyard::ui
