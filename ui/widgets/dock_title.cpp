// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/dock_title.h"

#include <QButtonGroup>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>

#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

DockTitle::DockTitle(QDockWidget* dock) : QWidget(dock), group_(new QButtonGroup(this)) {
    setAttribute(Qt::WA_StyledBackground);
    setProperty("dockTitle", true);
    setFixedHeight(metric::kDockTitle);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 6, 0);
    row->setSpacing(8);
    title_ = new QLabel;
    title_->setProperty("role", "title");
    tabs_ = new QHBoxLayout;
    tabs_->setSpacing(0);
    count_ = new QLabel;
    count_->setProperty("role", "muted");
    count_->setProperty("small", true);
    middle_ = new QHBoxLayout;
    middle_->setSpacing(8);
    auto* float_button = new IconButton(QStringLiteral("float"), tr("Float or dock this panel"));
    auto* close_button = new IconButton(QStringLiteral("close"), tr("Close this panel"));
    row->addWidget(title_);
    row->addLayout(tabs_);
    row->addWidget(count_);
    row->addStretch(1);
    row->addLayout(middle_);
    row->addWidget(float_button);
    row->addWidget(close_button);
    connect(float_button, &QToolButton::clicked, dock, [dock] { dock->setFloating(!dock->isFloating()); });
    connect(close_button, &QToolButton::clicked, dock, &QDockWidget::close);
    connect(group_, &QButtonGroup::idClicked, this, &DockTitle::tabChosen);
}

void DockTitle::setTitles(const QStringList& titles, int current) {
    for (QAbstractButton* button : group_->buttons()) {
        group_->removeButton(button);
        tabs_->removeWidget(button);
        // Not at once: this may run in the button's own signal.
        button->hide();
        button->deleteLater();
    }
    const bool tabbed = titles.size() > 1;
    title_->setVisible(!tabbed);
    count_->setVisible(!tabbed);
    title_->setText(titles.value(0));
    for (qsizetype i = 0; tabbed && i < titles.size(); ++i) {
        auto* tab = new QToolButton;
        tab->setText(titles[i]);
        tab->setAccessibleName(titles[i]);
        tab->setCheckable(true);
        tab->setChecked(i == current);
        tab->setFocusPolicy(Qt::StrongFocus);
        tab->setProperty("dockTab", true);
        group_->addButton(tab, static_cast<int>(i));
        tabs_->addWidget(tab);
    }
}

void DockTitle::setCount(const QString& text) { count_->setText(text); }
void DockTitle::addWidget(QWidget* widget) { middle_->addWidget(widget); }

}  // namespace switchyard::ui
