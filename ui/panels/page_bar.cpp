// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/page_bar.h"

#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QToolButton>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLeft = 4, kGap = 16;

}  // namespace

PageBar::PageBar(const std::vector<PageEntry>& pages, QWidget* usual, QWidget* parent)
    : QWidget(parent), row_(new QHBoxLayout(this)), group_(new QButtonGroup(this)), usual_(usual), actions_(usual) {
    setAttribute(Qt::WA_StyledBackground);
    setProperty("toolbar", true);
    setFixedHeight(metric::kPageBar);
    row_->setContentsMargins(kLeft, 0, 0, 0);
    row_->setSpacing(0);
    for (const PageEntry& page : pages) {
        auto* tab = new QToolButton;
        tab->setText(page.title);
        tab->setIcon(Theme::instance().icon(page.name));
        tab->setIconSize(QSize(16, 16));
        tab->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        tab->setCheckable(true);
        tab->setProperty("pageTab", true);
        tab->setFocusPolicy(Qt::StrongFocus);
        tab->setToolTip(page.title);
        tab->setAccessibleName(tr("%1 page").arg(page.title));
        tab->setObjectName(QStringLiteral("tab-") + page.name);
        group_->addButton(tab);
        connect(tab, &QToolButton::clicked, this, [this, name = page.name] { Q_EMIT chosen(name); });
        row_->addWidget(tab);
        tabs_.push_back(tab);
    }
    row_->addStretch(1);
    row_->addWidget(usual_);
    usual_->installEventFilter(this);
}

void PageBar::setCurrent(std::size_t page, QWidget* actions) {
    tabs_[page]->setChecked(true);
    widths_.reset();  // the current one is bold
    QWidget* wanted = actions == nullptr ? usual_ : actions;
    if (row_->indexOf(wanted) < 0) {
        row_->addWidget(wanted);
        wanted->installEventFilter(this);
    }
    actions_->hide();
    actions_ = wanted;
    actions_->show();
    fit();
}

/// Without regard to how the tabs are now. With `compact` as if the widest one were current.
int PageBar::tabsWidth(bool compact) const {
    if (!widths_) {
        // Asking takes another style for a moment, and each change of it asks for a new layout: once, not at every
        // layout, or the window would lay itself out for ever.
        int sum = 0, icons = 0, widest_text = 0;
        for (QToolButton* tab : tabs_) {
            const Qt::ToolButtonStyle style = tab->toolButtonStyle();
            tab->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
            const int whole = tab->sizeHint().width();
            tab->setToolButtonStyle(Qt::ToolButtonIconOnly);
            const int icon = tab->sizeHint().width();
            tab->setToolButtonStyle(style);
            sum += whole;
            icons += icon;
            widest_text = std::max(widest_text, whole - icon);
        }
        widths_ = {sum, icons + widest_text};
    }
    return compact ? widths_->second : widths_->first;
}

void PageBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::FontChange) widths_.reset();
    QWidget::changeEvent(event);
}

QSize PageBar::minimumSizeHint() const {
    return {kLeft + tabsWidth(true) + actions_->minimumSizeHint().width(), metric::kPageBar};
}

void PageBar::fit() {
    const bool compact = kLeft + tabsWidth(false) + kGap + actions_->sizeHint().width() > width();
    for (QToolButton* tab : tabs_) {
        tab->setToolButtonStyle(compact && !tab->isChecked() ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    }
}

void PageBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit();
}

bool PageBar::eventFilter(QObject* watched, QEvent* event) {
    // Its buttons came or went.
    if (watched == actions_ && event->type() == QEvent::LayoutRequest) fit();
    return QWidget::eventFilter(watched, event);
}

}  // namespace switchyard::ui
