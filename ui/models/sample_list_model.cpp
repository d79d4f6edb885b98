// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sample_list_model.h"

#include <QFileInfo>
#include <algorithm>

#include "ui/models/retrieval_result.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

constexpr std::size_t kMostLogitBytes = 128U << 20;
constexpr int kShownLetters = 400;

}  // namespace

QString sampleTitle(const RouteQuery& query) {
    if (query.text.isEmpty()) return RetrievalQuery{{}, query.image}.label();
    const QString text = query.text.left(kShownLetters).simplified();
    return query.pair.isEmpty() ? text : text + QStringLiteral(" / ") + query.pair.left(kShownLetters).simplified();
}

QString routedWords(const RoutedSample& sample, const QString& layer_name) {
    QStringList words;
    const auto tokens = static_cast<int>(sample.pieces.size());
    if (tokens > 0)
        words << (tokens == 1 ? SampleListModel::tr("1 token")
                              : SampleListModel::tr("%1 tokens").arg(number(tokens, 0)));
    if (sample.grid > 0) words << SampleListModel::tr("%1 patches").arg(number(sample.patches(), 0));
    const RoutedLayer* layer = sample.layer(layer_name);
    int dropped = 0;
    for (int row = 0; layer != nullptr && row < layer->rows(); ++row) dropped += layer->droppedOf(row) > 0 ? 1 : 0;
    if (dropped > 0) words << SampleListModel::tr("%1 dropped").arg(number(dropped, 0));
    return words.join(QStringLiteral(", "));
}

void SampleListModel::setEntries(const QList<SampleEntry>& entries) {
    beginResetModel();
    entries_ = entries;
    endResetModel();
}

void SampleListModel::append(const SampleEntry& entry) {
    beginInsertRows({}, static_cast<int>(entries_.size()), static_cast<int>(entries_.size()));
    entries_.append(entry);
    endInsertRows();
}

void SampleListModel::remove(int row) {
    if (row < 0 || row >= entries_.size()) return;
    beginRemoveRows({}, row, row);
    entries_.removeAt(row);
    endRemoveRows();
}

int SampleListModel::rowOf(int key) const {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [key](const SampleEntry& entry) { return entry.key == key; });
    return found == entries_.end() ? -1 : static_cast<int>(found - entries_.begin());
}

void SampleListModel::setRoutes(int key, const RoutedSamplePtr& routes) {
    const int row = rowOf(key);
    if (row < 0) return;
    entries_[row].routes = routes;
    entries_[row].problem.clear();
    saveMemory(row);
    Q_EMIT dataChanged(index(row), index(row));
}

void SampleListModel::setAllRoutes(const QList<RoutedSamplePtr>& routes) {
    for (qsizetype row = 0; row < std::min(routes.size(), entries_.size()); ++row) {
        if (routes[row] == nullptr) continue;
        entries_[row].routes = routes[row];
        entries_[row].problem.clear();
    }
    if (!entries_.isEmpty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void SampleListModel::setProblem(int key, const QString& problem) {
    const int row = rowOf(key);
    if (row < 0) return;
    entries_[row].problem = problem;
    Q_EMIT dataChanged(index(row), index(row));
}

void SampleListModel::saveMemory(int newest_row) {
    std::size_t bytes = 0;
    for (const SampleEntry& entry : entries_)
        if (entry.routes != nullptr) bytes += entry.routes->logitBytes();
    for (int row = 0; row < entries_.size() && bytes > kMostLogitBytes; ++row) {
        if (row == newest_row || entries_[row].routes == nullptr) continue;
        const std::size_t own = entries_[row].routes->logitBytes();
        if (own == 0) continue;
        auto smaller = std::make_shared<RoutedSample>(*entries_[row].routes);
        for (RoutedLayer& layer : smaller->layers) layer.logits = {};
        entries_[row].routes = smaller;
        bytes -= own;
    }
}

void SampleListModel::forgetRoutes() {
    for (SampleEntry& entry : entries_) {
        entry.routes.reset();
        entry.problem.clear();
    }
    if (!entries_.isEmpty()) Q_EMIT dataChanged(index(0), index(static_cast<int>(entries_.size()) - 1));
}

void SampleListModel::setLayer(const QString& layer) {
    layer_ = layer;
    if (!entries_.isEmpty()) Q_EMIT dataChanged(index(0), index(static_cast<int>(entries_.size()) - 1));
}

QList<RoutedSamplePtr> SampleListModel::routes() const {
    QList<RoutedSamplePtr> list;
    for (const SampleEntry& entry : entries_)
        if (entry.routes != nullptr) list.append(entry.routes);
    return list;
}

int SampleListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

QString SampleListModel::outcome(const SampleEntry& entry) const {
    if (!entry.problem.isEmpty()) return tr("could not be traced");
    return entry.routes == nullptr ? tr("not traced yet") : routedWords(*entry.routes, layer_);
}

QVariant SampleListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= entries_.size()) return {};
    const SampleEntry& entry = entries_[index.row()];
    switch (role) {
        case Qt::DisplayRole:
            return sampleTitle(entry.query);
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1, %2").arg(sampleTitle(entry.query), outcome(entry));
        case Qt::ToolTipRole:
            return entry.problem.isEmpty() ? plainToolTip(sampleTitle(entry.query)) : plainToolTip(entry.problem);
        case kImageRole:
            return entry.query.image;
        case kOutcomeRole:
            return outcome(entry);
        case kFailedRole:
            return !entry.problem.isEmpty();
        default:
            return {};
    }
}

}  // namespace switchyard::ui
