// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure_page.h"

#include <QAction>
#include <QFileInfo>
#include <QFrame>
#include <QRegularExpression>
#include <QShowEvent>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/models/plan_words.h"
#include "ui/panels/configure/command_strip.h"
#include "ui/panels/configure/compare_control.h"
#include "ui/panels/configure/config_form.h"
#include "ui/panels/configure/config_tool_bar.h"
#include "ui/panels/configure/editor_panel.h"
#include "ui/panels/configure/file_control.h"
#include "ui/panels/configure/key_inspection.h"
#include "ui/panels/configure/preflight_panel.h"
#include "ui/panels/configure/start_control.h"
#include "ui/panels/inspector_panel.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/yaml_editor.h"

namespace switchyard::ui {
namespace {

constexpr int kFormWidth = 440;
constexpr int kLeastForm = 340;
constexpr int kLeastText = 300;
constexpr int kPreflightHeight = 570, kKeyHeight = 160;

/// The first key of the schema that a sentence names, "" when none.
std::string keyNamedIn(const QString& sentence) {
    static const QRegularExpression dotted(QStringLiteral("[a-z_]+(\\.[a-z0-9_]+)+"));
    for (auto found = dotted.globalMatch(sentence); found.hasNext();) {
        std::string path = found.next().captured().toStdString();
        if (findKey(path) != nullptr) return path;
    }
    return {};
}

QFrame* line() {
    auto* frame = new QFrame;
    frame->setProperty("line", true);
    frame->setFixedHeight(1);
    return frame;
}

}  // namespace

ConfigurePage::ConfigurePage(AppContext& context, QWidget* parent) : Page(context, parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    bar_ = new ConfigToolBar(this);
    banner_ = new MessageBanner(this);
    splitter_ = new QSplitter(Qt::Horizontal, this);
    form_ = new ConfigForm(document_, splitter_);
    text_ = new EditorPanel(document_, splitter_);
    strip_ = new CommandStrip(this);
    splitter_->setChildrenCollapsible(false);
    splitter_->setHandleWidth(1);
    form_->setMinimumWidth(kLeastForm);
    text_->setMinimumWidth(kLeastText);
    splitter_->addWidget(form_);
    splitter_->addWidget(text_);
    splitter_->setStretchFactor(0, 0);
    splitter_->setStretchFactor(1, 1);
    splitter_->setSizes({kFormWidth, 2 * kFormWidth});
    column->addWidget(bar_);
    column->addWidget(banner_);
    column->addWidget(splitter_, 1);
    column->addWidget(line());
    column->addWidget(strip_);

    beside_ = new QSplitter(Qt::Vertical, this);
    beside_->setChildrenCollapsible(false);
    beside_->setHandleWidth(1);
    beside_->setWindowTitle(tr("Pre-flight and key"));
    preflight_ = new PreflightPanel(plans_, beside_);
    key_ = new InspectorPanel(beside_);
    beside_->addWidget(preflight_);
    beside_->addWidget(key_);
    beside_->setSizes({kPreflightHeight, kKeyHeight});
    beside_->setStretchFactor(0, 1);
    beside_->hide();  // stands in the right dock once the window has asked for it
    start_ = new StartControl(context, document_, this);
    start_->hide();  // stands in the page bar once the window has asked for it
    files_ = new FileControl(document_, *banner_, *this);
    compare_ = new CompareControl(context, document_, *bar_);
    wireViews();
    wireFiles();
    makeActions();
    showFile();
}

QWidget* ConfigurePage::pageActions() {
    start_->show();
    return start_;
}

QWidget* ConfigurePage::inspectorPanel() {
    beside_->show();
    return beside_;
}

void ConfigurePage::wireViews() {
    connect(this, &Page::inspect, key_, &InspectorPanel::show);
    connect(preflight_, &PreflightPanel::changeWanted, this, &ConfigurePage::takeChange);
    connect(&plans_, &PlanWatch::planned, this, [this] {
        const PlanChoices& choices = plans_.choices();
        const plan::Plan& plan = choices.plans[choices.current];
        strip_->setPlan(planSentence(plan), plan.fits);
    });
    connect(form_, &ConfigForm::keyEntered, this, [this](const std::string& path) {
        text_->goToKey(path);
        showKey(path);
    });
    connect(form_, &ConfigForm::brokenLineRequested, this, [this] {
        text_->goToProblem(0);
        text_->editor().setFocus();
    });
    connect(text_, &EditorPanel::keyReached, this, [this](const std::string& path) {
        form_->setCurrent(path);
        showKey(path);
    });
    connect(text_, &EditorPanel::problemClicked, this, &ConfigurePage::goToProblem);
    connect(compare_, &CompareControl::keyChosen, this, &ConfigurePage::goToKey);
    connect(compare_, &CompareControl::failed, this, [this](const QString& problem) {
        banner_->showMessage(MessageBanner::Kind::kDanger, problem.toHtmlEscaped());
    });
    connect(start_, &StartControl::nextProblemRequested, this, [this] { text_->goToNextProblem(false); });
    connect(start_, &StartControl::started, this, &ConfigurePage::takeStart);
    connect(start_, &StartControl::failed, this, &ConfigurePage::takeFailure);
    connect(start_, &StartControl::profileChosen, this, &ConfigurePage::showCommand);
    connect(&document_, &ConfigDocument::checked, this, [this] {
        showCommand();
        planAhead();
        if (!inspected_.empty()) showKey(inspected_);
        followText();
    });
    connect(&document_, &ConfigDocument::stepped, this, [this] { stepped_ = true; });
    const auto history = [this] {
        const QUndoStack& undo = document_.undoStack();
        bar_->setHistory(undo.undoText(), undo.redoText(), undo.canUndo(), undo.canRedo());
    };
    connect(&document_.undoStack(), &QUndoStack::indexChanged, this, history);
    history();
}

/// After a check, with the focus in the form: the other view shows the same key.
void ConfigurePage::followText() {
    const bool stepped = std::exchange(stepped_, false);
    if (text_->editor().hasFocus() || !document_.check().readable) return;
    const std::string at_caret = text_->keyAtCaret();
    if (stepped)
        form_->goTo(at_caret, false);  // what undo or redo has changed
    else if (!form_->currentKey().empty() && at_caret != form_->currentKey())
        text_->goToKey(form_->currentKey());
}

void ConfigurePage::wireFiles() {
    connect(bar_, &ConfigToolBar::presetChosen, files_, &FileControl::openFile);
    connect(bar_, &ConfigToolBar::openRequested, files_, &FileControl::askForFile);
    connect(bar_, &ConfigToolBar::saveRequested, files_, &FileControl::save);
    connect(bar_, &ConfigToolBar::saveAsRequested, files_, &FileControl::askWhereToSave);
    connect(bar_, &ConfigToolBar::undoRequested, &document_.undoStack(), &QUndoStack::undo);
    connect(bar_, &ConfigToolBar::redoRequested, &document_.undoStack(), &QUndoStack::redo);
    connect(files_, &FileControl::presetsRead, this, &ConfigurePage::takePresets);
    connect(files_, &FileControl::settled, this, &ConfigurePage::showFile);
    connect(files_, &FileControl::saved, this,
            [this](const QString& file) { context().report(QStringLiteral("info"), tr("Saved %1").arg(file)); });
    connect(&document_, &ConfigDocument::editedChanged, this, &ConfigurePage::showFile);
    connect(&document_, &ConfigDocument::fileChanged, this, &ConfigurePage::showFile);
    connect(&context(), &AppContext::configRequested, this, [this](const QString& text, const QString& file) {
        asked_ = true;
        files_->openText(text, file);
    });
}

void ConfigurePage::makeActions() {
    const auto add = [this](const QString& text, const QList<QKeySequence>& keys, auto act) {
        auto* action = new QAction(text, this);
        action->setShortcuts(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, act);
        addAction(action);
    };
    const auto keys = [](const char* text) { return QKeySequence(QString::fromLatin1(text)); };
    add(tr("Undo the last edit of the configuration"), {keys("Ctrl+Z")}, [this] { document_.undoStack().undo(); });
    add(tr("Redo the last edit of the configuration"), {keys("Ctrl+Shift+Z"), keys("Ctrl+Y")},
        [this] { document_.undoStack().redo(); });
    add(tr("Save the configuration"), {keys("Ctrl+S")}, [this] { files_->save(); });
    add(tr("Save the configuration as another file"), {keys("Ctrl+Shift+S")}, [this] { files_->askWhereToSave(); });
    add(tr("Find a key"), {keys("Ctrl+F")}, [this] { form_->focusSearch(); });
    add(tr("Go to the next problem"), {keys("F8")}, [this] { text_->goToNextProblem(false); });
    add(tr("Go to the previous problem"), {keys("Shift+F8")}, [this] { text_->goToNextProblem(true); });
    add(tr("Show the suggestions for a problem"), {keys("Alt+Return")},
        [this] { text_->editor().focusNearestButton(); });
    add(tr("Switch between form and text"), {keys("F6")}, [this] { switchView(); });
    add(tr("Reset the key to its default"), {keys("Ctrl+D")}, [this] { document_.resetValue(form_->currentKey()); });
    add(tr("Show the keys that differ"), {}, [this] { compare_->showDifferences(); });
    add(tr("Start run"), {}, [this] { start_->start(); });
}

void ConfigurePage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (event->spontaneous()) return;
    files_->readPresets();
}

void ConfigurePage::takePresets(const QList<ConfigFile>& presets) {
    QList<FileChoice> choices;
    for (const ConfigFile& preset : presets) choices << FileChoice{preset.name, preset.file};
    bar_->setPresets(choices);
    compare_->setPresets(presets);
    showFile();
    if (asked_) return;
    asked_ = true;
    for (const char* name : {"demo", "smoke"}) {
        const auto found = std::find_if(presets.begin(), presets.end(),
                                        [&](const ConfigFile& preset) { return preset.name == QLatin1String(name); });
        if (found == presets.end()) continue;
        files_->openFile(found->file);
        return;
    }
}

QString ConfigurePage::unsavedWork() const {
    if (!document_.isEdited()) return {};
    return document_.file().isEmpty() ? tr("The config text") : QFileInfo(document_.file()).fileName();
}

void ConfigurePage::showFile() {
    const QString file = document_.file();
    const QString name = file.isEmpty() ? tr("Unsaved text") : QFileInfo(file).fileName();
    const QString chip = document_.isEdited() ? tr("edited") : QString();
    bar_->setFile(name, file.isEmpty() ? tr("This text is in no file yet") : file, chip);
    bar_->setCurrentPreset(files_->preset());
    bar_->setBaseline(files_->preset().isEmpty() ? tr("changed since opened") : tr("changed from preset"));
    showCommand();
}

void ConfigurePage::showCommand() {
    const bool own_file = !document_.file().isEmpty() && (!document_.isTemplate() || !document_.isEdited());
    const QString name = files_->suggestedName();
    const QString runs_dir = runsDirOverride(context(), document_.check());
    const bool saved = own_file && !document_.isEdited();
    const QString note = saved      ? tr("the same run from a terminal")
                         : own_file ? tr("save %1 first: the command reads the file").arg(name)
                                    : tr("save as %1 to run it from a terminal").arg(name);
    strip_->setCommand(trainCommand(own_file ? document_.file() : name, runs_dir, start_->profile()), saved, note);
}

void ConfigurePage::showKey(const std::string& path) {
    inspected_ = path;
    if (const KeySpec* key = findKey(path)) Q_EMIT inspect(inspectKey(*key, document_));
}

void ConfigurePage::planAhead() {
    const ConfigCheck& check = document_.check();
    const bool good = check.readable && check.result.ok();
    preflight_->setOutdated(!good);
    if (good) plans_.setConfig(check.result.config);
}

void ConfigurePage::takeChange(const std::vector<std::string>& sets) {
    document_.endSession();
    for (const std::string& set : sets) {
        const std::size_t equals = set.find('=');
        document_.setValue(set.substr(0, equals), {set.substr(equals + 1)});
    }
    document_.endSession();
}

void ConfigurePage::goToKey(const std::string& path) {
    text_->goToKey(path);
    form_->goTo(path, true);
}

void ConfigurePage::goToProblem(std::size_t problem) {
    text_->goToProblem(problem);
    const auto& problems = document_.check().result.problems;
    if (problem >= problems.size() || !form_->goTo(problems[problem].path, false)) return;
    showKey(problems[problem].path);
}

void ConfigurePage::switchView() {
    if (!text_->editor().hasFocus())
        text_->editor().setFocus(Qt::ShortcutFocusReason);
    else if (!form_->goTo(form_->currentKey(), true))
        form_->focusSearch();
}

void ConfigurePage::takeStart(const QString& run_dir) {
    banner_->hide();
    context().report(QStringLiteral("info"), tr("Started %1").arg(QFileInfo(run_dir).fileName()));
    context().selectRun(run_dir);
    context().showPage(QStringLiteral("run"));
}

void ConfigurePage::takeFailure(const Failure& failure) {
    const QString sentence = failure.sentence();
    const QString shown = sentence.toHtmlEscaped().replace(u'\n', QStringLiteral("<br>"));
    const std::string key = keyNamedIn(failure.where + u' ' + failure.message + u' ' + failure.fix);
    if (!key.empty())
        banner_->showMessage(MessageBanner::Kind::kDanger, shown, tr("Go to %1").arg(QString::fromStdString(key)),
                             [this, key] { goToKey(key); });
    else
        banner_->showMessage(MessageBanner::Kind::kDanger, shown);
    context().report(QStringLiteral("error"), sentence);
}

}  // namespace switchyard::ui
