// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/table_copy.h"

#include <QApplication>
#include <QClipboard>
#include <QTableView>
#include <algorithm>

namespace switchyard::ui {

void copySelectedCells(const QTableView& table) {
    QModelIndexList cells = table.selectionModel()->selectedIndexes();
    std::sort(cells.begin(), cells.end());
    QString text;
    for (qsizetype i = 0; i < cells.size(); ++i) {
        if (i > 0) text += cells[i].row() == cells[i - 1].row() ? u'\t' : u'\n';
        text += cells[i].data().toString();
    }
    if (!text.isEmpty()) QApplication::clipboard()->setText(text);
}

}  // namespace switchyard::ui
