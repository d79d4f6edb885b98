// SPDX-License-Identifier: GPL-3.0-or-later
// What the Routing page is made of, and its file dialogs.
#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/panels/routing/compare_card.h"
#include "ui/panels/routing/compare_chooser.h"
#include "ui/panels/routing/expert_panel.h"
#include "ui/panels/routing/flow_card.h"
#include "ui/panels/routing/flow_view.h"
#include "ui/panels/routing/gate_form.h"
#include "ui/panels/routing/load_card.h"
#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/panels/routing/routing_view.h"
#include "ui/panels/routing/sample_panel.h"
#include "ui/panels/routing/what_if_card.h"
#include "ui/panels/routing_page.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/panels/shared/picture_intake.h"
#include "ui/services/route_tracer.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/loading_state.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/staged_build.h"

namespace switchyard::ui {

void RoutingPage::makeParts() {
    banner_ = new MessageBanner(this);
    stack_ = new QStackedWidget(this);
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
    auto* dense = new EmptyState(icon, tr("No experts on this sample's way"),
                                 tr("None of the layers that it passes has experts, so there is no routing to show. "
                                    "Samples with a text and a picture pass the fusion layers as well."));
    auto* tracing = new LoadingState(tr("Tracing the sample"));
    view_ = new RoutingView(focus_, *exports_, stack_);
    probe_ = new ProbeSamples(focus_, *view_->stepBar(), this);
    makeLowerCards();
    faces_ = {new QWidget, no_model, no_sample, tracing, failed, dense, view_};
    for (QWidget* face : faces_) stack_->addWidget(face);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(banner_);
    column->addWidget(stack_, 1);
    connect(no_model, &EmptyState::actionClicked, this, [this] { context().showPage(QStringLiteral("configure")); });
    connect(tracing, &LoadingState::cancelled, this, [this] {
        tracer_->setModel(tracer_->model());
        setCurrent(-1);
        if (panel_ != nullptr) panel_->setCurrent(-1);
        present(State::kNoSample);
    });
}

/// In the load's place: one of them at a time.
void RoutingPage::makeLowerCards() {
    later_->add([this] {
        what_if_ = new WhatIfCard(context(), focus_, *exports_, view_->lower());
        view_->addLower(what_if_);
        connect(what_if_, &WhatIfCard::closed, this, [this] { showLower(nullptr); });
    });
    later_->add([this] {
        compare_ = new CompareCard(context(), focus_, *probe_, *exports_, view_->lower());
        view_->addLower(compare_);
        connect(compare_, &CompareCard::closed, this, [this] { showLower(nullptr); });
    });
    connect(view_->loadCard(), &LoadCard::whatIfAsked, this, [this] {
        showLower(&whatIf());
        what_if_->form()->setFocus();
    });
    connect(view_->loadCard(), &LoadCard::compareAsked, this, [this] {
        showLower(&compare());
        compare_->chooser()->kinds()->setFocus();
    });
    connect(view_->loadCard(), &LoadCard::flowAsked, this, [this] {
        showLower(&flow());
        flow_->view()->setFocus(Qt::OtherFocusReason);
    });
}

WhatIfCard& RoutingPage::whatIf() {
    later_->finishNow();
    return *what_if_;
}

CompareCard& RoutingPage::compare() {
    later_->finishNow();
    return *compare_;
}

FlowCard& RoutingPage::flow() {
    if (flow_ == nullptr) {
        flow_ = new FlowCard(focus_, *probe_, *exports_);
        view_->addLower(flow_);
        connect(flow_, &FlowCard::closed, this, [this] { showLower(nullptr); });
        if (state_ == State::kContent) flow_->setBase(focus_.sharedSample());
    }
    return *flow_;
}

void RoutingPage::showLower(QWidget* card) {
    later_->finishNow();
    what_if_->setOpen(card == what_if_);
    compare_->setOpen(card == compare_);
    if (flow_ != nullptr) flow_->setOpen(card == flow_);
    view_->showLower(card, card != nullptr && card == flow_);
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
    panel_ = new SamplePanel(*data_, probe_->list(), *own_, *pictures_);
    expert_ = new ExpertPanel(focus_, *survey_);
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
    connect(probe_, &ProbeSamples::listRead, this, &RoutingPage::takeProbeList);
    connect(probe_, &ProbeSamples::presented, this, [this](const RoutedSamplePtr& sample) {
        present(sample);
        samplesChanged();
    });
    connect(probe_, &ProbeSamples::failed, this, [this](const Failure& failure) {
        present(State::kFailed);
        showFailure(failure, [this] { choose(current_); });
    });
    connect(expert_, &ExpertPanel::patchChosen, this, &RoutingPage::showTop);
    connect(expert_, &ExpertPanel::dataPatchChosen, this, &RoutingPage::showOfData);
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

void RoutingPage::choosePicture() {
    PictureIntake::askForFile(this, tr("Choose a picture to trace"), panel_->draft().image,
                              [this](const QString& file) {
                                  if (panel_ != nullptr) panel_->setDraftImage(file);
                              });
}

void RoutingPage::chooseFolder() {
    if (checkpoints_ != nullptr) checkpoints_->askForFolder(this, tr("Choose a checkpoint or model folder"));
}

}  // namespace switchyard::ui
