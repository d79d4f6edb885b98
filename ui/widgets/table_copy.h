// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QTableView;

namespace switchyard::ui {

/// Puts the chosen cells into the clipboard, tabs between columns, a line a row; nothing chosen leaves it as it is.
/// Thread: GUI thread.
void copySelectedCells(const QTableView& table);

}  // namespace switchyard::ui
