// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/query_history.h"

#include <QSettings>
#include <algorithm>

namespace switchyard::ui {
namespace {

const QString kArray = QStringLiteral("queries");
constexpr qsizetype kLongestText = 1000;

}  // namespace

QueryHistory::QueryHistory(QString file, QObject* parent) : QAbstractListModel(parent), file_(std::move(file)) {
    QSettings settings(file_, QSettings::IniFormat);
    const int count = std::min(settings.beginReadArray(kArray), kMost);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        Entry entry;
        entry.query.text = settings.value(QStringLiteral("text")).toString().left(kLongestText);
        entry.query.image = settings.value(QStringLiteral("image")).toString();
        entry.hits = settings.value(QStringLiteral("hits")).toInt();
        entry.ms = settings.value(QStringLiteral("ms")).toDouble();
        entry.query.pictures = settings.value(QStringLiteral("pictures")).toBool();
        entry.query.image_percent = std::clamp(settings.value(QStringLiteral("image_percent"), 50).toInt(), 0, 100);
        if (!entry.query.isEmpty()) entries_.append(entry);
    }
    settings.endArray();
}

void QueryHistory::add(const RetrievalResult& result) {
    if (result.query.isEmpty() || result.query.text.size() > kLongestText) return;
    const Entry entry{result.query, static_cast<int>(result.hits.size()),
                      result.search_ms + result.rerank_ms.value_or(0)};
    const int row = rowOf(result.query);
    if (row > 0) {
        beginMoveRows({}, row, row, {}, 0);
        entries_.move(row, 0);
        endMoveRows();
    }
    if (row >= 0) {
        entries_[0] = entry;
        Q_EMIT dataChanged(index(0), index(0));
    } else {
        beginInsertRows({}, 0, 0);
        entries_.prepend(entry);
        endInsertRows();
        if (entries_.size() > kMost) {
            beginRemoveRows({}, kMost, kMost);
            entries_.removeLast();
            endRemoveRows();
        }
    }
    save();
}

void QueryHistory::remove(int row) {
    if (row < 0 || row >= rowCount()) return;
    beginRemoveRows({}, row, row);
    entries_.removeAt(row);
    endRemoveRows();
    save();
}

void QueryHistory::clear() {
    beginResetModel();
    entries_.clear();
    endResetModel();
    save();
}

int QueryHistory::rowOf(const RetrievalQuery& query) const {
    for (int row = 0; row < rowCount(); ++row) {
        if (entries_[row].query == query) return row;
    }
    return -1;
}

int QueryHistory::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

QVariant QueryHistory::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Entry& entry = entries_[index.row()];
    const bool image = entry.query.hasImage();
    QString outcome =
        QStringLiteral("%1, %2").arg(countText(entry.query.findsTexts(), entry.hits), milliseconds(entry.ms));
    if (entry.query.isJoined()) outcome += tr(", picture %1 %").arg(entry.query.image_percent);
    switch (role) {
        case Qt::DisplayRole:
            return entry.query.label();
        case Qt::ToolTipRole:
            return plainToolTip(!image                   ? entry.query.text
                                : entry.query.isJoined() ? entry.query.text + u'\n' + entry.query.image
                                                         : entry.query.image);
        case kIsImageRole:
            return image;
        case kOutcomeRole:
            return outcome;
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1, %2, %3")
                .arg(entry.query.isJoined() ? tr("text and picture")
                     : image                ? tr("picture")
                                            : tr("text"),
                     entry.query.label(), outcome);
        default:
            return {};
    }
}

void QueryHistory::save() const {
    QSettings settings(file_, QSettings::IniFormat);
    settings.remove(kArray);
    settings.beginWriteArray(kArray, rowCount());
    for (int i = 0; i < rowCount(); ++i) {
        settings.setArrayIndex(i);
        const Entry& entry = entries_[i];
        if (!entry.query.image.isEmpty()) settings.setValue(QStringLiteral("image"), entry.query.image);
        if (!entry.query.text.isEmpty()) settings.setValue(QStringLiteral("text"), entry.query.text);
        settings.setValue(QStringLiteral("pictures"), entry.query.pictures);
        settings.setValue(QStringLiteral("image_percent"), entry.query.image_percent);
        settings.setValue(QStringLiteral("hits"), entry.hits);
        settings.setValue(QStringLiteral("ms"), entry.ms);
    }
    settings.endArray();
}

}  // namespace switchyard::ui
