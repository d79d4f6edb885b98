// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/page_table.h"

#include <QCoreApplication>

#include "ui/panels/curves_page.h"
#include "ui/panels/experts_page.h"

namespace switchyard::ui {
namespace {

template <typename T>
PageEntry entry(const char* name, const char* title) {
    return {QString::fromLatin1(name), QCoreApplication::translate("Pages", title),
            [](AppContext& context) -> Page* { return new T(context); }};
}

}  // namespace

std::vector<PageEntry> pageTable() {
    return {
        entry<CurvesPage>("curves", QT_TRANSLATE_NOOP("Pages", "Curves")),
        entry<ExpertsPage>("experts", QT_TRANSLATE_NOOP("Pages", "Experts")),
    };
}

}  // namespace switchyard::ui
