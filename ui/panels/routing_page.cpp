// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing_page.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/expert_panel.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/panels/routing/routing_view.h"
#include "ui/panels/routing/sample_panel.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/panels/shared/picture_intake.h"
#include "ui/services/route_tracer.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/loading_state.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/picture_loader.h"

namespace switchyard::ui {
namespace {

constexpr int kRows = 24;  // of the evaluation data

/// The sample is at fault, not the model or the worker: others may well be traced.
bool ofTheSample(const Failure& failure) {
    return failure.code == static_cast<int>(ExitCode::kBadData) || failure.code == static_cast<int>(ExitCode::kUsage);
}

}  // namespace

RoutingPage::RoutingPage(AppContext& context, QWidget* parent)
    : Page(context, parent), pictures_(std::make_unique<PictureLoader>()) {
    data_ = new SampleListModel(this);
    own_ = new SampleListModel(this);
    tracer_ = new RouteTracer(context.inference(), this);
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

void RoutingPage::makeParts() {
    banner_ = new MessageBanner;
    const QString icon = QStringLiteral("routing");
    auto* no_model =
        new EmptyState(icon, tr("No checkpoint yet"),
                       tr("Routing is read from a trained model. Start a run that writes checkpoints, or open a "
                          "model folder at the top right."),
                       tr("Open Configure"));
    auto* no_sample =
        new EmptyState(icon, tr("No sample chosen"),
                       tr("Type a text at the left, drop an image, or choose a row of the evaluation data."));
    auto* failed = new EmptyState(QStringLiteral("error"), tr("This sample could not be traced"),
                                  tr("The message above says why. Others can still be chosen at the left."));
    auto* dense =
        new EmptyState(icon, tr("This model is dense"),
                       tr("None of the layers that this sample passes has experts, so there is no routing to show. "
                          "Samples with a text and a picture pass the fusion layers as well."));
    auto* tracing = new LoadingState(tr("Tracing the sample"));
    view_ = new RoutingView(focus_, *exports_);
    faces_ = {new QWidget, no_model, no_sample, tracing, failed, dense, view_};
    stack_ = new QStackedWidget;
    for (QWidget* face : faces_) stack_->addWidget(face);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(banner_);
    column->addWidget(stack_, 1);
    connect(no_model, &EmptyState::actionClicked, this, [this] { context().showPage(QStringLiteral("configure")); });
    connect(tracing, &LoadingState::cancelled, this, [this] {
        tracer_->setModel(tracer_->model());
        current_ = -1;
        if (panel_ != nullptr) panel_->setCurrent(-1);
        present(State::kNoSample);
    });
}

void RoutingPage::makeActions() {
    checkpoints_ = new CheckpointCombo(context());
    actions_ = new QWidget;
    auto* row = new QHBoxLayout(actions_);
    row->setContentsMargins(0, 0, 12, 0);
    row->setSpacing(8);
    auto* label = new QLabel(tr("Checkpoint"));
    label->setProperty("role", "muted");
    label->setBuddy(checkpoints_);
    auto* folder = new IconButton(QStringLiteral("folder"), tr("Open a checkpoint or model folder"));
    row->addWidget(label);
    row->addWidget(checkpoints_);
    row->addWidget(folder);
    connect(folder, &QToolButton::clicked, this, &RoutingPage::chooseFolder);
    connect(checkpoints_, &CheckpointCombo::chosenChanged, this, &RoutingPage::useCheckpoint);
}

void RoutingPage::wireSamples() {
    panel_ = new SamplePanel(*data_, *own_, *pictures_);
    expert_ = new ExpertPanel(focus_);
    connect(panel_, &SamplePanel::chosen, this, &RoutingPage::choose);
    connect(panel_, &SamplePanel::removed, this, &RoutingPage::removeOwn);
    connect(panel_, &SamplePanel::draftChanged, this, &RoutingPage::draftChanged);
    connect(panel_, &SamplePanel::keepAsked, this, &RoutingPage::keepDraft);
    connect(panel_, &SamplePanel::browseAsked, this, &RoutingPage::choosePicture);
    const auto tell = [this](const Failure& failure) { showFailure(failure, {}); };
    connect(panel_, &SamplePanel::failed, this, tell);
    auto* intake = new PictureIntake(this, panel_->field());
    intake->tellOthers();
    connect(intake, &PictureIntake::hovering, panel_->dropZone(), &DropZone::setHot);
    connect(intake, &PictureIntake::picture, panel_, &SamplePanel::setDraftImage);
    connect(intake, &PictureIntake::failed, this, tell);
    connect(tracer_, &RouteTracer::traced, this, &RoutingPage::takeTrace);
    connect(tracer_, &RouteTracer::failed, this, &RoutingPage::takeFailure);
    connect(expert_, &ExpertPanel::patchChosen, this, &RoutingPage::showTop);
    connect(expert_, &ExpertPanel::tableCopied, this, [this] {
        context().report(QStringLiteral("info"), tr("Copied the table of expert %1").arg(focus_.expert()));
    });
    connect(&focus_, &RouteFocus::layerChanged, this, [this] {
        data_->setLayer(focus_.layerName());
        own_->setLayer(focus_.layerName());
        exports_->closeTables();
    });
    connect(&focus_, &RouteFocus::sampleChanged, exports_, &RoutingExports::closeTables);
    auto* find = new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, [this] {
        if (panel_ != nullptr) panel_->field()->setFocus(Qt::ShortcutFocusReason);
    });
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
    if (std::exchange(shown_, true) || checkpoints_ == nullptr) return;
    checkpoints_->start();
}

void RoutingPage::useCheckpoint() {
    if (checkpoints_ == nullptr || panel_ == nullptr) return;
    const QString folder = checkpoints_->chosen().folder;
    banner_->hide();
    tracer_->setModel(folder);
    exports_->setModelName(checkpoints_->chosen().label);
    draft_routes_.reset();
    own_->forgetRoutes();
    data_->setEntries({});
    if (current_ > 0 && own_->rowOf(current_) < 0) current_ = -1;
    samplesChanged();
    panel_->setDataWords({}, folder.isEmpty() ? tr("There is no checkpoint yet.") : tr("Reading the evaluation data."));
    const quint64 serial = ++serial_;
    if (folder.isEmpty()) return present(State::kNoModel);
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
    panel_->setDataWords(caption, empty);
    if (current_ < 0 && !entries.isEmpty()) {
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

const RouteQuery* RoutingPage::queryOf(int key) const {
    if (key == kDraft) return panel_ == nullptr ? nullptr : &panel_->draft();
    for (const SampleListModel* list : {data_, own_})
        if (const int row = list->rowOf(key); row >= 0) return &list->entries()[row].query;
    return nullptr;
}

RoutedSamplePtr RoutingPage::routesOf(int key) const {
    if (key == kDraft) return draft_routes_;
    for (const SampleListModel* list : {data_, own_})
        if (const int row = list->rowOf(key); row >= 0) return list->entries()[row].routes;
    return {};
}

QList<RoutedSamplePtr> RoutingPage::allRoutes() const {
    QList<RoutedSamplePtr> all = data_->routes() + own_->routes();
    if (draft_routes_ != nullptr) all.append(draft_routes_);
    return all;
}

void RoutingPage::choose(int key) {
    const RouteQuery* query = queryOf(key);
    if (query == nullptr || query->isEmpty()) return;
    const bool other = key != current_;
    current_ = key;
    if (panel_ != nullptr) panel_->setCurrent(key);
    if (tracer_->model().isEmpty()) return;
    if (other) banner_->hide();
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
    samplesChanged();
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
}

void RoutingPage::present(State state) {
    state_ = state;
    if (state != State::kContent) focus_.setSample({});
    if (state == State::kTracing) static_cast<LoadingState*>(faces_[static_cast<int>(state)])->start();
    stack_->setCurrentWidget(faces_[static_cast<int>(state)]);
}

void RoutingPage::samplesChanged() {
    const QList<RoutedSamplePtr> all = allRoutes();
    view_->setSamples(all);
    if (expert_ != nullptr) expert_->setSamples(all);
}

void RoutingPage::draftChanged() {
    tracer_->cancel(kDraft);
    if (panel_->draft().isEmpty()) {
        draft_routes_.reset();
        samplesChanged();
        if (current_ != kDraft) return;
        current_ = -1;
        return present(State::kNoSample);
    }
    const bool first = current_ != kDraft || draft_routes_ == nullptr;
    draft_routes_.reset();
    if (first) return choose(kDraft);
    banner_->hide();
    tracer_->trace(kDraft, panel_->draft(), true);
}

void RoutingPage::keepDraft() {
    const RouteQuery query = panel_->draft();
    if (query.isEmpty()) return;
    const int key = next_own_key_++;
    own_->append({key, query, draft_routes_, {}});
    tracer_->cancel(kDraft);
    draft_routes_.reset();
    panel_->clearDraft();
    panel_->showList(SamplePanel::kOwn);
    choose(key);
}

void RoutingPage::removeOwn(int key) {
    const int row = own_->rowOf(key);
    if (row < 0) return;
    tracer_->cancel(key);
    const SampleEntry removed = own_->entries()[row];
    const bool was_current = key == current_;
    if (was_current) current_ = -1;
    own_->remove(row);
    samplesChanged();
    banner_->showMessage(MessageBanner::Kind::kOk,
                         tr("Removed “%1”").arg(sampleTitle(removed.query).left(60).toHtmlEscaped()), tr("Undo"),
                         [this, removed] {
                             banner_->hide();
                             own_->append(removed);
                             choose(removed.key);
                             samplesChanged();
                         });
    if (!was_current) return;
    if (const auto& left = own_->entries(); !left.isEmpty())
        choose(left[std::min<qsizetype>(row, left.size() - 1)].key);
    else
        present(State::kNoSample);
}

void RoutingPage::showTop(const RoutedSamplePtr& sample, int patch) {
    if (sample != focus_.sharedSample()) {
        for (const SampleListModel* list : {data_, own_}) {
            for (const SampleEntry& entry : list->entries()) {
                if (entry.routes != sample) continue;
                panel_->showList(list == data_ ? SamplePanel::kData : SamplePanel::kOwn);
                choose(entry.key);
            }
        }
        if (draft_routes_ == sample) choose(kDraft);
    }
    const RoutedLayer* layer = focus_.layer();
    if (layer != nullptr) focus_.setRow(focus_.sample()->rowOfPatch(*layer, patch));
}

void RoutingPage::choosePicture() {
    auto* dialog = new QFileDialog(this, tr("Choose a picture to trace"), QFileInfo(panel_->draft().image).path(),
                                   PictureIntake::fileDialogFilter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, panel_, &SamplePanel::setDraftImage);
    dialog->open();
}

void RoutingPage::chooseFolder() {
    auto* dialog = new QFileDialog(this, tr("Choose a checkpoint or model folder"), context().runsDir());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        if (checkpoints_ != nullptr) checkpoints_->chooseFolder(folder);
    });
    dialog->open();
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
