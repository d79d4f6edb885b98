// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/checkpoint_table.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "core/base/config/config.h"
#include "core/base/config/moe_layers.h"
#include "core/base/io/retention.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "ui/models/run_words.h"
#include "ui/services/failure.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

QString moment(double seconds) {
    const QDateTime then = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds * 1000));
    const bool this_year = then.date().year() == QDate::currentDate().year();
    return QLocale::c().toString(then, this_year ? CheckpointTable::tr("d MMM HH:mm") : CheckpointTable::tr("d MMM yyyy"));
}

/// Files of the run's configuration as `switchyard eval` takes them.
QList<CheckpointsRead::Evaluation> filesOf(const RunConfig& config, const std::vector<std::string>& names) {
    QList<CheckpointsRead::Evaluation> list;
    const std::filesystem::path folder = expandPath(config.data.root);
    const QString root = QString::fromStdString(folder.string());
    const auto file = [&](const std::string& name) {
        return QString::fromStdString((folder / expandPath(name)).lexically_normal().string());
    };
    if (config.data.format == DataFormat::kSynthetic) return list;
    if (config.task.kind == TaskKind::kText) {
        for (std::size_t i = 0; i < std::min(config.task.names.size(), names.size()); ++i)
            list.append({QString::fromStdString(config.task.names[i]), file(names[i]), root});
        return list;
    }
    const QString task = config.task.kind == TaskKind::kVqa ? QStringLiteral("vqa") : QStringLiteral("retrieval");
    for (const std::string& name : names) list.append({task, file(name), root});
    return list;
}

void findBest(const RunConfig& config, CheckpointsRead* read) {
    if (config.checkpoint.best.empty()) return;
    read->best_metric = QString::fromStdString(config.checkpoint.best);
    const io::ListedCheckpoint* best = nullptr;
    const bool less = io::lessIsBetter(config.checkpoint.best);
    for (const io::ListedCheckpoint& row : read->rows) {  // newest first: of equally good ones the newer
        const auto value = row.metrics.find(config.checkpoint.best);
        if (value == row.metrics.end()) continue;
        const bool better = best == nullptr || (less ? value->second < best->metrics.at(config.checkpoint.best)
                                                     : value->second > best->metrics.at(config.checkpoint.best));
        if (better) best = &row;
    }
    if (best != nullptr) read->best = QString::fromStdString(best->name);
}

/// The one that people look at first, else the first by name.
QString leadingMetric(const QStringList& known) {
    for (const char* name : {"accuracy", "f1", "pearson", "mcc", "text_to_image_r10"}) {
        const auto found = std::find_if(known.begin(), known.end(), [name](const QString& metric) {
            return metric.endsWith(u'/' + QString::fromLatin1(name));
        });
        if (found != known.end()) return *found;
    }
    return known.value(0);
}

}  // namespace

CheckpointsRead readCheckpoints(const QString& run_dir) {
    CheckpointsRead read;
    read.run_dir = run_dir;
    if (run_dir.isEmpty()) return read;
    const runs::RunPaths paths(run_dir.toStdString());
    try {
        read.rows = io::listCheckpoints(paths.checkpoints());
        std::reverse(read.rows.begin(), read.rows.end());
        const config::LoadResult loaded = config::loadFile(paths.resolvedConfig().string());
        if (!loaded.ok()) return read;  // an old or torn file: the checkpoints are told all the same
        const RunConfig::Data& data = loaded.config.data;
        read.evaluations = filesOf(loaded.config, data.eval);
        if (data.format == DataFormat::kJsonl || data.format == DataFormat::kTsv)
            read.trainings = filesOf(loaded.config, data.train);
        for (const std::int64_t experts : config::expertsOfLayers(loaded.config)) {
            read.experts = std::max<qint64>(read.experts, experts);
            read.all_experts += experts;
        }
        findBest(loaded.config, &read);
    } catch (const Error& error) {
        if (read.rows.empty()) read.problem = Failure::of(error).sentence();
    } catch (const std::exception& error) {
        if (read.rows.empty()) read.problem = QString::fromUtf8(error.what());
    }
    return read;
}

QString checkpointName(const io::ListedCheckpoint& row) {
    return row.step >= 0 ? CheckpointTable::tr("step %1").arg(number(static_cast<double>(row.step), 0))
                         : QString::fromStdString(row.name);
}

QString sentenceStart(QString words) {
    if (!words.isEmpty()) words[0] = words[0].toUpper();
    return words;
}

QString metricWords(const QString& metric) {
    QString words = metric.startsWith(QStringLiteral("eval/")) ? metric.mid(5) : metric;
    return words.replace(u'/', u' ').replace(u'_', u' ');
}

QString verifiedWords(const io::ListedCheckpoint& row) {
    if (!row.ok()) return CheckpointTable::tr("broken");
    return row.verified_at > 0 ? CheckpointTable::tr("verified %1").arg(moment(row.verified_at))
                               : CheckpointTable::tr("not verified");
}

void CheckpointTable::take(CheckpointsRead read) {
    beginResetModel();
    read_ = std::move(read);
    const QStringList known = metrics();
    if (!known.contains(metric_))
        metric_ = known.contains(read_.best_metric) ? read_.best_metric : leadingMetric(known);
    endResetModel();
}

int CheckpointTable::indexOf(const QString& name) const {
    for (int i = 0; i < rowCount(); ++i) {
        if (QString::fromStdString(row(i).name) == name) return i;
    }
    return -1;
}

QStringList CheckpointTable::metrics() const {
    std::set<std::string> names;
    for (const io::ListedCheckpoint& row : read_.rows) {
        for (const auto& [name, value] : row.metrics) names.insert(name);
    }
    QStringList list;
    for (const std::string& name : names) list << QString::fromStdString(name);
    return list;
}

void CheckpointTable::setMetric(const QString& metric) {
    if (metric == metric_) return;
    metric_ = metric;
    Q_EMIT headerDataChanged(Qt::Horizontal, kMetric, kMetric);
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, kMetric), index(rowCount() - 1, kMetric));
}

quint64 CheckpointTable::bytes() const {
    quint64 sum = 0;
    for (const io::ListedCheckpoint& row : read_.rows) sum += row.bytes;
    return sum;
}

int CheckpointTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(read_.rows.size());
}

int CheckpointTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QString CheckpointTable::text(const io::ListedCheckpoint& row, int column) const {
    const QString none = QStringLiteral("–");
    switch (column) {
        case kStep:
            return row.step >= 0 ? number(static_cast<double>(row.step), 0) : QString::fromStdString(row.name);
        case kSaved:
            return row.saved_at > 0 ? moment(row.saved_at) : none;
        case kSize:
            return row.ok() ? ui::bytes(static_cast<double>(row.bytes)) : none;
        case kRanks:
            return row.ok() ? QString::number(row.ranks) : none;
        case kMetric: {
            const auto value = row.metrics.find(metric_.toStdString());
            return value == row.metrics.end() ? none : shortNumber(value->second);
        }
        case kVerified:
            return verifiedWords(row);
        case kKept: {
            QStringList words;
            if (row.pinned) words << tr("pinned");
            if (!read_.best.isEmpty() && QString::fromStdString(row.name) == read_.best) words << tr("best");
            if (&row == &read_.rows.front()) words << tr("newest");
            return words.join(QStringLiteral(", "));
        }
        default:
            return {};
    }
}

QVariant CheckpointTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const io::ListedCheckpoint& at = row(index.row());
    const int column = index.column();
    const bool numbers = column == kStep || column == kSize || column == kRanks || column == kMetric;
    const Theme& theme = Theme::instance();
    switch (role) {
        case Qt::DisplayRole:
            return text(at, column);
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::AlignVCenter | (numbers ? Qt::AlignRight : Qt::AlignLeft));
        case Qt::FontRole:
            return numbers ? theme.font(TextRole::kMono) : theme.font(TextRole::kTable);
        case Qt::ForegroundRole:
            if (column == kVerified)
                return !at.ok()             ? theme.palette().danger
                       : at.verified_at > 0 ? theme.palette().success
                                            : theme.palette().muted;
            return QVariant();
        case Qt::DecorationRole:
            if (column != kVerified) return {};
            return !at.ok()             ? theme.icon(QStringLiteral("error"), theme.palette().danger)
                   : at.verified_at > 0 ? theme.icon(QStringLiteral("ok"), theme.palette().success)
                                        : QIcon();
        case Qt::ToolTipRole:
            return at.ok() ? QString::fromStdString(at.folder.string()) : QString::fromStdString(at.problem);
        case Qt::AccessibleTextRole: {
            const QString word = headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
            return QStringLiteral("%1 %2").arg(word, text(at, column));
        }
        default:
            return {};
    }
}

QVariant CheckpointTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool numbers = section == kStep || section == kSize || section == kRanks || section == kMetric;
        return QVariant::fromValue(Qt::AlignVCenter | (numbers ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case kStep:
            return tr("Step");
        case kSaved:
            return tr("Saved");
        case kSize:
            return tr("Size");
        case kRanks:
            return tr("Ranks");
        case kMetric:
            return metric_.isEmpty() ? tr("Measured") : metricWords(metric_);
        case kVerified:
            return tr("Hashes");
        case kKept:
            return tr("Kept as");
        default:
            return {};
    }
}

}  // namespace switchyard::ui
