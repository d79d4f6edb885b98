// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of RunFeed as rows, and the proxy that filters and sorts them.
#pragma once

#include <QAbstractListModel>
#include <QSortFilterProxyModel>
#include <string>
#include <vector>

#include "core/base/runs/run_query.h"
#include "core/base/runs/run_status.h"

namespace switchyard::ui {

enum RunRole { kRunDirRole = Qt::UserRole + 1, kRunStateRole };

/// Thread: GUI thread.
class RunListModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    /// Rows that stay keep their places: selection and scroll position survive. Tells only of what is different.
    void setStatuses(const std::vector<runs::RunStatus>& statuses);
    const runs::RunStatus& status(int row) const { return rows_[static_cast<std::size_t>(row)].run; }
    /// What search words are looked for in: folded once, when it changes.
    const std::string& searchText(int row) const { return rows_[static_cast<std::size_t>(row)].folded; }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Row {
        runs::RunStatus run;
        std::string text, folded;
    };
    static Row rowOf(const runs::RunStatus& run);
    void removeMissing(const std::vector<runs::RunStatus>& statuses);
    void insertNew(const std::vector<runs::RunStatus>& statuses);

    std::vector<Row> rows_;
};

enum class RunSort { kNewest, kName, kLoss, kState, kProgress, kChanged, kConfig };

/// A search (runs::RunQuery) and a choice of states; both have to fit.
class RunListFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setSearch(const QString& text);
    const runs::RunQuery& query() const { return query_; }
    /// Empty = all.
    void setStates(const std::vector<runs::RunState>& states);
    /// `key`: dotted path, for kConfig.
    void setSort(RunSort sort, const QString& key = {});
    void setReversed(bool reversed);
    RunSort sortKey() const { return sort_; }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    const RunListModel& runs() const;

    runs::RunQuery query_;
    std::vector<runs::RunState> states_;
    RunSort sort_ = RunSort::kNewest;
    std::string key_;
    bool reversed_ = false;
};

/// Case folded as Unicode says, for RunQuery.
std::string foldUnicode(std::string_view text);

}  // namespace switchyard::ui
