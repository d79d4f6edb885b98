// SPDX-License-Identifier: GPL-3.0-or-later
// Routing: which experts a model sends each token and patch of a sample to.
#pragma once

#include <QPointer>
#include <functional>
#include <memory>

#include "ui/models/route_focus.h"
#include "ui/models/sample_list_model.h"
#include "ui/models/sample_rows.h"
#include "ui/panels/page.h"
#include "ui/services/failure.h"

class QStackedWidget;

namespace switchyard::ui {

class CheckpointCombo;
class CompareCard;
class EmptyState;
class ExpertPanel;
class FlowCard;
class LoadingState;
class MessageBanner;
class PictureLoader;
class ProbeSamples;
class RouteTracer;
class RoutingExports;
class RoutingView;
class SamplePanel;
class StagedBuild;
class SurveyRun;
class WhatIfCard;

/// Samples of the evaluation data and of the person are traced by RouteTracer; those that a run recorded are read by
/// ProbeSamples, at any of its steps. Thread: GUI thread.
class RoutingPage : public Page {
    Q_OBJECT
public:
    explicit RoutingPage(AppContext& context, QWidget* parent = nullptr);
    ~RoutingPage() override;
    QWidget* pageActions() override;
    QWidget* sidePanel() override;
    QWidget* inspectorPanel() override;
    /// Among My samples.
    void takeSample(const SampleRequest& request) override;

    enum class State { kReading, kNoModel, kNoSample, kTracing, kFailed, kDense, kContent };
    State state() const { return state_; }
    RouteFocus& focus() { return focus_; }
    SampleListModel& dataSamples() { return *data_; }
    SampleListModel& ownSamples() { return *own_; }
    ProbeSamples& probe() { return *probe_; }
    /// Key of the sample that is looked at; kDraft = the one that is being written, -1 = none.
    int currentKey() const { return current_; }
    static constexpr int kDraft = 0;
    WhatIfCard& whatIf();
    CompareCard& compare();
    /// Made when it is first asked for.
    FlowCard& flow();
    RoutingExports& exports() { return *exports_; }
    SurveyRun& survey() { return *survey_; }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void makeParts();
    void makeLowerCards();
    void showLower(QWidget* card);
    void makeActions();
    void wireSamples();
    void useCheckpoint();
    void openProbe();
    void takeProbeList();
    void takeRows(const SampleRows& rows);
    void choose(int key);
    void setCurrent(int key);
    void traceOthers();
    void takeTrace(int key, const RoutedSamplePtr& sample);
    void takeFailure(int key, const Failure& failure);
    void present(const RoutedSamplePtr& sample);
    void present(State state);
    void draftChanged();
    void keepDraft();
    void removeOwn(int key);
    void choosePicture();
    void chooseFolder();
    void showFailure(const Failure& failure, std::function<void()> again);
    void showTop(const RoutedSamplePtr& sample, int patch);
    void showOfData(const RouteQuery& query, int patch);
    void samplesChanged();
    const RouteQuery* queryOf(int key) const;
    SampleListModel* listOf(int key) const;
    RoutedSamplePtr routesOf(int key) const;
    QList<RoutedSamplePtr> allRoutes() const;

    RouteFocus focus_;
    State state_ = State::kReading;
    int current_ = -1;
    int next_own_key_ = 1'000'000;
    int wanted_patch_ = -1;  ///< of the sample that is being traced
    bool shown_ = false;
    quint64 serial_ = 0;  ///< of the checkpoint whose rows count
    RoutedSamplePtr draft_routes_;
    std::unique_ptr<PictureLoader> pictures_;
    SampleListModel* data_;
    SampleListModel* own_;
    ProbeSamples* probe_;
    RouteTracer* tracer_;
    SurveyRun* survey_;
    RoutingExports* exports_;
    MessageBanner* banner_;
    QStackedWidget* stack_;
    QList<QWidget*> faces_;  ///< by State
    RoutingView* view_;
    WhatIfCard* what_if_ = nullptr;
    CompareCard* compare_ = nullptr;
    FlowCard* flow_ = nullptr;
    StagedBuild* later_;  ///< the cards that may stand in the load's place
    // Owned by the window once it has asked for them.
    QPointer<QWidget> actions_;
    QPointer<CheckpointCombo> checkpoints_;
    QPointer<SamplePanel> panel_;
    QPointer<ExpertPanel> expert_;
};

}  // namespace switchyard::ui
