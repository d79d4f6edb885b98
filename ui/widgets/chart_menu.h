// SPDX-License-Identifier: GPL-3.0-or-later
// The "..." button of a plot: its data table, its exports, and what the plot adds.
#pragma once

#include <QMenu>

#include "ui/widgets/icon_button.h"

namespace switchyard::ui {

enum class ChartExport { kPng, kPdf, kSvg, kCsvVisible, kCsvAll, kCsv };

/// Thread: GUI thread.
class ChartMenu : public IconButton {
    Q_OBJECT
public:
    ChartMenu(const QString& chart, const QList<ChartExport>& exports, QWidget* parent = nullptr);
    /// Shown below table and exports.
    QAction* addAction(const QString& text, bool checkable = false);
    QMenu& menu() { return menu_; }

    /// Adds an entry per kind to any menu; `chosen` gets the kind.
    static void addExports(QMenu& menu, const QList<ChartExport>& exports,
                           const std::function<void(ChartExport)>& chosen);
    static QString suffix(ChartExport kind);  ///< "png", ...

Q_SIGNALS:
    void tableAsked();
    void exportAsked(switchyard::ui::ChartExport kind);

private:
    QMenu menu_;
};

/// Asks where to save; "" when the user decides not to. `name` without suffix.
QString askSavePath(QWidget* parent, const QString& name, ChartExport kind);

}  // namespace switchyard::ui
