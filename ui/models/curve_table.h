// SPDX-License-Identifier: GPL-3.0-or-later
// Some metrics of a run side by side, one row a step.
#pragma once

#include <QAbstractTableModel>
#include <QIODevice>
#include <cstdint>
#include <limits>
#include <vector>

#include "ui/models/run_curves.h"

namespace switchyard::ui {

/// One metric of one run.
struct CurveColumn {
    QString tag;
    int run = 0;
    QString head;
};

/// Raw values. Thread: any, one object in one thread.
class CurveTable {
public:
    /// Of run 0.
    explicit CurveTable(const QStringList& tags);
    explicit CurveTable(std::vector<CurveColumn> columns) : columns_(std::move(columns)), taken_(columns_.size()) {}
    enum class Change { kNone, kAppended, kRebuilt };
    Change sync(const RunCurves& curves) { return sync(std::vector<const RunCurves*>{&curves}); }
    /// Runs by their number.
    Change sync(const std::vector<const RunCurves*>& runs);

    const std::vector<CurveColumn>& columns() const { return columns_; }
    /// Whether all columns are one run's, so that a row has one time.
    bool oneRun() const;
    std::size_t rows() const { return step_.size(); }
    double step(std::size_t row) const { return step_[row]; }
    double time(std::size_t row) const { return time_[row]; }  ///< seconds since 1970
    /// nullopt where the metric has no record at the step.
    std::optional<double> value(std::size_t row, std::size_t tag) const;
    /// Last row with a step <= `step`, 0 when none.
    std::size_t rowAt(double step) const;
    struct Steps {
        double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
    };
    /// step,time,TAG,... with the shortest digits that read back as the same value; of each run the steps asked for
    /// (by its number; those without an entry give all). Without the time where several runs stand in a row.
    void writeCsv(QIODevice& out, const std::vector<Steps>& wanted) const;

private:
    std::vector<CurveColumn> columns_;
    std::vector<std::size_t> taken_;  ///< records of each column that are in rows
    std::vector<double> step_, time_;
    std::vector<double> values_;  ///< row-major
    std::vector<bool> present_;
    std::size_t generation_ = 0;
};

/// The same for views. Thread: GUI thread.
class CurveTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    CurveTableModel(const QStringList& tags, QObject* parent = nullptr) : QAbstractTableModel(parent), table_(tags) {}
    explicit CurveTableModel(std::vector<CurveColumn> columns, QObject* parent = nullptr)
        : QAbstractTableModel(parent), table_(std::move(columns)), with_time_(table_.oneRun()) {}
    void sync(const RunCurves& curves) { sync(std::vector<const RunCurves*>{&curves}); }
    void sync(const std::vector<const RunCurves*>& runs);
    const CurveTable& table() const { return table_; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    CurveTable table_;
    int leading() const { return with_time_ ? 2 : 1; }  ///< step and time
    bool with_time_ = true;
    int rows_ = 0;
};

/// "nan", "inf", "-inf" or the shortest digits that read back as `value`.
QByteArray csvNumber(double value);

}  // namespace switchyard::ui
