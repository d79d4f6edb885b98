// SPDX-License-Identifier: GPL-3.0-or-later
// Loads as tables: the accessible twins of the heatmap and the plots beside it.
#pragma once

#include <QAbstractTableModel>
#include <QIODevice>
#include <QStringList>
#include <vector>

#include "ui/models/load_history.h"

namespace switchyard::ui {

/// Texts in rows and columns. Thread: GUI thread.
class TextTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    TextTableModel(QStringList heads, std::vector<QStringList> rows, QObject* parent = nullptr)
        : QAbstractTableModel(parent), heads_(std::move(heads)), rows_(std::move(rows)) {}
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QStringList heads_;
    std::vector<QStringList> rows_;
};

/// One row a cell of the ring: steps, tokens, share dropped, then each expert's load over the fair share. Reads a
/// copy that sync() renews. Thread: GUI thread.
class LoadTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit LoadTableModel(LoadModality modality, QObject* parent = nullptr)
        : QAbstractTableModel(parent), modality_(modality) {}
    void sync(const LayerLoads& layer);
    int rowAt(double step) const;
    double step(int row) const { return static_cast<double>(ring_.column(row).last_step); }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    LoadRing ring_;
    LoadModality modality_;
    int rows_ = 0;
};

/// first_step,last_step,records,tokens,dropped,E0,E1,...: loads over the fair share, empty where nothing was routed.
void writeLoadCsv(QIODevice& out, const LoadRing& ring, LoadModality modality);
/// What a table shows; cells with commas or quotes are quoted.
void writeTableCsv(QIODevice& out, const QStringList& heads, const std::vector<QStringList>& rows);

}  // namespace switchyard::ui
