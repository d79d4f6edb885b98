// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_list_panel.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/models/run_delegate.h"
#include "ui/models/run_words.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

RunListPanel::RunListPanel(AppContext& context, QWidget* parent) : QWidget(parent), context_(context) {
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 6, 8, 6);
    head->setSpacing(4);
    search_ = new QLineEdit;
    search_->setPlaceholderText(tr("Search name, tag or note"));
    search_->setAccessibleName(tr("Search runs"));
    search_->setClearButtonEnabled(true);
    search_->addAction(Theme::instance().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    filter_button_ = new IconButton(QStringLiteral("filter"), tr("Filter runs by state"));
    auto* sort_button = new IconButton(QStringLiteral("sort"), tr("Sort runs"));
    filter_button_->setMenu(filterMenu());
    sort_button->setMenu(sortMenu());
    for (IconButton* button : {filter_button_, sort_button}) button->setPopupMode(QToolButton::InstantPopup);
    head->addWidget(search_, 1);
    head->addWidget(filter_button_);
    head->addWidget(sort_button);
    column->addLayout(head);
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    column->addWidget(line);

    filter_.setSourceModel(&model_);
    filter_.sort(0);
    view_ = new QListView;
    view_->setModel(&filter_);
    view_->setItemDelegate(new RunDelegate(view_));
    view_->setUniformItemSizes(true);
    view_->setMouseTracking(true);
    view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setAccessibleName(tr("Runs"));
    empty_ = new EmptyState(QStringLiteral("curves"), tr("No runs yet"), tr("The smoke config needs no data and takes some seconds."),
                            tr("Run the smoke config"));
    nothing_ = new EmptyState(QStringLiteral("search"), tr("No run fits"), tr("Change the search words or the filter."), tr("Show all runs"));
    stack_ = new QStackedWidget;
    for (QWidget* part : {static_cast<QWidget*>(view_), static_cast<QWidget*>(empty_), static_cast<QWidget*>(nothing_)}) stack_->addWidget(part);
    column->addWidget(stack_, 1);

    connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
        filter_.setSearch(text);
        tellCount();
    });
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
        if (!now.isValid()) return;
        chosen_ = true;
        context_.selectRun(now.data(kRunDirRole).toString());
    });
    connect(view_, &QListView::customContextMenuRequested, this, &RunListPanel::showMenu);
    connect(empty_, &EmptyState::actionClicked, this, &RunListPanel::smokeRequested);
    connect(nothing_, &EmptyState::actionClicked, this, [this] {
        search_->clear();
        filter_button_->menu()->actions().first()->trigger();
    });
    connect(&context_.runs(), &RunFeed::listChanged, this, &RunListPanel::refresh);
    connect(&context_, &AppContext::selectedRunChanged, this, &RunListPanel::showSelection);
    connect(&Theme::instance(), &Theme::changed, view_->viewport(), qOverload<>(&QWidget::update));
    refresh();
}

QMenu* RunListPanel::filterMenu() {
    auto* menu = new QMenu(this);
    auto* group = new QActionGroup(menu);
    const QList<QPair<QString, RunFilter>> choices = {{tr("All runs"), RunFilter::kAll},
                                                      {tr("Running"), RunFilter::kLive},
                                                      {tr("Finished or stopped"), RunFilter::kEnded},
                                                      {tr("Failed or lost"), RunFilter::kFailed}};
    for (const auto& [text, filter] : choices) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(filter == RunFilter::kAll);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, filter = filter, action] {
            action->setChecked(true);
            filter_.setFilter(filter);
            tellCount();
        });
    }
    return menu;
}

QMenu* RunListPanel::sortMenu() {
    auto* menu = new QMenu(this);
    auto* group = new QActionGroup(menu);
    const QList<QPair<QString, RunSort>> choices = {{tr("Newest first"), RunSort::kNewest},
                                                    {tr("By name"), RunSort::kName},
                                                    {tr("Lowest loss first"), RunSort::kLoss},
                                                    {tr("By state"), RunSort::kState}};
    for (const auto& [text, key] : choices) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(key == RunSort::kNewest);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, key = key] { filter_.setSort(key); });
    }
    return menu;
}

void RunListPanel::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
}

void RunListPanel::step(int by) {
    const int row = view_->currentIndex().row() + by;
    if (row >= 0 && row < filter_.rowCount()) view_->setCurrentIndex(filter_.index(row, 0));
}

void RunListPanel::refresh() {
    model_.setStatuses(context_.runs().statuses());
    // The newest run is what a person most likely came for.
    if (!chosen_ && context_.selectedRun().isEmpty() && filter_.rowCount() > 0) context_.selectRun(filter_.index(0, 0).data(kRunDirRole).toString());
    showSelection();
    tellCount();
}

void RunListPanel::showSelection() {
    const QString& dir = context_.selectedRun();
    if (view_->currentIndex().data(kRunDirRole).toString() == dir) return;
    for (int row = 0; row < filter_.rowCount(); ++row) {
        const QModelIndex index = filter_.index(row, 0);
        if (index.data(kRunDirRole).toString() != dir) continue;
        view_->setCurrentIndex(index);
        return;
    }
    view_->selectionModel()->clear();
}

void RunListPanel::tellCount() {
    const int all = model_.rowCount(), shown = filter_.rowCount();
    Q_EMIT countChanged(shown == all ? number(all, 0) : tr("%1 of %2").arg(number(shown, 0), number(all, 0)));
    QWidget* part = view_;
    if (all == 0 && context_.runs().listed()) part = empty_;
    else if (all > 0 && shown == 0) part = nothing_;
    stack_->setCurrentWidget(part);
}

void RunListPanel::showMenu(const QPoint& at) {
    const QModelIndex index = view_->indexAt(at);
    if (!index.isValid()) return;
    const QString dir = index.data(kRunDirRole).toString();
    QMenu menu(this);
    menu.addAction(Theme::instance().icon(QStringLiteral("folder")), tr("Open run folder"), this,
                   [dir] { QDesktopServices::openUrl(QUrl::fromLocalFile(dir)); });
    menu.addAction(Theme::instance().icon(QStringLiteral("copy")), tr("Copy folder path"), this,
                   [dir] { QApplication::clipboard()->setText(dir); });
    menu.exec(view_->viewport()->mapToGlobal(at));
}

}  // namespace switchyard::ui
