// SPDX-License-Identifier: GPL-3.0-or-later
// Data tables and files of the Routing page's views.
#pragma once

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <functional>
#include <vector>

#include "ui/models/route_focus.h"
#include "ui/models/route_stats.h"
#include "ui/widgets/chart_menu.h"

class QPainter;

namespace switchyard::ui {

class AppContext;
class PatchView;
class TableDialog;
class TokenStrip;

struct RouteTable {
    QStringList heads;
    std::vector<QStringList> rows;
};

/// A row a token: number, piece, id, the choices with weights, entropy, dropped. Numbers as programs read them.
RouteTable tokenTable(const RoutedSample& sample, const RoutedLayer& layer);
/// The same of patches, by row and column.
RouteTable patchTable(const RoutedSample& sample, const RoutedLayer& layer);
RouteTable loadTable(const RouteLoad& load);
/// Two loads beside each other; `names`: of the first and the second.
RouteTable loadTable(const RouteLoad& load, const RouteLoad& reference, const QStringList& names);

/// What a view gives to be exported.
struct RouteView {
    QString name;  ///< "tokens": part of the file's name
    std::function<RouteTable()> table;
    std::function<QSize()> size;
    std::function<void(QPainter&)> paint;
    std::function<void(int row)> choose;  ///< a row of the table was activated
};

/// Thread: GUI thread; files are written in the thread pool.
class RoutingExports : public QObject {
    Q_OBJECT
public:
    RoutingExports(AppContext& context, RouteFocus& focus, QWidget* page);
    /// Connects a menu to a view.
    void serve(ChartMenu* menu, const QString& title, const RouteView& view);
    /// The views of a sample, with their tables; they have to show this object's focus.
    void serveTokens(ChartMenu* menu, TokenStrip* tokens);
    void servePatches(ChartMenu* menu, PatchView* patches);
    TableDialog* openTable(const QString& title, const RouteView& view);
    void write(ChartExport kind, const QString& path, const RouteView& view);
    /// Another sample or layer: tables of the old one close.
    void closeTables();
    void setModelName(const QString& name) { model_name_ = name; }

private:
    QString nameOf(const RouteView& view) const;

    AppContext& context_;
    RouteFocus& focus_;
    QWidget* page_;
    QString model_name_;
    std::vector<QPointer<TableDialog>> dialogs_;
};

}  // namespace switchyard::ui
