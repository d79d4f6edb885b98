// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of RunFeed as rows, and the proxy that filters and sorts them.
#pragma once

#include <QAbstractListModel>
#include <QSortFilterProxyModel>
#include <vector>

#include "core/base/runs/run_folder.h"

namespace switchyard::ui {

enum RunRole { kRunDirRole = Qt::UserRole + 1, kRunStateRole };

/// Thread: GUI thread.
class RunListModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    /// Keeps rows that stay in place (selection and scroll position survive a refresh).
    void setStatuses(const std::vector<runs::RunStatus>& statuses);
    const runs::RunStatus& status(int row) const { return rows_[static_cast<std::size_t>(row)]; }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<runs::RunStatus> rows_;
};

enum class RunFilter { kAll, kLive, kEnded, kFailed };
enum class RunSort { kNewest, kName, kLoss, kState };

/// Search words must all occur in name, tags, note or state.
class RunListFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setSearch(const QString& text);
    void setFilter(RunFilter filter);
    void setSort(RunSort sort);
    RunFilter filter() const { return filter_; }
    RunSort sortKey() const { return sort_; }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    const RunListModel& runs() const;

    QStringList words_;
    RunFilter filter_ = RunFilter::kAll;
    RunSort sort_ = RunSort::kNewest;
};

}  // namespace switchyard::ui
