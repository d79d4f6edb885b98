// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_differences.h"

#include <QPainter>
#include <QPixmap>
#include <algorithm>
#include <set>

#include "core/base/config/config.h"
#include "core/base/config/schema.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"
#include "ui/models/config_summary.h"
#include "ui/models/curve_table.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

/// They differ between any two runs and say nothing about either.
bool namesTheRun(const std::string& path) {
    return path == "run.name" || path == "run.dir";
}

QString shownValue(const QString& tag, double value) {
    if (tag.startsWith(QLatin1String("memory/"))) return bytes(value);
    if (tag.startsWith(QLatin1String("eval/retrieval/"))) return number(100 * value, 1) + QStringLiteral(" %");
    return shortNumber(value);
}

/// The run's line, as the legend of the plots shows it.
QPixmap lineSample(int series) {
    QPixmap sample(22, 12);
    sample.fill(Qt::transparent);
    QPainter painter(&sample);
    painter.setPen(Theme::instance().seriesPen(series));
    painter.drawLine(0, sample.height() / 2, sample.width(), sample.height() / 2);
    return sample;
}

QByteArray quoted(const QString& text) {
    QByteArray bytes = text.toUtf8();
    if (!bytes.contains(',') && !bytes.contains('"') && !bytes.contains('\n')) return bytes;
    return '"' + bytes.replace('"', "\"\"") + '"';
}

}  // namespace

RunSheet readRunSheet(const QString& dir) {
    RunSheet sheet;
    sheet.dir = dir;
    const runs::RunPaths paths(dir.toStdString());
    sheet.name = QString::fromStdString(paths.dir.filename().string());
    try {
        const config::LoadResult loaded = config::loadFile(paths.resolvedConfig().string());
        sheet.config_known = loaded.ok();
        if (sheet.config_known) sheet.config = loaded.config;
    } catch (const std::exception&) {
        sheet.config_known = false;
    }
    try {
        runs::RunDbReader reader(paths.database());
        for (const std::string& tag : reader.tags()) {
            runs::Metric last;
            if (tag.starts_with("moe/") || !reader.last(tag, &last)) continue;
            sheet.finals[QString::fromStdString(tag)] = last.value;
            sheet.last_step = std::max(sheet.last_step, static_cast<double>(last.step));
        }
    } catch (const std::exception&) {
        sheet.finals.clear();  // a run without records has a configuration all the same
    }
    return sheet;
}

void RunDifferencesModel::setSheets(const std::vector<RunSheet>& sheets, const std::vector<int>& series) {
    beginResetModel();
    names_.clear();
    rows_.clear();
    for (const RunSheet& sheet : sheets) names_ << sheet.name;
    series_ = series;
    if (sheets.size() > 1) {
        addConfigRows(sheets);
        addFinalRows(sheets);
    }
    endResetModel();
}

void RunDifferencesModel::addConfigRows(const std::vector<RunSheet>& sheets) {
    std::set<std::string> paths;
    const RunSheet* first = nullptr;
    for (const RunSheet& sheet : sheets) {
        if (!sheet.config_known) continue;
        if (first == nullptr) first = &sheet;
        for (const std::string& path : config::diff(first->config, sheet.config)) paths.insert(path);
    }
    const std::size_t head = rows_.size();
    rows_.push_back({true, {}, {}, {}, {}});
    config_rows_ = 0;
    for (const KeySpec& key : schema()) {
        if (!paths.contains(key.path) || namesTheRun(key.path)) continue;
        Row row{false, QString::fromStdString(key.path), QString::fromStdString(key.label), {}, {}};
        for (const RunSheet& sheet : sheets) {
            const QString value = sheet.config_known ? plainValue(key.get(sheet.config)) : QString();
            row.shown << (!sheet.config_known ? tr("not readable") : value.isEmpty() ? tr("(empty)") : value);
            row.exact << value;
        }
        rows_.push_back(std::move(row));
        ++config_rows_;
    }
    rows_[head].name = config_rows_ == 0   ? tr("Configuration: no key differs")
                       : config_rows_ == 1 ? tr("Configuration: 1 key differs")
                                           : tr("Configuration: %1 keys differ").arg(config_rows_);
}

void RunDifferencesModel::addFinalRows(const std::vector<RunSheet>& sheets) {
    std::set<QString> tags;
    for (const RunSheet& sheet : sheets)
        for (const auto& [tag, value] : sheet.finals) tags.insert(tag);
    rows_.push_back({true, tr("Final values"), {}, {}, {}});
    Row steps{false, tr("last step"), {}, {}, {}};
    for (const RunSheet& sheet : sheets) {
        steps.shown << number(sheet.last_step, 0);
        steps.exact << QString::fromLatin1(csvNumber(sheet.last_step));
    }
    rows_.push_back(std::move(steps));
    for (const QString& tag : tags) {
        Row row{false, tag, {}, {}, {}};
        for (const RunSheet& sheet : sheets) {
            const auto found = sheet.finals.find(tag);
            const bool there = found != sheet.finals.end();
            row.shown << (there ? shownValue(tag, found->second) : QStringLiteral("–"));
            row.exact << (there ? QString::fromLatin1(csvNumber(found->second)) : QString());
        }
        rows_.push_back(std::move(row));
    }
}

void RunDifferencesModel::writeCsv(QIODevice& out) const {
    QByteArray text = "part,key";
    for (const QString& name : names_) text += ',' + quoted(name);
    text += '\n';
    bool config = true;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i].head) {
            config = i == 0;
            continue;
        }
        text += config ? "config," : "final,";
        text += quoted(rows_[i].name);
        for (const QString& value : rows_[i].exact) text += ',' + quoted(value);
        text += '\n';
    }
    out.write(text);
}

int RunDifferencesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int RunDifferencesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || names_.isEmpty() ? 0 : 1 + static_cast<int>(names_.size());
}

QVariant RunDifferencesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const Theme& theme = Theme::instance();
    const bool key = index.column() == 0;
    switch (role) {
        case Qt::DisplayRole:
            return key ? row.name : row.head ? QString() : row.shown.value(index.column() - 1);
        case Qt::ToolTipRole:
            return key ? row.tip : row.head ? QString() : row.shown.value(index.column() - 1);
        case Qt::FontRole:
            return theme.font(row.head ? TextRole::kTitle : TextRole::kMono);
        case Qt::TextAlignmentRole:
            return QVariant((key ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case Qt::BackgroundRole:
            return row.head ? QVariant(theme.palette().raised) : QVariant();
        default:
            return {};
    }
}

QVariant RunDifferencesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const auto run = static_cast<std::size_t>(section - 1);
    switch (role) {
        case Qt::DisplayRole:
            return section == 0 ? tr("Key") : names_.value(section - 1);
        case Qt::TextAlignmentRole:
            return QVariant((section == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case Qt::DecorationRole:
            return section > 0 && run < series_.size() ? QVariant(lineSample(series_[run])) : QVariant();
        default:
            return {};
    }
}

Qt::ItemFlags RunDifferencesModel::flags(const QModelIndex& index) const {
    return index.isValid() && isHead(index.row()) ? Qt::ItemIsEnabled : QAbstractTableModel::flags(index);
}

}  // namespace switchyard::ui
