// SPDX-License-Identifier: GPL-3.0-or-later
// The window's pages in the order of their tabs.
#pragma once

#include <QString>
#include <functional>
#include <vector>

#include "ui/panels/page.h"

namespace switchyard::ui {

struct PageEntry {
    QString name;   ///< "curves": the word AppContext::showPage() takes, and its icon's name
    QString title;  ///< shown on the tab
    std::function<Page*(AppContext&, QWidget* parent)> make;  ///< called when the page is first shown
};

std::vector<PageEntry> pageTable();

}  // namespace switchyard::ui
