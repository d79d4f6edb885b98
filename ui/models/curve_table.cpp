// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/curve_table.h"

#include <QDateTime>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "ui/models/run_words.h"

namespace switchyard::ui {

QByteArray csvNumber(double value) {
    if (std::isnan(value)) return QByteArrayLiteral("nan");
    if (std::isinf(value)) return value > 0 ? QByteArrayLiteral("inf") : QByteArrayLiteral("-inf");
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return QByteArray(text.data(), end.ptr - text.data());
}

CurveTable::Change CurveTable::sync(const RunCurves& curves) {
    const std::size_t width = taken_.size();
    std::vector<const CurveSeries*> series(width);
    bool rebuild = generation_ != curves.generation() && !step_.empty();
    generation_ = curves.generation();
    for (std::size_t tag = 0; tag < width; ++tag) {
        series[tag] = curves.find(tags_[static_cast<qsizetype>(tag)]);
        const std::size_t size = series[tag] == nullptr ? 0 : series[tag]->size();
        // One that comes late for rows that are there.
        rebuild = rebuild || (size > taken_[tag] && !step_.empty() && series[tag]->step()[taken_[tag]] <= step_.back());
    }
    if (rebuild) {
        std::fill(taken_.begin(), taken_.end(), 0);
        step_.clear(), time_.clear(), values_.clear(), present_.clear();
    }
    const std::size_t before = step_.size();
    for (;;) {
        double next = std::numeric_limits<double>::infinity();
        for (std::size_t tag = 0; tag < width; ++tag)
            if (series[tag] != nullptr && taken_[tag] < series[tag]->size())
                next = std::min(next, series[tag]->step()[taken_[tag]]);
        if (std::isinf(next)) break;
        step_.push_back(next);
        time_.push_back(0);
        for (std::size_t tag = 0; tag < width; ++tag) {
            const CurveSeries* own = series[tag];
            const bool here = own != nullptr && taken_[tag] < own->size() && own->step()[taken_[tag]] == next;
            values_.push_back(here ? own->raw()[taken_[tag]] : 0);
            present_.push_back(here);
            if (!here) continue;
            time_.back() = own->origin() + own->elapsed()[taken_[tag]];
            ++taken_[tag];
        }
    }
    return rebuild ? Change::kRebuilt : step_.size() > before ? Change::kAppended : Change::kNone;
}

std::optional<double> CurveTable::value(std::size_t row, std::size_t tag) const {
    const std::size_t at = row * taken_.size() + tag;
    return present_[at] ? std::optional<double>(values_[at]) : std::nullopt;
}

std::size_t CurveTable::rowAt(double step) const {
    const auto after = std::upper_bound(step_.begin(), step_.end(), step);
    return after == step_.begin() ? 0 : static_cast<std::size_t>(after - step_.begin()) - 1;
}

void CurveTable::writeCsv(QIODevice& out, double low, double high) const {
    QByteArray text = "step,time";
    for (const QString& tag : tags_) text += ',' + tag.toUtf8();
    text += '\n';
    for (std::size_t row = 0; row < rows(); ++row) {
        if (step_[row] < low || step_[row] > high) continue;
        text += csvNumber(step_[row]) + ',' + QByteArray::number(time_[row], 'f', 3);
        for (std::size_t tag = 0; tag < taken_.size(); ++tag) {
            text += ',';
            if (const auto cell = value(row, tag)) text += csvNumber(*cell);
        }
        text += '\n';
        if (text.size() > 1 << 20) {
            out.write(text);
            text.clear();
        }
    }
    out.write(text);
}

void CurveTableModel::sync(const RunCurves& curves) {
    CurveTable next = std::move(table_);
    const CurveTable::Change change = next.sync(curves);
    const int rows = static_cast<int>(next.rows());
    if (change == CurveTable::Change::kRebuilt) {
        beginResetModel();
        table_ = std::move(next);
        rows_ = rows;
        endResetModel();
    } else if (change == CurveTable::Change::kAppended) {
        beginInsertRows({}, rows_, rows - 1);
        table_ = std::move(next);
        rows_ = rows;
        endInsertRows();
    } else {
        table_ = std::move(next);
    }
}

int CurveTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : rows_;
}

int CurveTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 2 + static_cast<int>(table_.tags().size());
}

QVariant CurveTableModel::data(const QModelIndex& index, int role) const {
    if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole || !index.isValid() || index.row() >= rows_) return {};
    const auto row = static_cast<std::size_t>(index.row());
    if (index.column() == 0) return number(table_.step(row), 0);
    if (index.column() == 1)
        return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(table_.time(row) * 1000))
            .toString(QStringLiteral("hh:mm:ss"));
    const auto cell = table_.value(row, static_cast<std::size_t>(index.column()) - 2);
    if (!cell) return QString();
    if (!std::isfinite(*cell)) return number(*cell, 0);
    return QString::number(*cell, 'g', 7).replace(u'-', u'−');
}

QVariant CurveTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    if (section == 0) return tr("Step");
    return section == 1 ? tr("Time") : table_.tags().value(section - 2);
}

}  // namespace switchyard::ui
