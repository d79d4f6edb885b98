// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/compare_control.h"

#include "core/base/runs/run_status.h"
#include "ui/models/background.h"
#include "ui/panels/configure/config_tool_bar.h"
#include "ui/panels/configure/difference_list.h"
#include "ui/services/app_context.h"
#include "ui/services/run_feed.h"

namespace switchyard::ui {

CompareControl::CompareControl(AppContext& context, ConfigDocument& document, ConfigToolBar& bar)
    : QObject(&bar), context_(context), document_(document), bar_(bar) {
    connect(&bar_, &ConfigToolBar::compareChosen, this, &CompareControl::choose);
    connect(&bar_, &ConfigToolBar::differencesRequested, this, &CompareControl::showDifferences);
    connect(&document_, &ConfigDocument::checked, this, &CompareControl::compare);
    connect(&context_.runs(), &RunFeed::listChanged, this, &CompareControl::fillChoices);
    fillChoices();
}

void CompareControl::setPresets(const QList<ConfigFile>& presets) {
    presets_ = presets;
    fillChoices();
}

void CompareControl::fillChoices() {
    QList<FileChoice> presets, runs;
    for (const ConfigFile& preset : presets_) presets << FileChoice{preset.name, preset.file};
    for (const runs::RunStatus& status : context_.runs().statuses()) {
        const runs::RunPaths paths(status.dir);
        runs << FileChoice{QString::fromStdString(status.name),
                           QString::fromStdString(paths.resolvedConfig().string())};
    }
    bar_.setComparable(presets, runs);
}

void CompareControl::choose(const QString& file) {
    chosen_ = file;
    other_.reset();
    compare();
    if (file.isEmpty()) return;
    inBackground(
        this, [file] { return readConfigFile(file); },
        [this](ConfigFile read) {
            if (read.file != chosen_) return;
            if (read.problem.isEmpty()) {
                if (read.name == QStringLiteral("config.resolved"))
                    read.name = QString::fromStdString(read.config.run.name);
                other_ = std::move(read);
            } else {
                chosen_.clear();
                bar_.setCompared({});
                Q_EMIT failed(read.problem);
            }
            compare();
        });
}

void CompareControl::compare() {
    if (!other_) {
        model_.clear();
        bar_.setDifferences(-1);
        return;
    }
    model_.setConfigs(document_.readable().result.config, other_->config);
    bar_.setDifferences(model_.rowCount());
}

void CompareControl::showDifferences() {
    if (!other_ || model_.rowCount() == 0) return;
    auto* list = new DifferenceList(model_, other_->name, &bar_);
    connect(list, &DifferenceList::keyChosen, this, &CompareControl::keyChosen);
    list->showBelow(*bar_.differencesLink());
}

}  // namespace switchyard::ui
