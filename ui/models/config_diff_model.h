// SPDX-License-Identifier: GPL-3.0-or-later
// Keys in which two configurations differ, as rows: key, this, other.
#pragma once

#include <QAbstractTableModel>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class ConfigDiffModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kKey, kThis, kOther };
    using QAbstractTableModel::QAbstractTableModel;
    void setConfigs(const RunConfig& self, const RunConfig& other);
    void clear();
    const std::string& path(int row) const { return rows_[static_cast<std::size_t>(row)].path; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        std::string path;
        QString self, other;
        bool operator==(const Row&) const = default;
    };
    void setRows(std::vector<Row> rows);
    std::vector<Row> rows_;
};

}  // namespace switchyard::ui
