// SPDX-License-Identifier: GPL-3.0-or-later
// The hottest or coldest experts as a table.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "ui/models/expert_shares.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class ExpertShareModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kExpert, kRatio, kLoad, kText, kColumns };
    enum Role { kExpertRole = Qt::UserRole + 1, kRatioRole, kBarRole };  ///< bar: 0 to 1
    using QAbstractTableModel::QAbstractTableModel;
    /// `full` = the ratio that fills a bar.
    void setShares(std::vector<ExpertShare> shares, double full);
    int rowOf(int expert) const;  ///< -1 when it is not listed
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<ExpertShare> shares_;
    double full_ = 1;
};

}  // namespace switchyard::ui
