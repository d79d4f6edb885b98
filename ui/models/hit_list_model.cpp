// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/hit_list_model.h"

namespace switchyard::ui {

void HitListModel::setResult(const RetrievalResult& result) {
    beginResetModel();
    result_ = result;
    scale_ = scoreScale(result);
    endResetModel();
}

int HitListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(result_.hits.size());
}

QVariant HitListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const RetrievalHit& found = hit(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return found.text;
        case Qt::AccessibleTextRole: {
            const QString scores = tr("dual encoder %1").arg(scoreText(found.score));
            return tr("Hit %1, %2, %3")
                .arg(index.row() + 1)
                .arg(found.text,
                     found.match ? tr("matching head %1, %2").arg(matchText(*found.match), scores) : scores);
        }
        default:
            return {};
    }
}

}  // namespace switchyard::ui
