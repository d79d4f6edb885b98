// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chart_menu.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QStandardPaths>

namespace switchyard::ui {
namespace {

QString labelOf(ChartExport kind) {
    switch (kind) {
        case ChartExport::kPng:
            return ChartMenu::tr("Export PNG...");
        case ChartExport::kPdf:
            return ChartMenu::tr("Export PDF...");
        case ChartExport::kSvg:
            return ChartMenu::tr("Export SVG...");
        case ChartExport::kCsvVisible:
            return ChartMenu::tr("Export CSV of the visible range...");
        case ChartExport::kCsvAll:
            return ChartMenu::tr("Export CSV of all records...");
        case ChartExport::kCsv:
            return ChartMenu::tr("Export CSV...");
    }
    return {};
}

}  // namespace

ChartMenu::ChartMenu(const QString& chart, const QList<ChartExport>& exports, QWidget* parent)
    : IconButton(QStringLiteral("more"), tr("Menu of %1").arg(chart), parent) {
    setToolTip(tr("Data table and export"));
    setPopupMode(QToolButton::InstantPopup);
    setMenu(&menu_);
    connect(menu_.addAction(tr("Data table")), &QAction::triggered, this, &ChartMenu::tableAsked);
    menu_.addSeparator();
    addExports(menu_, exports, [this](ChartExport kind) { Q_EMIT exportAsked(kind); });
}

QAction* ChartMenu::addAction(const QString& text, bool checkable) {
    if (menu_.property("own").isNull()) menu_.addSeparator();
    menu_.setProperty("own", true);
    QAction* action = menu_.addAction(text);
    action->setCheckable(checkable);
    return action;
}

void ChartMenu::addExports(QMenu& menu, const QList<ChartExport>& exports,
                           const std::function<void(ChartExport)>& chosen) {
    for (const ChartExport kind : exports)
        QObject::connect(menu.addAction(labelOf(kind)), &QAction::triggered, &menu, [chosen, kind] { chosen(kind); });
}

QString ChartMenu::suffix(ChartExport kind) {
    switch (kind) {
        case ChartExport::kPng:
            return QStringLiteral("png");
        case ChartExport::kPdf:
            return QStringLiteral("pdf");
        case ChartExport::kSvg:
            return QStringLiteral("svg");
        case ChartExport::kCsvVisible:
        case ChartExport::kCsvAll:
        case ChartExport::kCsv:
            break;
    }
    return QStringLiteral("csv");
}

QString askSavePath(QWidget* parent, const QString& name, ChartExport kind) {
    const QString suffix = ChartMenu::suffix(kind);
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    QString path =
        QFileDialog::getSaveFileName(parent, ChartMenu::tr("Export"), QDir(folder).filePath(name + u'.' + suffix),
                                     ChartMenu::tr("%1 files (*.%2)").arg(suffix.toUpper(), suffix));
    if (!path.isEmpty() && QFileInfo(path).suffix().isEmpty()) path += u'.' + suffix;
    return path;
}

}  // namespace switchyard::ui
