// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/page_table.h"

#include <QCoreApplication>

#include "ui/panels/ask_page.h"
#include "ui/panels/checkpoints_page.h"
#include "ui/panels/configure_page.h"
#include "ui/panels/curves_page.h"
#include "ui/panels/experts_page.h"
#include "ui/panels/retrieval_page.h"
#include "ui/panels/routing_page.h"
#include "ui/panels/run_page.h"

namespace switchyard::ui {
namespace {

template <typename T>
PageEntry entry(const char* name, const char* title) {
    return {QString::fromLatin1(name), QCoreApplication::translate("Pages", title),
            [](AppContext& context, QWidget* parent) -> Page* { return new T(context, parent); }};
}

}  // namespace

std::vector<PageEntry> pageTable() {
    return {
        entry<ConfigurePage>("configure", QT_TRANSLATE_NOOP("Pages", "Configure")),
        entry<RunPage>("run", QT_TRANSLATE_NOOP("Pages", "Run")),
        entry<CurvesPage>("curves", QT_TRANSLATE_NOOP("Pages", "Curves")),
        entry<ExpertsPage>("experts", QT_TRANSLATE_NOOP("Pages", "Experts")),
        entry<RoutingPage>("routing", QT_TRANSLATE_NOOP("Pages", "Routing")),
        entry<RetrievalPage>("retrieval", QT_TRANSLATE_NOOP("Pages", "Retrieval")),
        entry<CheckpointsPage>("checkpoints", QT_TRANSLATE_NOOP("Pages", "Checkpoints")),
        entry<AskPage>("ask", QT_TRANSLATE_NOOP("Pages", "Ask")),
    };
}

}  // namespace switchyard::ui
