// SPDX-License-Identifier: GPL-3.0-or-later
// Comparison of the text with a preset or a run: reads the other, counts the keys that differ, lists them.
#pragma once

#include <QObject>
#include <QPointer>
#include <optional>

#include "ui/models/config_diff_model.h"
#include "ui/models/config_document.h"
#include "ui/models/config_files.h"

namespace switchyard::ui {

class AppContext;
class ConfigToolBar;

/// Thread: GUI thread; files are read in the background.
class CompareControl : public QObject {
    Q_OBJECT
public:
    /// All of them outlive the control.
    CompareControl(AppContext& context, ConfigDocument& document, ConfigToolBar& bar);
    void setPresets(const QList<ConfigFile>& presets);
    /// The list of differing keys below the bar's link.
    void showDifferences();

Q_SIGNALS:
    void keyChosen(const std::string& path);
    void failed(const QString& problem);

private:
    void choose(const QString& file);
    void fillChoices();
    void compare();

    AppContext& context_;
    ConfigDocument& document_;
    ConfigToolBar& bar_;
    QList<ConfigFile> presets_;
    QString chosen_;
    std::optional<ConfigFile> other_;
    ConfigDiffModel model_;
};

}  // namespace switchyard::ui
