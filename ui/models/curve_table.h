// SPDX-License-Identifier: GPL-3.0-or-later
// Some metrics of a run side by side, one row a step.
#pragma once

#include <QAbstractTableModel>
#include <QIODevice>
#include <cstdint>
#include <vector>

#include "ui/models/run_curves.h"

namespace switchyard::ui {

/// Raw values. Thread: any, one object in one thread.
class CurveTable {
public:
    explicit CurveTable(QStringList tags) : tags_(std::move(tags)), taken_(static_cast<std::size_t>(tags_.size())) {}
    enum class Change { kNone, kAppended, kRebuilt };
    Change sync(const RunCurves& curves);

    const QStringList& tags() const { return tags_; }
    std::size_t rows() const { return step_.size(); }
    double step(std::size_t row) const { return step_[row]; }
    double time(std::size_t row) const { return time_[row]; }  ///< seconds since 1970
    /// nullopt where the metric has no record at the step.
    std::optional<double> value(std::size_t row, std::size_t tag) const;
    /// Last row with a step <= `step`, 0 when none.
    std::size_t rowAt(double step) const;
    /// step,time,TAG,... with the shortest digits that read back as the same value; steps in [low, high].
    void writeCsv(QIODevice& out, double low, double high) const;

private:
    QStringList tags_;
    std::vector<std::size_t> taken_;  ///< records of each tag that are in rows
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
    void sync(const RunCurves& curves);
    const CurveTable& table() const { return table_; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    CurveTable table_;
    int rows_ = 0;
};

/// "nan", "inf", "-inf" or the shortest digits that read back as `value`.
QByteArray csvNumber(double value);

}  // namespace switchyard::ui
