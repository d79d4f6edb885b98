// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_list/list_menus.h"

#include <QActionGroup>
#include <map>

#include "ui/models/run_words.h"
#include "ui/panels/run_list/config_filter_dialog.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

using State = runs::RunState;

constexpr std::size_t kMostEntries = 40;  // of a menu that a screen can hold

}  // namespace

FilterMenu::FilterMenu(RunListFilter& filter, RunFeed& feed, QWidget* parent)
    : QMenu(parent), filter_(filter), feed_(feed) {
    auto* group = new QActionGroup(this);
    const auto add = [&](const QString& text, const std::vector<State>& states) {
        QAction* action = addAction(text);
        action->setCheckable(true);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, action, states] {
            action->setChecked(true);
            filter_.setStates(states);
            Q_EMIT changed();
        });
        return action;
    };
    all_ = add(tr("All runs"), {});
    all_->setChecked(true);
    add(tr("Active"), {State::kStarting, State::kRunning, State::kPaused, State::kStopping});
    add(tr("Failed or lost"), {State::kFailed, State::kLost});
    addSeparator();
    for (const State state : {State::kQueued, State::kStarting, State::kRunning, State::kPaused, State::kStopping,
                              State::kFinished, State::kStopped, State::kFailed, State::kLost}) {
        add(stateWord(state), {state});
    }
    addSeparator();
    tags_ = addMenu(tr("Tag"));
    addAction(tr("Config value..."), this, &FilterMenu::configWanted);
    connect(tags_, &QMenu::aboutToShow, this, &FilterMenu::fillTags);
}

void FilterMenu::showAll() {
    all_->trigger();
}

bool FilterMenu::filters() const {
    return !all_->isChecked();
}

void FilterMenu::fillTags() {
    tags_->clear();
    std::map<QString, int> counts;
    for (const runs::RunStatus& run : feed_.statuses()) {
        for (const std::string& tag : run.tags) ++counts[QString::fromStdString(tag)];
    }
    std::vector<std::pair<int, QString>> frequent;
    for (const auto& [tag, count] : counts) frequent.emplace_back(-count, tag);
    std::sort(frequent.begin(), frequent.end());
    if (frequent.size() > kMostEntries) frequent.resize(kMostEntries);
    for (const auto& [count, tag] : frequent) {
        const QString word =
            tag.contains(u' ') ? QStringLiteral("tag:\"%1\"").arg(tag) : QStringLiteral("tag:%1").arg(tag);
        QAction* action =
            tags_->addAction(tr("%1 (%2)").arg(QString(tag).replace(u'&', QStringLiteral("&&"))).arg(-count));
        connect(action, &QAction::triggered, this, [this, word] { Q_EMIT searchToggled(word); });
    }
    if (frequent.empty()) tags_->addAction(tr("No run has a tag"))->setEnabled(false);
}

SortMenu::SortMenu(RunListFilter& filter, RunFeed& feed, QWidget* parent)
    : QMenu(parent), filter_(filter), feed_(feed), group_(new QActionGroup(this)) {
    const QList<QPair<QString, RunSort>> choices = {{tr("Newest first"), RunSort::kNewest},
                                                    {tr("Last changed first"), RunSort::kChanged},
                                                    {tr("By name"), RunSort::kName},
                                                    {tr("Lowest loss first"), RunSort::kLoss},
                                                    {tr("Most progress first"), RunSort::kProgress},
                                                    {tr("By state"), RunSort::kState}};
    for (const auto& [text, key] : choices) {
        QAction* action = addAction(text);
        action->setCheckable(true);
        action->setChecked(key == RunSort::kNewest);
        group_->addAction(action);
        connect(action, &QAction::triggered, this, [this, key = key] { filter_.setSort(key); });
    }
    keys_ = addMenu(tr("By config value"));
    connect(keys_, &QMenu::aboutToShow, this, &SortMenu::fillKeys);
    addSeparator();
    QAction* reversed = addAction(tr("Reversed"));
    reversed->setCheckable(true);
    connect(reversed, &QAction::toggled, this, [this](bool on) { filter_.setReversed(on); });
}

void SortMenu::fillKeys() {
    keys_->clear();
    std::vector<std::string> keys = differingKeys(feed_.statuses());
    if (keys.size() > kMostEntries) keys.resize(kMostEntries);
    for (const std::string& key : keys) {
        const QString path = QString::fromStdString(key);
        connect(keys_->addAction(path), &QAction::triggered, this, [this, path] {
            for (QAction* action : group_->actions()) action->setChecked(false);
            filter_.setSort(RunSort::kConfig, path);
        });
    }
    if (keys.empty()) keys_->addAction(tr("No config key differs between the runs"))->setEnabled(false);
}

}  // namespace switchyard::ui
