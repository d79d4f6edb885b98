// SPDX-License-Identifier: GPL-3.0-or-later
// Configure: one configuration as a form and as YAML text, checked while it is edited, compared, saved and started.
#pragma once

#include <string>
#include <vector>

#include "ui/models/config_document.h"
#include "ui/models/config_files.h"
#include "ui/models/plan_watch.h"
#include "ui/panels/page.h"
#include "ui/services/failure.h"

class QSplitter;

namespace switchyard::ui {

class CommandStrip;
class CompareControl;
class ConfigForm;
class ConfigToolBar;
class EditorPanel;
class FileControl;
class InspectorPanel;
class MessageBanner;
class PreflightPanel;
class StartControl;

/// Thread: GUI thread; files, checks and starts are done in the background.
class ConfigurePage : public Page {
    Q_OBJECT
public:
    explicit ConfigurePage(AppContext& context, QWidget* parent = nullptr);
    QWidget* pageActions() override;
    /// Pre-flight above what is known of the key that is looked at.
    QWidget* inspectorPanel() override;
    ConfigDocument& document() { return document_; }
    bool hasUnsavedEdits() const { return document_.isEdited(); }
    QString unsavedWork() const override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void wireViews();
    void wireFiles();
    void makeActions();
    void followText();
    void showFile();
    void showCommand();
    void showKey(const std::string& path);
    void planAhead();
    void takeChange(const std::vector<std::string>& sets);
    void goToKey(const std::string& path);
    void goToProblem(std::size_t problem);
    void switchView();
    void takePresets(const QList<ConfigFile>& presets);
    void takeStart(const QString& run_dir);
    void takeFailure(const Failure& failure);

    ConfigDocument document_;
    ConfigToolBar* bar_;
    MessageBanner* banner_;
    QSplitter* splitter_;
    ConfigForm* form_;
    EditorPanel* text_;
    CommandStrip* strip_;
    StartControl* start_;
    FileControl* files_;
    CompareControl* compare_;
    PlanWatch plans_;
    QSplitter* beside_;  ///< for the right dock
    PreflightPanel* preflight_;
    InspectorPanel* key_;
    bool stepped_ = false;  ///< undo or redo since the last check
    bool asked_ = false;    ///< a text was asked for, so no preset is opened by itself
    std::string inspected_;
};

}  // namespace switchyard::ui
