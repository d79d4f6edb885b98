// SPDX-License-Identifier: GPL-3.0-or-later
// A page with what the main window puts around it.
#pragma once

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/panels/page.h"
#include "ui/ui_tools.h"
#include "ui/widgets/theme.h"

namespace switchyard::test {

/// Side panel, page bar over page, inspector panel under its title.
template <typename P>
class PageStage : public QWidget {
public:
    explicit PageStage(ui::AppContext& context) : page(new P(context)) {
        side = page->sidePanel();
        inspector = page->inspectorPanel();
        actions = page->pageActions();
        side->setFixedWidth(ui::metric::kLeftDock);
        auto* bar = new QWidget;
        bar->setFixedHeight(ui::metric::kPageBar);
        bar->setAttribute(Qt::WA_StyledBackground);
        bar->setProperty("toolbar", true);
        auto* bar_row = new QHBoxLayout(bar);
        bar_row->setContentsMargins(12, 0, 12, 0);
        bar_row->addStretch(1);
        bar_row->addWidget(actions);
        auto* row = new QHBoxLayout;
        row->setSpacing(1);
        row->addWidget(side);
        row->addWidget(page, 1);
        if (inspector != nullptr) row->addLayout(makeRight());
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        column->addWidget(bar);
        column->addLayout(row, 1);
    }

    /// The visible button with this text, nullptr when there is none.
    QPushButton* button(const QString& text) const {
        for (QPushButton* found : findChildren<QPushButton*>()) {
            if (found->text() == text && found->isVisible()) return found;
        }
        return nullptr;
    }

    P* page;
    QWidget* side;
    QWidget* inspector;  ///< nullptr where the page has none
    QWidget* actions;

private:
    QLayout* makeRight() {
        inspector->setFixedWidth(ui::metric::kRightDock);
        auto* title = new QLabel;
        title->setProperty("role", "title");
        title->setFixedHeight(ui::metric::kDockTitle);
        title->setContentsMargins(12, 0, 0, 0);
        title->setText(inspector->windowTitle());
        QObject::connect(inspector, &QWidget::windowTitleChanged, title, &QLabel::setText);
        auto* right = new QVBoxLayout;
        right->setSpacing(0);
        right->addWidget(title);
        right->addWidget(inspector, 1);
        return right;
    }
};

}  // namespace switchyard::test
