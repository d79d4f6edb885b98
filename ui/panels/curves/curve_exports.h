// SPDX-License-Identifier: GPL-3.0-or-later
// Data tables and files of the curves page's plots.
#pragma once

#include <QObject>
#include <QPointer>

#include "ui/models/curve_table.h"
#include "ui/panels/curves/plot_card.h"

namespace switchyard::ui {

class AppContext;
class TableDialog;

/// Thread: GUI thread; files are written in the thread pool.
class CurveExports : public QObject {
    Q_OBJECT
public:
    CurveExports(AppContext& context, PlotGroup& group, QWidget* page);
    /// Connects the card's menu.
    void serve(PlotCard* card);
    TableDialog* openTable(const QString& title, const QStringList& tags);
    /// Asks for a file name, then writes.
    void exportCard(PlotCard* card, ChartExport kind);
    /// All cards: a picture of them, one PDF page each, or all their metrics.
    void exportPage(QWidget* cards_area, const std::vector<PlotCard*>& cards, ChartExport kind);
    /// Open tables follow the record.
    void refreshTables();
    /// Another run: tables of the old one close.
    void closeTables();

private:
    /// What of these metrics was recorded, of every run that is shown.
    std::vector<CurveColumn> columnsOf(const QStringList& tags) const;
    std::vector<const RunCurves*> curves() const;
    void writeCsv(const QString& path, const QStringList& tags, bool visible_only);
    void write(const QString& path, std::function<void(QIODevice&)> writer);
    QString runName() const;

    AppContext& context_;
    PlotGroup& group_;
    QWidget* page_;
    std::vector<std::pair<QPointer<TableDialog>, CurveTableModel*>> tables_;
};

}  // namespace switchyard::ui
