// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_list_model.h"

#include <algorithm>

#include "ui/models/alarm_words.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {

void RunListModel::setStatuses(const std::vector<runs::RunStatus>& statuses) {
    bool same = statuses.size() == rows_.size();
    for (std::size_t i = 0; same && i < statuses.size(); ++i) same = statuses[i].dir == rows_[i].dir;
    if (same) {
        rows_ = statuses;
        if (!rows_.empty()) Q_EMIT dataChanged(index(0), index(static_cast<int>(rows_.size()) - 1));
        return;
    }
    beginResetModel();
    rows_ = statuses;
    endResetModel();
}

int RunListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant RunListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const runs::RunStatus& run = status(index.row());
    const QString name = QString::fromStdString(run.name);
    switch (role) {
        case Qt::DisplayRole: return name;
        case kRunDirRole: return QString::fromStdString(run.dir.string());
        case kRunStateRole: return static_cast<int>(run.state);
        case Qt::ToolTipRole: {
            QString tip = QString::fromStdString(run.dir.string());
            if (!run.problem.empty()) tip += u'\n' + QString::fromStdString(run.problem);
            if (run.result && !run.result->error.empty()) tip += u'\n' + QString::fromStdString(run.result->error);
            if (!run.alarms.empty()) tip += u'\n' + alarmsSummary(run.alarms);
            return tip;
        }
        case Qt::AccessibleTextRole:
            return tr("%1, %2, %3, loss %4").arg(name, stateWord(run.state), progressText(run), lossText(run)) +
                   (run.alarms.empty() ? QString() : QStringLiteral(", ") + alarmsSummary(run.alarms));
        default: return {};
    }
}

const RunListModel& RunListFilter::runs() const { return *static_cast<const RunListModel*>(sourceModel()); }

void RunListFilter::setSearch(const QString& text) {
    words_ = text.simplified().toLower().split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

void RunListFilter::setFilter(RunFilter filter) {
    filter_ = filter;
    invalidateFilter();
}

void RunListFilter::setSort(RunSort sort_key) {
    sort_ = sort_key;
    invalidate();
    sort(0);
}

bool RunListFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const switchyard::runs::RunStatus& run = runs().status(row);
    const bool live = switchyard::runs::isLive(run.state);
    using State = switchyard::runs::RunState;
    const bool failed = run.state == State::kFailed || run.state == State::kLost;
    if (filter_ == RunFilter::kLive && !live) return false;
    if (filter_ == RunFilter::kEnded && (live || failed || run.state == State::kQueued)) return false;
    if (filter_ == RunFilter::kFailed && !failed) return false;
    if (words_.isEmpty()) return true;
    QString text = QString::fromStdString(run.name + ' ' + run.note);
    for (const std::string& tag : run.tags) text += u' ' + QString::fromStdString(tag);
    text = (text + u' ' + stateWord(run.state)).toLower();
    return std::all_of(words_.begin(), words_.end(), [&](const QString& word) { return text.contains(word); });
}

bool RunListFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const auto& a = runs().status(left.row());
    const auto& b = runs().status(right.row());
    switch (sort_) {
        case RunSort::kName:
            if (a.name != b.name) return a.name < b.name;
            break;
        case RunSort::kLoss:
            if (a.has_loss != b.has_loss) return a.has_loss;
            if (a.has_loss && a.loss != b.loss) return a.loss < b.loss;
            break;
        case RunSort::kState:
            if (a.state != b.state) return a.state < b.state;
            break;
        case RunSort::kNewest: break;
    }
    return left.row() < right.row();  // the feed lists newest first
}

}  // namespace switchyard::ui
