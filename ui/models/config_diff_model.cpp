// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/config_diff_model.h"

#include "core/base/config/config.h"
#include "ui/models/config_summary.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

void ConfigDiffModel::setConfigs(const RunConfig& self, const RunConfig& other) {
    std::vector<Row> rows;
    for (const std::string& path : config::diff(self, other)) {
        const KeySpec& key = *findKey(path);
        rows.push_back({path, plainValue(key.get(self)), plainValue(key.get(other))});
    }
    setRows(std::move(rows));
}

void ConfigDiffModel::clear() {
    setRows({});
}

void ConfigDiffModel::setRows(std::vector<Row> rows) {
    if (rows == rows_) return;
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
}

int ConfigDiffModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ConfigDiffModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 3;
}

QVariant ConfigDiffModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const QString path = QString::fromStdString(row.path);
    const QString text = index.column() == kKey ? path : index.column() == kThis ? row.self : row.other;
    switch (role) {
        case Qt::DisplayRole:
            return text.isEmpty() ? tr("(empty)") : text;
        case Qt::ToolTipRole:
            return QStringLiteral("%1\n%2").arg(QString::fromStdString(findKey(row.path)->label), text);
        case Qt::FontRole:
            return Theme::instance().font(TextRole::kMono);
        case Qt::ForegroundRole:
            return text.isEmpty() || index.column() == kOther ? QVariant(Theme::instance().palette().muted)
                                                              : QVariant();
        default:
            return {};
    }
}

QVariant ConfigDiffModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == kKey ? tr("Key") : section == kThis ? tr("This text") : tr("The other");
}

}  // namespace switchyard::ui
