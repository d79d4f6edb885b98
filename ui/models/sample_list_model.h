// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of the Routing page in their order: what they are, and where they went once they were traced.
#pragma once

#include <QAbstractListModel>
#include <QList>

#include "ui/models/routed_sample.h"
#include "ui/models/trace_reader.h"

namespace switchyard::ui {

struct SampleEntry {
    int key = 0;
    RouteQuery query;
    RoutedSamplePtr routes;  ///< null until it was traced
    QString problem;         ///< of the last try, "" = none
};

/// Traces are kept while their logits take less than a limit; then the oldest ones let their logits go, which only
/// the sample that is looked at needs. Thread: GUI thread.
class SampleListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { kImageRole = Qt::UserRole + 1, kOutcomeRole, kFailedRole };
    using QAbstractListModel::QAbstractListModel;

    void setEntries(const QList<SampleEntry>& entries);
    void append(const SampleEntry& entry);
    void remove(int row);
    const QList<SampleEntry>& entries() const { return entries_; }
    int rowOf(int key) const;  ///< -1 when it is not here
    void setRoutes(int key, const RoutedSamplePtr& routes);
    /// Of all entries at once, without a limit on their memory. Null: what there is stays.
    void setAllRoutes(const QList<RoutedSamplePtr>& routes);
    void setProblem(int key, const QString& problem);
    /// Other weights: nothing was traced yet.
    void forgetRoutes();
    /// Outcomes are told of this layer.
    void setLayer(const QString& layer);
    /// All that were traced, in order.
    QList<RoutedSamplePtr> routes() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    QString outcome(const SampleEntry& entry) const;
    void saveMemory(int newest_row);

    QList<SampleEntry> entries_;
    QString layer_;
};

/// Its text, or its picture's file name.
QString sampleTitle(const RouteQuery& query);
/// "18 tokens, 196 patches" and, with a layer, ", 7 dropped".
QString routedWords(const RoutedSample& sample, const QString& layer);

}  // namespace switchyard::ui
