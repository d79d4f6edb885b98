// SPDX-License-Identifier: GPL-3.0-or-later
// The last queries of this session and earlier ones, newest first, kept in the configuration folder.
#pragma once

#include <QAbstractListModel>
#include <QList>

#include "ui/models/retrieval_result.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class QueryHistory : public QAbstractListModel {
    Q_OBJECT
public:
    static constexpr int kMost = 50;
    enum Role { kIsImageRole = Qt::UserRole + 1, kOutcomeRole };

    /// `file` = the settings file.
    explicit QueryHistory(QString file, QObject* parent = nullptr);
    /// Puts it first; the same query asked before is moved, not repeated.
    void add(const RetrievalResult& result);
    void remove(int row);
    void clear();
    const RetrievalQuery& query(int row) const { return entries_[row].query; }
    int rowOf(const RetrievalQuery& query) const;  ///< -1 when it is not there
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Entry {
        RetrievalQuery query;
        int hits = 0;
        double ms = 0;
    };
    void save() const;

    QString file_;
    QList<Entry> entries_;
};

}  // namespace switchyard::ui
