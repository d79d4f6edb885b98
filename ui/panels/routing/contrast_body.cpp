// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/contrast_body.h"

#include <QFrame>
#include <QHBoxLayout>

#include "ui/panels/routing/contrast_table.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

QWidget* contrastBody(QWidget* card, QWidget* choices, RouteBars* loads, ContrastTable* facts) {
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedWidth(1);
    auto* whole = new QWidget(card);
    auto* row = new QHBoxLayout(whole);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(choices);
    row->addWidget(line);
    row->addWidget(loads, 1);
    row->addWidget(facts);
    return whole;
}

void sayInHead(ElidedLabel& head, const QString& words, bool danger) {
    head.setFullText(words);
    head.setStyleSheet(danger ? QStringLiteral("color: %1;").arg(Theme::instance().palette().danger.name())
                              : QString());
}

}  // namespace switchyard::ui
