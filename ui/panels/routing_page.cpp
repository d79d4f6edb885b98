// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing_page.h"

#include <QStackedWidget>
#include <utility>

#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/compare_card.h"
#include "ui/panels/routing/expert_panel.h"
#include "ui/panels/routing/flow_card.h"
#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/panels/routing/routing_view.h"
#include "ui/panels/routing/sample_panel.h"
#include "ui/panels/routing/what_if_card.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/services/route_tracer.h"
#include "ui/services/survey_run.h"
#include "ui/widgets/loading_state.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/staged_build.h"

namespace switchyard::ui {
namespace {

constexpr int kRows = 24;  // of the evaluation data

/// The sample is at fault, not the model or the worker: others may well be traced.
bool ofTheSample(const Failure& failure) {
    return failure.code == static_cast<int>(ExitCode::kBadData) || failure.code == static_cast<int>(ExitCode::kUsage);
}

}  // namespace

RoutingPage::RoutingPage(AppContext& context, QWidget* parent)
    : Page(context, parent), pictures_(std::make_unique<PictureLoader>()), later_(new StagedBuild(this)) {
    data_ = new SampleListModel(this);
    own_ = new SampleListModel(this);
    tracer_ = new RouteTracer(context.inference(), this);
    survey_ = new SurveyRun(context.inference(), this);
    exports_ = new RoutingExports(context, focus_, this);
    makeParts();
    makeActions();
    wireSamples();
    present(State::kReading);
}

RoutingPage::~RoutingPage() {
    // They look at what dies with this page, whoever owns them by now.
    delete actions_;
    delete panel_;
    delete expert_;
}

QWidget* RoutingPage::pageActions() {
    return actions_;
}
QWidget* RoutingPage::sidePanel() {
    return panel_;
}
QWidget* RoutingPage::inspectorPanel() {
    return expert_;
}

void RoutingPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    probe_->watch(true);
    if (std::exchange(shown_, true) || checkpoints_ == nullptr) return;
    checkpoints_->start();
}

void RoutingPage::hideEvent(QHideEvent* event) {
    Page::hideEvent(event);
    probe_->watch(false);
}

/// Of the checkpoint's run; without a checkpoint, of the run that is selected: it may just have begun.
void RoutingPage::openProbe() {
    const CheckpointEntry& chosen = checkpoints_->chosen();
    QString run = chosen.run_dir;
    if (run.isEmpty() && chosen.folder.isEmpty()) run = context().selectedRun();
    if (ProbeSamples::owns(current_) && run != probe_->run()) setCurrent(-1);
    probe_->open(run);
    takeProbeList();
}

void RoutingPage::takeProbeList() {
    if (panel_ == nullptr) return;
    panel_->setWords(SamplePanel::kProbe, probe_->caption(), probe_->emptyWords());
    const bool any = probe_->list().rowCount() > 0;
    if (current_ >= 0 || !any || !probe_->isRead()) return;
    if (state_ != State::kNoModel && panel_->currentList() != SamplePanel::kProbe) return;
    panel_->showList(SamplePanel::kProbe);
    choose(ProbeSamples::kFirstKey);
}

void RoutingPage::setCurrent(int key) {
    current_ = key;
    if (!ProbeSamples::owns(key)) probe_->choose(-1);
}

void RoutingPage::useCheckpoint() {
    if (checkpoints_ == nullptr || panel_ == nullptr) return;
    const QString folder = checkpoints_->chosen().folder;
    banner_->hide();
    tracer_->setModel(folder);
    survey_->setModel(folder);
    exports_->setModelName(checkpoints_->chosen().label);
    draft_routes_.reset();
    own_->forgetRoutes();
    data_->setEntries({});
    if (current_ > 0 && !ProbeSamples::owns(current_) && own_->rowOf(current_) < 0) setCurrent(-1);
    samplesChanged();
    panel_->setWords(SamplePanel::kData, {},
                     folder.isEmpty() ? tr("There is no checkpoint yet.") : tr("Reading the evaluation data."));
    const quint64 serial = ++serial_;
    if (folder.isEmpty()) {
        present(State::kNoModel);
        return openProbe();
    }
    openProbe();
    if (current_ >= 0)
        choose(current_);
    else
        present(State::kReading);
    inBackground(
        this, [folder] { return readSampleRows(folder, kRows); },
        [this, serial](const SampleRows& rows) {
            if (serial == serial_) takeRows(rows);
        });
}

void RoutingPage::takeRows(const SampleRows& rows) {
    QList<SampleEntry> entries;
    for (const RouteQuery& query : rows.rows) entries.append({static_cast<int>(entries.size()) + 1, query, {}, {}});
    data_->setEntries(entries);
    if (panel_ == nullptr) return;
    QString caption;
    if (!entries.isEmpty())
        caption = entries.size() < rows.all
                      ? tr("first %1 of %2, %3").arg(number(entries.size(), 0), number(rows.all, 0), rows.name)
                      : tr("%1, %2").arg(number(entries.size(), 0), rows.name);
    QString empty = rows.problem;
    if (empty.isEmpty())
        empty = rows.name.isEmpty()
                    ? tr("The model's config names no evaluation data (data.eval). Type a text or drop an image below.")
                    : tr("%1 has no rows.").arg(rows.name);
    panel_->setWords(SamplePanel::kData, caption, empty);
    if (panel_->currentList() == SamplePanel::kProbe) {
        takeProbeList();
    } else if (current_ < 0 && !entries.isEmpty()) {
        panel_->showList(SamplePanel::kData);
        choose(entries.first().key);
    } else if (current_ < 0) {
        present(State::kNoSample);
    }
    panel_->setCurrent(current_);
    traceOthers();
}

/// So that an expert's card tells of all samples.
void RoutingPage::traceOthers() {
    for (const SampleListModel* list : {own_, data_})
        for (const SampleEntry& entry : list->entries())
            if (entry.routes == nullptr && entry.problem.isEmpty() && !tracer_->waitsFor(entry.key))
                tracer_->trace(entry.key, entry.query, false);
}

void RoutingPage::choose(int key) {
    const RouteQuery* query = queryOf(key);
    if (query == nullptr || query->isEmpty()) return;
    const bool other = key != current_;
    if (other) wanted_patch_ = -1;
    const bool left_probe = ProbeSamples::owns(current_) && !ProbeSamples::owns(key);
    setCurrent(key);
    if (panel_ != nullptr) panel_->setCurrent(key);
    if (other) banner_->hide();
    if (ProbeSamples::owns(key)) return probe_->choose(key);
    if (left_probe) samplesChanged();
    if (tracer_->model().isEmpty()) return present(State::kNoModel);
    const RoutedSamplePtr routes = routesOf(key);
    const bool whole = routes != nullptr && (routes->layers.isEmpty() || routes->logitBytes() > 0);
    if (routes != nullptr) present(routes);
    if (whole) return;
    tracer_->trace(key, *query, true);
    // What is typed goes on showing the text before it until its own trace is there.
    if (routes == nullptr && (other || state_ != State::kContent)) present(State::kTracing);
}

void RoutingPage::takeTrace(int key, const RoutedSamplePtr& sample) {
    if (key == kDraft) {
        draft_routes_ = sample;
    } else {
        data_->setRoutes(key, sample);
        own_->setRoutes(key, sample);
    }
    if (key == current_) {
        banner_->hide();
        present(sample);
    }
    if (!ProbeSamples::owns(current_)) samplesChanged();
}

void RoutingPage::takeFailure(int key, const Failure& failure) {
    data_->setProblem(key, failure.sentence());
    own_->setProblem(key, failure.sentence());
    // With a worker that dies or weights that can not be read the others would only fail as well.
    if (!ofTheSample(failure)) {
        const bool wanted = key != current_ && tracer_->waitsFor(current_);
        tracer_->setModel(tracer_->model());
        if (wanted) tracer_->trace(current_, *queryOf(current_), true);
    }
    if (key != current_) return;
    present(State::kFailed);
    showFailure(failure, [this, key] {
        if (key != current_) return choose(key);
        data_->setProblem(key, {});
        own_->setProblem(key, {});
        choose(key);
        traceOthers();
    });
}

void RoutingPage::present(const RoutedSamplePtr& sample) {
    if (sample->layers.isEmpty()) return present(State::kDense);
    focus_.setSample(sample);
    present(State::kContent);
    if (const int patch = std::exchange(wanted_patch_, -1); patch >= 0 && focus_.layer() != nullptr)
        focus_.setRow(sample->rowOfPatch(*focus_.layer(), patch));
    ReplaySource source;
    source.model = tracer_->model();
    if (ProbeSamples::owns(current_)) source = {probe_->run(), probe_->shownStep(), probe_->sampleNumber(), {}, {}, {}};
    whatIf().setBase(sample, source);
    const RouteQuery* query = queryOf(current_);
    compare_->setBase(sample, query == nullptr ? RouteQuery() : *query, listOf(current_));
    if (flow_ != nullptr) flow_->setBase(sample);
}

void RoutingPage::present(State state) {
    state_ = state;
    if (state != State::kContent) {
        if (what_if_ != nullptr) what_if_->setBase({}, {});
        if (compare_ != nullptr) compare_->setBase({}, {}, nullptr);
        if (flow_ != nullptr) flow_->setBase({});
        focus_.setSample({});
    }
    if (state == State::kTracing) static_cast<LoadingState*>(faces_[static_cast<int>(state)])->start();
    stack_->setCurrentWidget(faces_[static_cast<int>(state)]);
}

void RoutingPage::samplesChanged() {
    const QList<RoutedSamplePtr> all = allRoutes();
    view_->setSamples(all);
    if (expert_ != nullptr) expert_->setSamples(all);
}

void RoutingPage::showFailure(const Failure& failure, std::function<void()> again) {
    banner_->showMessage(MessageBanner::Kind::kDanger, failure.sentence().toHtmlEscaped(),
                         again ? tr("Try again") : QString(), [this, again] {
                             banner_->hide();
                             again();
                         });
    context().report(QStringLiteral("error"), failure.sentence());
}

}  // namespace switchyard::ui
