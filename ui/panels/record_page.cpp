// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/record_page.h"

#include <QStackedLayout>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "ui/models/background.h"
#include "ui/models/run_words.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/loading_state.h"
#include "ui/widgets/refresh_gate.h"

namespace switchyard::ui {
namespace {

constexpr int kQuietMs = 200;

}  // namespace

RecordPage::RecordPage(AppContext& app, const QString& icon, QWidget* parent)
    : Page(app, parent), gate_(new RefreshGate(this)), stack_(new QStackedLayout(this)) {
    no_run_ = new EmptyState(icon, tr("No run selected"), tr("Choose a run in the list at the left, or start one."),
                             tr("Configure a run"));
    loading_ = new LoadingState(tr("Reading the record"));
    empty_ = new EmptyState(icon, {}, {});
    failed_ = new EmptyState(QStringLiteral("error"), tr("The record can not be read"), {}, tr("Try again"));
    for (QWidget* page : {static_cast<QWidget*>(no_run_), static_cast<QWidget*>(loading_),
                          static_cast<QWidget*>(empty_), static_cast<QWidget*>(failed_)})
        stack_->addWidget(page);
    connect(no_run_, &EmptyState::actionClicked, this, [this] { context().showPage(QStringLiteral("configure")); });
    connect(failed_, &EmptyState::actionClicked, this, [this] { context().runs().select(context().selectedRun()); });
    connect(loading_, &LoadingState::cancelled, this, [this] { context().selectRun({}); });
}

void RecordPage::begin(QWidget* content) {
    stack_->addWidget(content);
    // With a run there is something to wait for: until the first refresh nothing else is true of the page.
    if (!context().selectedRun().isEmpty()) present(State::kLoading);
    connect(&context(), &AppContext::selectedRunChanged, this, &RecordPage::runSelected);
    connect(&context().runs(), &RunFeed::recordsChanged, gate_, &RefreshGate::request);
    connect(gate_, &RefreshGate::due, this, &RecordPage::refresh);
    runSelected(context().selectedRun());
}

void RecordPage::runSelected(const QString& run_dir) {
    facts_ = {};
    awaited_.reset();
    since_selected_.start();
    const quint64 selection = ++selection_;
    if (!run_dir.isEmpty()) {
        loading_->start();
        inBackground(
            this, [run_dir] { return readRunFacts(run_dir); },
            [this, selection](const RunFacts& facts) {
                if (selection_ != selection) return;
                facts_ = facts;
                factsChanged();
                gate_->request(false);
            });
    }
    gate_->request(true);
}

void RecordPage::goTo(const health::Alarm& alarm) {
    awaited_ = alarm;
    gate_->request(false);
}

void RecordPage::refresh(bool restart) {
    restart_owed_ = restart_owed_ || restart;
    const bool reading = !context().selectedRun().isEmpty() && !context().runs().complete();
    if (reading && since_selected_.elapsed() < kQuietMs) {
        // Most records are there at once: what stands on the page waits for them, so that nothing flickers.
        QTimer::singleShot(kQuietMs, this, [this] { gate_->request(false); });
        return;
    }
    const bool something = takeRecords(restart_owed_);
    restart_owed_ = false;
    if (context().selectedRun().isEmpty()) return present(State::kNoRun);
    const runs::RunStatus* status = context().runs().status(context().selectedRun());
    if (reading) {
        // Metrics and loads come side by side: both must have arrived.
        double done = 0;
        if (const Series* steps = context().runs().series(QStringLiteral("loss/total")))
            done = steps->step.empty() ? 0 : steps->step.back();
        const LoadHistory& loads = context().runs().loads();
        for (const QString& layer : loads.layers())
            done = std::min(done, static_cast<double>(loads.layer(layer)->ring.lastStep()));
        const double total = status == nullptr ? 0 : static_cast<double>(status->step);
        loading_->setProgress(done, total,
                              total > 0 ? tr("%1 of %2 steps").arg(number(done, 0), number(total, 0))
                                        : tr("%1 steps").arg(number(done, 0)));
        return present(State::kLoading);
    }
    if (something) {
        present(State::kContent);
        if (const auto alarm = std::exchange(awaited_, std::nullopt)) showAlarm(*alarm);
        return;
    }
    if (status != nullptr && !status->problem.empty()) {
        failed_->setTexts(tr("The record can not be read"), QString::fromStdString(status->problem));
        return present(State::kFailed);
    }
    const auto [title, sentence] = emptyWords();
    empty_->setTexts(title, sentence);
    present(State::kEmpty);
}

std::pair<QString, QString> RecordPage::emptyWords() const {
    const runs::RunStatus* status = context().runs().status(context().selectedRun());
    const bool live = status != nullptr && (runs::isLive(status->state) || status->state == runs::RunState::kQueued);
    return {tr("No records yet"), live ? tr("The first values appear with the first step.")
                                       : tr("This run has ended before its first step. The Run page tells why.")};
}

void RecordPage::present(State state) {
    state_ = state;
    stack_->setCurrentIndex(static_cast<int>(state));
    stateChanged();
}

}  // namespace switchyard::ui
