// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_list_model.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "ui/models/alarm_words.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

/// Whether a row would look and be found the same.
bool sameRow(const runs::RunStatus& a, const runs::RunStatus& b) {
    const auto parts = [](const runs::RunStatus& run) {
        return std::tie(run.name, run.state, run.problem, run.step, run.steps, run.loss, run.has_loss, run.samples_per_s,
                        run.step_ms, run.tags, run.note, run.updated_at, run.checkpoint, run.queue_place, run.elsewhere,
                        run.config);
    };
    return parts(a) == parts(b) && a.result.has_value() == b.result.has_value() &&
           a.supervisor.has_value() == b.supervisor.has_value();
}

/// Value of a config key: numbers before texts, texts by the alphabet, runs without the key last.
std::tuple<int, double, std::string> sortValue(const runs::RunStatus& run, const std::string& key) {
    const std::string* value = run.config == nullptr ? nullptr : run.config->find(key);
    if (value == nullptr) return {2, 0, {}};
    bool is_number = false;
    const double number = QString::fromStdString(*value).toDouble(&is_number);
    if (is_number) return {0, number, {}};
    return {1, 0, *value};
}

double share(const runs::RunStatus& run) {
    return run.steps > 0 ? static_cast<double>(run.step) / static_cast<double>(run.steps) : 0;
}

}  // namespace

std::string foldUnicode(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toCaseFolded().toStdString();
}

RunListModel::Row RunListModel::rowOf(const runs::RunStatus& run) {
    Row row{run, runs::RunQuery::searchText(run), {}};
    row.folded = foldUnicode(row.text);
    return row;
}

void RunListModel::removeMissing(const std::vector<runs::RunStatus>& statuses) {
    std::set<std::string> there;
    for (const runs::RunStatus& run : statuses) there.insert(run.dir.string());
    for (int last = rowCount() - 1; last >= 0;) {
        int first = last;
        const auto missing = [&](int row) { return !there.contains(status(row).dir.string()); };
        if (!missing(last)) {
            --last;
            continue;
        }
        while (first > 0 && missing(first - 1)) --first;
        beginRemoveRows({}, first, last);
        rows_.erase(rows_.begin() + first, rows_.begin() + last + 1);
        endRemoveRows();
        last = first - 1;
    }
}

void RunListModel::insertNew(const std::vector<runs::RunStatus>& statuses) {
    for (std::size_t at = 0; at < statuses.size();) {
        if (at < rows_.size() && rows_[at].run.dir == statuses[at].dir) {
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        while (end < statuses.size() && (at >= rows_.size() || statuses[end].dir != rows_[at].run.dir)) ++end;
        std::vector<Row> fresh;
        for (std::size_t i = at; i < end; ++i) fresh.push_back(rowOf(statuses[i]));
        beginInsertRows({}, static_cast<int>(at), static_cast<int>(end) - 1);
        rows_.insert(rows_.begin() + static_cast<std::ptrdiff_t>(at), std::make_move_iterator(fresh.begin()),
                     std::make_move_iterator(fresh.end()));
        endInsertRows();
        at = end;
    }
}

void RunListModel::setStatuses(const std::vector<runs::RunStatus>& statuses) {
    removeMissing(statuses);
    // What is left has to be in the new order for the rest to fit in between.
    std::size_t at = 0;
    for (const runs::RunStatus& run : statuses) {
        if (at < rows_.size() && rows_[at].run.dir == run.dir) ++at;
    }
    if (at < rows_.size()) {
        beginResetModel();
        rows_.clear();
        for (const runs::RunStatus& run : statuses) rows_.push_back(rowOf(run));
        endResetModel();
        return;
    }
    insertNew(statuses);
    int first = -1, last = -1;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (sameRow(rows_[i].run, statuses[i])) continue;
        std::string text = runs::RunQuery::searchText(statuses[i]);
        rows_[i].run = statuses[i];
        if (text != rows_[i].text) {
            rows_[i].folded = foldUnicode(text);
            rows_[i].text = std::move(text);
        }
        last = static_cast<int>(i);
        if (first < 0) first = last;
    }
    if (first >= 0) Q_EMIT dataChanged(index(first), index(last));
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
            QStringList tags;
            for (const std::string& tag : run.tags) tags << QString::fromStdString(tag);
            if (!tags.isEmpty()) tip += u'\n' + tr("Tags: %1").arg(tags.join(QStringLiteral(", ")));
            if (!run.note.empty()) tip += u'\n' + QString::fromStdString(run.note);
            // Names, tags and notes come from files: shown as they are, wrapped by the rich text's engine.
            return QStringLiteral("<p style=\"white-space: pre-wrap\">%1</p>").arg(tip.toHtmlEscaped());
        }
        case Qt::AccessibleTextRole:
            return tr("%1, %2, %3, loss %4").arg(name, stateWord(run.state), progressText(run), lossText(run)) +
                   (run.alarms.empty() ? QString() : QStringLiteral(", ") + alarmsSummary(run.alarms));
        default: return {};
    }
}

const RunListModel& RunListFilter::runs() const {
    return *static_cast<const RunListModel*>(sourceModel());
}

void RunListFilter::setSearch(const QString& text) {
    query_ = switchyard::runs::RunQuery(text.toStdString(), foldUnicode);
    invalidateFilter();
}

void RunListFilter::setStates(const std::vector<switchyard::runs::RunState>& states) {
    states_ = states;
    invalidateFilter();
}

void RunListFilter::setSort(RunSort sort_key, const QString& key) {
    sort_ = sort_key;
    key_ = key.toStdString();
    invalidate();
    sort(0);
}

void RunListFilter::setReversed(bool reversed) {
    reversed_ = reversed;
    setSort(sort_, QString::fromStdString(key_));
}

bool RunListFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const switchyard::runs::RunStatus& run = runs().status(row);
    if (!states_.empty() && std::find(states_.begin(), states_.end(), run.state) == states_.end()) return false;
    return query_.matches(run, runs().searchText(row));
}

bool RunListFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const auto& a = runs().status(reversed_ ? right.row() : left.row());
    const auto& b = runs().status(reversed_ ? left.row() : right.row());
    switch (sort_) {
        case RunSort::kName:
            if (a.name != b.name) return a.name < b.name;
            break;
        case RunSort::kLoss:
            if (a.has_loss != b.has_loss) return a.has_loss;
            // A loss that is not a number has no place among numbers: behind them.
            if (a.has_loss && (a.loss == a.loss) != (b.loss == b.loss)) return a.loss == a.loss;
            if (a.has_loss && a.loss == a.loss && a.loss != b.loss) return a.loss < b.loss;
            break;
        case RunSort::kState:
            if (a.state != b.state) return a.state < b.state;
            if (a.queue_place != b.queue_place) return a.queue_place < b.queue_place;
            break;
        case RunSort::kProgress:
            if (share(a) != share(b)) return share(a) > share(b);
            break;
        case RunSort::kChanged: {
            const double a_at = std::max(a.updated_at, a.created_at), b_at = std::max(b.updated_at, b.created_at);
            if (a_at != b_at) return a_at > b_at;
            break;
        }
        case RunSort::kConfig: {
            const auto a_value = sortValue(a, key_), b_value = sortValue(b, key_);
            if (a_value != b_value) return a_value < b_value;
            break;
        }
        case RunSort::kNewest: break;
    }
    return reversed_ ? right.row() < left.row() : left.row() < right.row();  // the feed lists newest first
}

}  // namespace switchyard::ui
