// SPDX-License-Identifier: GPL-3.0-or-later
// Ask: what a model answers about a picture, a text or two, and where the same pass sent the tokens.
#pragma once

#include <QPointer>
#include <functional>
#include <memory>
#include <optional>

#include "ui/models/route_focus.h"
#include "ui/models/sample_rows.h"
#include "ui/panels/page.h"
#include "ui/services/asker.h"

class QStackedWidget;

namespace switchyard::ui {

class AnswerCard;
class AskRouting;
class CheckpointCombo;
class EmptyState;
class ExampleListModel;
class ExamplePanel;
class MessageBanner;
class PictureLoader;
class QuestionCard;
class RoutingExports;

/// Thread: GUI thread.
class AskPage : public Page {
    Q_OBJECT
public:
    explicit AskPage(AppContext& context, QWidget* parent = nullptr);
    ~AskPage() override;
    QWidget* pageActions() override;
    QWidget* sidePanel() override;

    enum class State { kReading, kNoModel, kUnusable, kContent };
    State state() const { return state_; }
    QuestionCard& question() { return *question_; }
    AnswerCard& answer() { return *answer_; }
    AskRouting& routing() { return *routing_; }
    RouteFocus& focus() { return focus_; }
    ExampleListModel& examples() { return *examples_; }
    /// The answer that is shown; empty while there is none.
    const std::optional<AskResult>& result() const { return result_; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void makeParts();
    void makeActions();
    void useCheckpoint();
    void takeSubject(const AskSubject& subject, const SampleRows& rows);
    void takeExamples(const SampleRows& rows);
    void chooseExample(int row);
    void questionChanged();
    void askNow();
    void takeAnswer(const AskResult& result);
    void takeFailure(const AskQuery& query, const Failure& failure);
    void clearAnswer(const QString& hint);
    void present(State state);
    void showFailure(const Failure& failure, std::function<void()> again);
    void hideFailure();
    void openTraining();
    void openInRouting();
    void choosePicture();
    void chooseFolder();

    RouteFocus focus_;
    State state_ = State::kReading;
    quint64 serial_ = 0;  ///< of the checkpoint whose facts count
    std::optional<AskResult> result_;
    std::unique_ptr<PictureLoader> pictures_;
    ExampleListModel* examples_;
    Asker* asker_;
    RoutingExports* exports_;
    MessageBanner* banner_;
    QStackedWidget* stack_;
    EmptyState* unusable_;
    QList<QWidget*> faces_;  ///< by State
    QuestionCard* question_;
    AnswerCard* answer_;
    AskRouting* routing_;
    bool shown_ = false;
    bool ready_ = false;        ///< what the model can be asked is known
    bool of_answer_ = false;    ///< the banner tells why there is no answer
    bool was_example_ = false;  ///< what was asked of the checkpoint before
    // Owned by the window once it has asked for them.
    QPointer<QWidget> actions_;
    QPointer<CheckpointCombo> checkpoints_;
    QPointer<ExamplePanel> panel_;
};

}  // namespace switchyard::ui
