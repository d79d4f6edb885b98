// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/expert_share_model.h"

#include <algorithm>

#include "ui/models/run_words.h"

namespace switchyard::ui {

void ExpertShareModel::setShares(std::vector<ExpertShare> shares, double full) {
    full_ = full > 0 ? full : 1;
    // As many rows as before: the view keeps its selection and place.
    if (shares.size() == shares_.size() && !shares.empty()) {
        shares_ = std::move(shares);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
        return;
    }
    beginResetModel();
    shares_ = std::move(shares);
    endResetModel();
}

int ExpertShareModel::rowOf(int expert) const {
    const auto found =
        std::find_if(shares_.begin(), shares_.end(), [expert](const auto& s) { return s.expert == expert; });
    return found == shares_.end() ? -1 : static_cast<int>(found - shares_.begin());
}

int ExpertShareModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(shares_.size());
}

int ExpertShareModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant ExpertShareModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const ExpertShare& share = shares_[static_cast<std::size_t>(index.row())];
    if (role == kExpertRole) return share.expert;
    if (role == kRatioRole) return share.ratio;
    if (role == kBarRole) return std::clamp(share.ratio / full_, 0.0, 1.0);
    if (role == Qt::TextAlignmentRole) {
        const bool right = index.column() == kRatio || index.column() == kText;
        return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    switch (index.column()) {
        case kExpert:
            return QStringLiteral("E%1").arg(share.expert);
        case kRatio:
            return number(share.ratio, share.ratio < 0.995 ? 2 : 1);
        case kLoad:
            return tr("%1 % of tokens").arg(number(100 * share.share, 1));
        case kText:
            return share.textShare() ? number(100 * *share.textShare(), 0) + QStringLiteral(" %") : QStringLiteral("–");
        default:
            return {};
    }
}

QVariant ExpertShareModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool right = section == kRatio || section == kText;
        return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) return {};
    static const char* const names[] = {QT_TR_NOOP("Expert"), QT_TR_NOOP("× fair"), QT_TR_NOOP("Load"),
                                        QT_TR_NOOP("Text")};
    return tr(names[section]);
}

}  // namespace switchyard::ui
