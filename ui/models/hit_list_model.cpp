// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/hit_list_model.h"

namespace switchyard::ui {

void HitListModel::setResult(const RetrievalResult& result) {
    beginResetModel();
    result_ = result;
    scale_ = scoreScale(result);
    endResetModel();
}

void HitListModel::toggleFold(int row) {
    if (row < 0 || row >= rowCount() || result_.hits[row].alike.isEmpty()) return;
    const QList<RetrievalHit> alike = result_.hits[row].alike;
    const int first = row + 1, last = row + static_cast<int>(alike.size());
    if (result_.hits[row].unfolded) {
        beginRemoveRows({}, first, last);
        result_.hits.remove(first, alike.size());
        endRemoveRows();
    } else {
        beginInsertRows({}, first, last);
        for (int i = 0; i < alike.size(); ++i) result_.hits.insert(first + i, alike[i]);
        endInsertRows();
    }
    result_.hits[row].unfolded = !result_.hits[row].unfolded;
    Q_EMIT dataChanged(index(row), index(row));
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
            const QString told =
                tr("Hit %1, %2, %3")
                    .arg(index.row() + 1)
                    .arg(found.text,
                         found.match ? tr("matching head %1, %2").arg(matchText(*found.match), scores) : scores);
            if (found.is_alike) return tr("%1, alike the one before").arg(told);
            return found.alike_count > 0 ? tr("%1, %n alike", nullptr, found.alike_count).arg(told) : told;
        }
        default:
            return {};
    }
}

}  // namespace switchyard::ui
