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

CurveTable::CurveTable(const QStringList& tags) : taken_(static_cast<std::size_t>(tags.size())) {
    for (const QString& tag : tags) columns_.push_back({tag, 0, tag});
}

bool CurveTable::oneRun() const {
    return std::all_of(columns_.begin(), columns_.end(),
                       [this](const CurveColumn& column) { return column.run == columns_.front().run; });
}

CurveTable::Change CurveTable::sync(const std::vector<const RunCurves*>& runs) {
    const std::size_t width = taken_.size();
    std::vector<const CurveSeries*> series(width);
    std::size_t generation = 0;
    for (const RunCurves* run : runs) generation += run->generation();
    bool rebuild = generation_ != generation && !step_.empty();
    generation_ = generation;
    for (std::size_t tag = 0; tag < width; ++tag) {
        const auto run = static_cast<std::size_t>(columns_[tag].run);
        series[tag] = run < runs.size() ? runs[run]->find(columns_[tag].tag) : nullptr;
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

void CurveTable::writeCsv(QIODevice& out, const std::vector<Steps>& wanted) const {
    const bool with_time = oneRun();
    QByteArray text = with_time ? "step,time" : "step";
    for (const CurveColumn& column : columns_) {
        QByteArray head = column.head.toUtf8();
        if (head.contains(',') || head.contains('"')) head = '"' + head.replace('"', "\"\"") + '"';
        text += ',' + head;
    }
    text += '\n';
    const auto isWanted = [&](std::size_t row, const CurveColumn& column) {
        const auto run = static_cast<std::size_t>(column.run);
        return run >= wanted.size() || (step_[row] >= wanted[run].low && step_[row] <= wanted[run].high);
    };
    for (std::size_t row = 0; row < rows(); ++row) {
        if (std::none_of(columns_.begin(), columns_.end(), [&](const auto& column) { return isWanted(row, column); }))
            continue;
        text += csvNumber(step_[row]);
        if (with_time) text += ',' + QByteArray::number(time_[row], 'f', 3);
        for (std::size_t tag = 0; tag < taken_.size(); ++tag) {
            text += ',';
            const auto cell = value(row, tag);
            if (cell && isWanted(row, columns_[tag])) text += csvNumber(*cell);
        }
        text += '\n';
        if (text.size() > 1 << 20) {
            out.write(text);
            text.clear();
        }
    }
    out.write(text);
}

void CurveTableModel::sync(const std::vector<const RunCurves*>& runs) {
    CurveTable next = std::move(table_);
    const CurveTable::Change change = next.sync(runs);
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
    return parent.isValid() ? 0 : leading() + static_cast<int>(table_.columns().size());
}

QVariant CurveTableModel::data(const QModelIndex& index, int role) const {
    if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole || !index.isValid() || index.row() >= rows_) return {};
    const auto row = static_cast<std::size_t>(index.row());
    if (index.column() == 0) return number(table_.step(row), 0);
    if (index.column() == 1 && with_time_)
        return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(table_.time(row) * 1000))
            .toString(QStringLiteral("hh:mm:ss"));
    const auto cell = table_.value(row, static_cast<std::size_t>(index.column() - leading()));
    if (!cell) return QString();
    if (!std::isfinite(*cell)) return number(*cell, 0);
    return QString::number(*cell, 'g', 7).replace(u'-', u'−');
}

QVariant CurveTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    if (section == 0) return tr("Step");
    if (section == 1 && with_time_) return tr("Time");
    const auto column = static_cast<std::size_t>(section - leading());
    return column < table_.columns().size() ? table_.columns()[column].head : QString();
}

}  // namespace switchyard::ui
