// SPDX-License-Identifier: GPL-3.0-or-later
// The hits of one search as rows, best first.
#pragma once

#include <QAbstractListModel>

#include "ui/models/retrieval_result.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class HitListModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setResult(const RetrievalResult& result);
    const RetrievalResult& result() const { return result_; }
    const RetrievalHit& hit(int row) const { return result_.hits[row]; }
    /// The pictures alike of this hit stand behind it, or in it again. Nothing when it has none.
    void toggleFold(int row);
    double scale() const { return scale_; }  ///< where the dual encoder's bar ends
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    RetrievalResult result_;
    double scale_ = 1;
};

}  // namespace switchyard::ui
