// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ask_page.h"

#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "ui/models/background.h"
#include "ui/models/config_files.h"
#include "ui/models/example_list_model.h"
#include "ui/models/run_words.h"
#include "ui/panels/ask/answer_card.h"
#include "ui/panels/ask/ask_routing.h"
#include "ui/panels/ask/example_panel.h"
#include "ui/panels/ask/question_card.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/panels/shared/picture_intake.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/picture_loader.h"

namespace switchyard::ui {
namespace {

constexpr int kExamples = 24, kTold = 100;

QString noExamples() {
    return AskPage::tr("Samples of the evaluation data stand here once there is a model to ask.");
}

struct Facts {
    AskSubject subject;
    SampleRows rows;
};

}  // namespace

AskPage::AskPage(AppContext& context, QWidget* parent)
    : Page(context, parent), pictures_(std::make_unique<PictureLoader>()) {
    examples_ = new ExampleListModel(this);
    asker_ = new Asker(context.inference(), this);
    exports_ = new RoutingExports(context, focus_, this);
    makeParts();
    makeActions();
    present(State::kReading);
}

AskPage::~AskPage() {
    // They look at what dies with this page, whoever owns them by now.
    delete actions_;
    delete panel_;
}

QWidget* AskPage::pageActions() {
    return actions_;
}
QWidget* AskPage::sidePanel() {
    return panel_;
}

void AskPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (!std::exchange(shown_, true) && checkpoints_ != nullptr) checkpoints_->start();
}

void AskPage::makeParts() {
    banner_ = new MessageBanner;
    const QString icon = QStringLiteral("ask");
    auto* no_model =
        new EmptyState(icon, tr("No model to ask yet"),
                       tr("Train one that answers questions about pictures, or open a checkpoint or model folder at "
                          "the top right."),
                       tr("Train configs/vqa.yaml"));
    unusable_ =
        new EmptyState(QStringLiteral("error"), tr("This model can not be asked"), {}, tr("Train configs/vqa.yaml"));
    question_ = new QuestionCard(*pictures_);
    answer_ = new AnswerCard(context());
    routing_ = new AskRouting(focus_, *exports_);
    auto* content = new QWidget;
    auto* upper = new QHBoxLayout;
    upper->setSpacing(8);
    upper->addWidget(question_, 1);
    upper->addWidget(answer_, 1);
    auto* parts = new QVBoxLayout(content);
    parts->setContentsMargins(8, 8, 8, 8);
    parts->setSpacing(8);
    parts->addLayout(upper);
    parts->addWidget(routing_, 1);
    faces_ = {new QWidget, no_model, unusable_, content};
    stack_ = new QStackedWidget;
    for (QWidget* face : faces_) stack_->addWidget(face);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(banner_);
    column->addWidget(stack_, 1);
    panel_ = new ExamplePanel(*examples_, *pictures_);
    const auto tell = [this](const Failure& failure) { showFailure(failure, {}); };
    auto* intake = new PictureIntake(this, question_->field());
    intake->tellOthers();
    connect(intake, &PictureIntake::hovering, question_->dropZone(), &DropZone::setHot);
    connect(intake, &PictureIntake::picture, question_, &QuestionCard::setPicture);
    connect(intake, &PictureIntake::failed, this, tell);
    connect(panel_, &ExamplePanel::chosen, this, &AskPage::chooseExample);
    connect(question_, &QuestionCard::changed, this, &AskPage::questionChanged);
    connect(question_, &QuestionCard::askNow, this, &AskPage::askNow);
    connect(question_, &QuestionCard::browseAsked, this, &AskPage::choosePicture);
    connect(question_, &QuestionCard::trainAsked, this, &AskPage::openTraining);
    connect(question_, &QuestionCard::failed, this, tell);
    connect(no_model, &EmptyState::actionClicked, this, &AskPage::openTraining);
    connect(unusable_, &EmptyState::actionClicked, this, &AskPage::openTraining);
    connect(answer_, &AnswerCard::cancelled, this, [this] {
        asker_->cancel();
        clearAnswer(tr("Cancelled. Enter asks again."));
    });
    connect(routing_, &AskRouting::openAsked, this, &AskPage::openInRouting);
    connect(asker_, &Asker::answered, this, &AskPage::takeAnswer);
    connect(asker_, &Asker::failed, this, &AskPage::takeFailure);
    connect(&focus_, &RouteFocus::layerChanged, exports_, &RoutingExports::closeTables);
    connect(&focus_, &RouteFocus::sampleChanged, exports_, &RoutingExports::closeTables);
    for (QWidget* from : std::initializer_list<QWidget*>{this, panel_}) {
        auto* find = new QShortcut(QKeySequence::Find, from, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
        connect(find, &QShortcut::activated, this, [this] { question_->field()->setFocus(Qt::ShortcutFocusReason); });
    }
}

void AskPage::makeActions() {
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
    connect(folder, &QToolButton::clicked, this, &AskPage::chooseFolder);
    connect(checkpoints_, &CheckpointCombo::chosenChanged, this, &AskPage::useCheckpoint);
}

void AskPage::useCheckpoint() {
    if (checkpoints_ == nullptr) return;
    const QString folder = checkpoints_->chosen().folder;
    banner_->hide();
    ready_ = false;
    was_example_ = was_example_ || examples_->rowOf(question_->query()) >= 0;
    asker_->setModel(folder);
    exports_->setModelName(checkpoints_->chosen().label);
    examples_->setExamples({});
    clearAnswer({});
    const quint64 serial = ++serial_;
    if (panel_ != nullptr) panel_->setWords({}, folder.isEmpty() ? noExamples() : tr("Reading the evaluation data."));
    if (folder.isEmpty()) return present(State::kNoModel);
    inBackground(
        this,
        [folder] {
            return Facts{readAskSubject(folder), readSampleRows(folder, kExamples, SampleChoice::kSpread)};
        },
        [this, serial](const Facts& facts) {
            if (serial == serial_) takeSubject(facts.subject, facts.rows);
        });
}

void AskPage::takeSubject(const AskSubject& subject, const SampleRows& rows) {
    if (!subject.problem.isEmpty()) {
        unusable_->setTexts(tr("This model can not be asked"), subject.problem);
        if (panel_ != nullptr) panel_->setWords({}, noExamples());
        return present(State::kUnusable);
    }
    question_->setSubject(subject);
    present(State::kContent);
    takeExamples(rows);
    ready_ = true;
    const bool keep =
        std::exchange(was_example_, false) ? examples_->rowOf(question_->query()) >= 0 : !question_->isEmpty();
    if (!keep && !examples_->examples().isEmpty()) return chooseExample(0);
    questionChanged();
}

void AskPage::takeExamples(const SampleRows& rows) {
    QList<Example> examples;
    for (qsizetype i = 0; i < rows.rows.size(); ++i)
        examples.append({{rows.rows[i], rows.truths[i].task}, rows.truths[i], {}, Verdict::kUnknown});
    examples_->setExamples(examples);
    if (panel_ == nullptr) return;
    QString caption;
    if (!examples.isEmpty())
        caption = examples.size() < rows.all
                      ? tr("%1 of %2, %3")
                            .arg(number(static_cast<double>(examples.size()), 0),
                                 number(static_cast<double>(rows.all), 0), rows.name)
                      : tr("%1, %2").arg(number(static_cast<double>(examples.size()), 0), rows.name);
    QString empty = rows.problem;
    if (empty.isEmpty())
        empty = rows.name.isEmpty() ? tr("The model's config names no evaluation data (data.eval).")
                                    : tr("%1 has no rows.").arg(rows.name);
    panel_->setWords(caption, empty);
}

void AskPage::chooseExample(int row) {
    if (row < 0 || row >= examples_->examples().size()) return;
    const AskQuery query = examples_->examples()[row].query;
    banner_->hide();
    question_->setQuery(query);
    askNow();
}

/// Also when there is no question any more, or not yet a whole one.
void AskPage::questionChanged() {
    if (!ready_) return;
    const AskQuery& query = question_->query();
    if (panel_ != nullptr) panel_->setCurrent(examples_->rowOf(query));
    if (const QString missing = question_->missing(); !missing.isEmpty()) {
        asker_->cancel();
        hideFailure();
        return clearAnswer(missing);
    }
    if (result_ && result_->query == query && !asker_->isBusy()) return;
    hideFailure();
    answer_->showBusy();
    asker_->ask(query, kTold);
}

void AskPage::askNow() {
    if (asker_->isBusy() && asker_->asked() == question_->query()) return;
    if (!question_->missing().isEmpty() || !result_ || result_->query != question_->query()) questionChanged();
}

void AskPage::takeAnswer(const AskResult& result) {
    result_ = result;
    examples_->setAnswer(result.query, result.answer);
    const int row = examples_->rowOf(result.query);
    hideFailure();
    answer_->showAnswer(result, row < 0 ? std::nullopt : std::optional(examples_->examples()[row].truth));
    routing_->show(result.routes);
}

void AskPage::takeFailure(const AskQuery&, const Failure& failure) {
    clearAnswer(tr("There is no answer. The message above says why."));
    showFailure(failure, [this] { questionChanged(); });
    of_answer_ = true;
}

/// What else was told, such as that a text was too long, stays until it is closed.
void AskPage::hideFailure() {
    if (std::exchange(of_answer_, false)) banner_->hide();
}

void AskPage::clearAnswer(const QString& hint) {
    result_.reset();
    answer_->showHint(hint);
    routing_->show({});
}

void AskPage::present(State state) {
    state_ = state;
    stack_->setCurrentWidget(faces_[static_cast<int>(state)]);
}

void AskPage::showFailure(const Failure& failure, std::function<void()> again) {
    of_answer_ = false;
    banner_->showMessage(MessageBanner::Kind::kDanger, failure.sentence().toHtmlEscaped(),
                         again ? tr("Try again") : QString(), [this, again] {
                             of_answer_ = false;
                             banner_->hide();
                             again();
                         });
    context().report(QStringLiteral("error"), failure.sentence());
}

void AskPage::openTraining() {
    const QString file = QString::fromStdString((configsDir() / "vqa.yaml").string());
    inBackground(
        this, [file] { return readConfigFile(file); },
        [this](const ConfigFile& read) {
            if (!read.problem.isEmpty()) return context().report(QStringLiteral("error"), read.problem);
            context().openConfig(QString::fromStdString(read.text), read.file);
        });
}

void AskPage::openInRouting() {
    if (!result_) return;
    const RouteQuery& sample = result_->query.sample;
    context().traceSample({asker_->model(), sample.text, sample.pair, sample.image});
}

void AskPage::choosePicture() {
    PictureIntake::askForFile(this, tr("Choose a picture to ask about"), question_->query().sample.image,
                              [this](const QString& file) { question_->setPicture(file); });
}

void AskPage::chooseFolder() {
    if (checkpoints_ != nullptr) checkpoints_->askForFolder(this, tr("Choose a checkpoint or model folder"));
}

}  // namespace switchyard::ui
