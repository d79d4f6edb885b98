// SPDX-License-Identifier: GPL-3.0-or-later
// Data tables and files of the experts page.
#pragma once

#include <QIODevice>
#include <QImage>
#include <QObject>
#include <QPointer>
#include <functional>

#include "ui/panels/experts/experts_view.h"
#include "ui/widgets/chart_menu.h"

namespace switchyard::ui {

class AppContext;
class LoadTableModel;
class TableDialog;

/// Thread: GUI thread; files are written in the thread pool.
class ExpertExports : public QObject {
    Q_OBJECT
public:
    ExpertExports(AppContext& context, ExpertsView& view, QWidget* page);
    TableDialog* openLoads();
    TableDialog* openModality();
    TableDialog* openLayers();
    TableDialog* openExchange();
    /// Asks for a file name, then writes; `picture` draws at the given scale.
    void exportLoads(ChartExport kind, const std::function<QImage(double scale)>& picture);
    void exportModality(ChartExport kind, QWidget* plot);
    void exportLayers(ChartExport kind, QWidget* plot);
    void exportExchange(ChartExport kind, QWidget* plot);
    void refreshTables();
    /// Another run or layer: tables of the old one close.
    void closeTables();

private:
    struct Table {
        QStringList heads;
        std::vector<QStringList> rows;
    };
    Table modalityTable() const;
    Table layersTable() const;
    Table exchangeTable() const;
    TableDialog* open(const QString& title, const Table& table);
    void exportTable(ChartExport kind, const QString& name, const Table& table, QWidget* plot);
    void write(const QString& path, std::function<void(QIODevice&)> writer);
    QString nameOf(const QString& what) const;

    AppContext& context_;
    ExpertsView& view_;
    QWidget* page_;
    QPointer<TableDialog> loads_dialog_;
    QPointer<LoadTableModel> loads_model_;
    std::vector<QPointer<TableDialog>> dialogs_;
};

}  // namespace switchyard::ui
