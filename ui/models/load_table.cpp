// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/load_table.h"

#include <cmath>

#include "ui/models/curve_table.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

constexpr int kFixedColumns = 3;  // steps, tokens, dropped

std::uint64_t droppedOf(const LoadRing::Column& cell, LoadModality modality) {
    switch (modality) {
        case LoadModality::kText:
            return cell.dropped[0];
        case LoadModality::kImage:
            return cell.dropped[1];
        case LoadModality::kAll:
            break;
    }
    return cell.dropped[0] + cell.dropped[1];
}

}  // namespace

int TextTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}
int TextTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(heads_.size());
}

QVariant TextTableModel::data(const QModelIndex& index, int role) const {
    if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole || !index.isValid()) return {};
    return rows_[static_cast<std::size_t>(index.row())].value(index.column());
}

QVariant TextTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return orientation == Qt::Horizontal && role == Qt::DisplayRole ? QVariant(heads_.value(section)) : QVariant();
}

void LoadTableModel::sync(const LayerLoads& layer) {
    const int rows = layer.ring.size();
    const bool same_cells =
        layer.ring.generation() == ring_.generation() && layer.ring.experts() == ring_.experts() && rows >= rows_;
    if (!same_cells || rows_ == 0) {
        beginResetModel();
        ring_ = layer.ring;
        rows_ = rows;
        endResetModel();
        return;
    }
    if (rows > rows_) {
        beginInsertRows({}, rows_, rows - 1);
        const int newest = rows_ - 1;
        ring_ = layer.ring;
        rows_ = rows;
        endInsertRows();
        Q_EMIT dataChanged(index(newest, 0), index(newest, columnCount() - 1));
    } else {
        ring_ = layer.ring;
        Q_EMIT dataChanged(index(rows_ - 1, 0), index(rows_ - 1, columnCount() - 1));
    }
}

int LoadTableModel::rowAt(double step) const {
    return rows_ == 0 ? -1 : ring_.columnAt(step);
}
int LoadTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : rows_;
}
int LoadTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kFixedColumns + ring_.experts();
}

QVariant LoadTableModel::data(const QModelIndex& index, int role) const {
    if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole || !index.isValid() || index.row() >= rows_) return {};
    const LoadRing::Column& cell = ring_.column(index.row());
    const auto total = static_cast<double>(ring_.total(index.row(), modality_));
    if (index.column() == 0) {
        const QString last = number(static_cast<double>(cell.last_step), 0);
        return cell.first_step == cell.last_step
                   ? last
                   : number(static_cast<double>(cell.first_step), 0) + QStringLiteral("–") + last;
    }
    if (index.column() == 1) return number(total, 0);
    if (index.column() == 2)
        return total > 0
                   ? number(100.0 * static_cast<double>(droppedOf(cell, modality_)) / total, 2) + QStringLiteral(" %")
                   : QString();
    const double ratio = ring_.ratio(index.row(), modality_, index.column() - kFixedColumns);
    return std::isnan(ratio) ? QString() : number(ratio, 3);
}

QVariant LoadTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    if (section == 0) return tr("Step");
    if (section == 1) return tr("Tokens");
    return section == 2 ? tr("Dropped") : QStringLiteral("E%1").arg(section - kFixedColumns);
}

void writeLoadCsv(QIODevice& out, const LoadRing& ring, LoadModality modality) {
    QByteArray text = "first_step,last_step,records,tokens,dropped";
    for (int e = 0; e < ring.experts(); ++e) text += ",E" + QByteArray::number(e);
    text += '\n';
    for (int i = 0; i < ring.size(); ++i) {
        const LoadRing::Column& cell = ring.column(i);
        text += QByteArray::number(static_cast<qint64>(cell.first_step)) + ',' +
                QByteArray::number(static_cast<qint64>(cell.last_step)) + ',' +
                QByteArray::number(static_cast<qint64>(cell.records)) + ',' +
                QByteArray::number(static_cast<quint64>(ring.total(i, modality))) + ',' +
                QByteArray::number(static_cast<quint64>(droppedOf(cell, modality)));
        for (int e = 0; e < ring.experts(); ++e) {
            const double ratio = ring.ratio(i, modality, e);
            text += ',';
            if (!std::isnan(ratio)) text += csvNumber(ratio);
        }
        text += '\n';
    }
    out.write(text);
}

void writeTableCsv(QIODevice& out, const QStringList& heads, const std::vector<QStringList>& rows) {
    const auto line = [&out](const QStringList& cells) {
        QByteArray text;
        for (qsizetype i = 0; i < cells.size(); ++i) {
            QString cell = cells[i];
            if (cell.contains(u',') || cell.contains(u'"'))
                cell = u'"' + cell.replace(u'"', QStringLiteral("\"\"")) + u'"';
            text += (i > 0 ? "," : "") + cell.toUtf8();
        }
        out.write(text + '\n');
    };
    line(heads);
    for (const QStringList& row : rows) line(row);
}

}  // namespace switchyard::ui
