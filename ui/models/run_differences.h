// SPDX-License-Identifier: GPL-3.0-or-later
// What sets runs apart: the configuration keys in which they differ, and the values they ended with.
#pragma once

#include <QAbstractTableModel>
#include <QIODevice>
#include <map>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::ui {

/// One run as its folder tells it.
struct RunSheet {
    QString dir, name;
    bool config_known = false;  ///< false: the resolved configuration could not be read
    RunConfig config;
    std::map<QString, double> finals;  ///< last value of each metric but the routers'
    double last_step = 0;
};

/// Never throws. Thread: any, but not the GUI's (it waits for files).
RunSheet readRunSheet(const QString& dir);

/// Rows: keys whose values are not the same in all runs whose configuration is known (name and folder left out), then
/// the final values. Columns: key, one for each run. Thread: GUI thread.
class RunDifferencesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    /// `colors`: one a run, for the heads.
    void setSheets(const std::vector<RunSheet>& sheets, const std::vector<int>& series);
    void clear() { setSheets({}, {}); }
    /// Rows that only say what follows.
    bool isHead(int row) const { return rows_[static_cast<std::size_t>(row)].head; }
    int configRows() const { return config_rows_; }  ///< keys that differ
    void writeCsv(QIODevice& out) const;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Row {
        bool head = false;
        QString name, tip;
        QStringList shown, exact;  ///< one a run; as a person reads it, and as a file keeps it
    };
    void addConfigRows(const std::vector<RunSheet>& sheets);
    void addFinalRows(const std::vector<RunSheet>& sheets);

    QStringList names_;
    std::vector<int> series_;
    std::vector<Row> rows_;
    int config_rows_ = 0;
};

}  // namespace switchyard::ui
