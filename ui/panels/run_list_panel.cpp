// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_list_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QShortcut>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/models/run_delegate.h"
#include "ui/models/run_words.h"
#include "ui/panels/run_commands.h"
#include "ui/panels/run_list/config_filter_dialog.h"
#include "ui/panels/run_list/list_menus.h"
#include "ui/panels/run_list/queue_bar.h"
#include "ui/panels/run_list/search_help.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_keeper.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

RunListPanel::RunListPanel(AppContext& context, RunCommands& commands, QWidget* parent)
    : QWidget(parent), context_(context), commands_(commands) {
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    filter_.setSourceModel(&model_);
    filter_.sort(0);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(buildHead());
    hint_ = new QLabel;
    hint_->setObjectName(QStringLiteral("searchHint"));
    hint_->setProperty("role", "warning");
    hint_->setProperty("small", true);
    hint_->setWordWrap(true);
    hint_->setTextFormat(Qt::PlainText);
    hint_->setContentsMargins(12, 0, 12, 6);
    hint_->hide();
    column->addWidget(hint_);
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    column->addWidget(line);
    banner_ = new MessageBanner;
    column->addWidget(banner_);
    buildView();
    column->addWidget(stack_, 1);
    column->addWidget(new QueueBar(context_));

    connect(search_, &QLineEdit::textChanged, this, &RunListPanel::tellSearch);
    connect(&context_.runs(), &RunFeed::listChanged, this, &RunListPanel::refresh);
    connect(&context_, &AppContext::selectedRunChanged, this, &RunListPanel::showSelection);
    connect(&context_, &AppContext::runsDirChanged, banner_, &QWidget::hide);
    connect(&context_.keeper(), &RunKeeper::trashChanged, this, &RunListPanel::tellTrash);
    connect(&context_.keeper(), &RunKeeper::problem, this, [this](const QString& sentence) {
        // A path may be broken anywhere: the list must not widen for it.
        problem_ = QString(sentence).replace(u'/', QStringLiteral("/\u200b"));
        banner_->showMessage(MessageBanner::Kind::kDanger, problem_.toHtmlEscaped());
        QMetaObject::invokeMethod(this, [this] { problem_.clear(); }, Qt::QueuedConnection);
    });
    connect(&Theme::instance(), &Theme::changed, view_->viewport(), qOverload<>(&QWidget::update));
    refresh();
}

QLayout* RunListPanel::buildHead() {
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 6, 8, 6);
    head->setSpacing(4);
    search_ = new QLineEdit;
    search_->setObjectName(QStringLiteral("runSearch"));
    search_->setPlaceholderText(tr("Name, tag, key=value"));
    search_->setToolTip(tr("Words in name, tags, note or state; tag:glue; experts=64 lr<1e-3. The i shows all there is."));
    search_->setAccessibleName(tr("Search runs"));
    search_->setClearButtonEnabled(true);
    search_->addAction(Theme::instance().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    auto* help = new IconButton(QStringLiteral("info"), tr("How to search runs"));
    help->setObjectName(QStringLiteral("searchHelpButton"));
    filter_menu_ = new FilterMenu(filter_, context_.runs(), this);
    filter_menu_->setObjectName(QStringLiteral("filterMenu"));
    filter_button_ = new IconButton(QStringLiteral("filter"), tr("Filter runs by state, tag or config value"));
    filter_button_->setObjectName(QStringLiteral("filterButton"));
    filter_button_->setMenu(filter_menu_);
    auto* sort_button = new IconButton(QStringLiteral("sort"), tr("Sort runs"));
    sort_button->setObjectName(QStringLiteral("sortButton"));
    auto* sort_menu = new SortMenu(filter_, context_.runs(), this);
    sort_menu->setObjectName(QStringLiteral("sortMenu"));
    sort_button->setMenu(sort_menu);
    for (IconButton* button : {filter_button_, sort_button}) button->setPopupMode(QToolButton::InstantPopup);
    head->addWidget(search_, 1);
    head->addWidget(help);
    head->addWidget(filter_button_);
    head->addWidget(sort_button);
    connect(help, &QToolButton::clicked, this, [this] { (new SearchHelp(this))->openBelow(*search_); });
    connect(filter_menu_, &FilterMenu::changed, this, [this] {
        filter_button_->setChecked(filter_menu_->filters());
        tellCount();
    });
    filter_button_->setCheckable(true);
    connect(filter_menu_, &FilterMenu::searchToggled, this, &RunListPanel::toggleWord);
    connect(filter_menu_, &FilterMenu::configWanted, this, &RunListPanel::askForConfigFilter);
    return head;
}

void RunListPanel::buildView() {
    view_ = new QListView;
    view_->setObjectName(QStringLiteral("runList"));
    view_->setModel(&filter_);
    view_->setItemDelegate(new RunDelegate(view_));
    view_->setUniformItemSizes(true);
    view_->setMouseTracking(true);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setAccessibleName(tr("Runs"));
    const auto key = [this](const QKeySequence& keys, auto act) {
        auto* shortcut = new QShortcut(keys, view_);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    key(QKeySequence::Delete, [this] { trashChosen(); });
    key(QKeySequence::Undo, [this] { context_.keeper().undoTrash(); });
    key(QKeySequence(Qt::Key_F2), [this] { context_.editNote(); });
    empty_ = new EmptyState(QStringLiteral("curves"), tr("No runs yet"), tr("The smoke config needs no data and takes some seconds."),
                            tr("Run the smoke config"));
    nothing_ = new EmptyState(QStringLiteral("search"), tr("No run fits"), tr("Change the search words or the filter."), tr("Show all runs"));
    stack_ = new QStackedWidget;
    for (QWidget* part : {static_cast<QWidget*>(view_), static_cast<QWidget*>(empty_), static_cast<QWidget*>(nothing_)}) stack_->addWidget(part);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
        if (!now.isValid()) return;
        chosen_ = true;
        context_.selectRun(now.data(kRunDirRole).toString());
    });
    connect(view_, &QListView::activated, this, [this] { context_.showPage(QStringLiteral("run")); });
    connect(view_, &QListView::customContextMenuRequested, this, &RunListPanel::showMenu);
    connect(empty_, &EmptyState::actionClicked, this, &RunListPanel::smokeRequested);
    connect(nothing_, &EmptyState::actionClicked, this, [this] {
        search_->clear();
        filter_menu_->showAll();
    });
}

void RunListPanel::tellSearch() {
    filter_.setSearch(search_->text());
    const QString problem = QString::fromStdString(filter_.query().problem());
    hint_->setText(problem.isEmpty() ? QString() : problem.left(1).toUpper() + problem.mid(1));
    hint_->setVisible(!problem.isEmpty());
    tellCount();
}

void RunListPanel::toggleWord(const QString& word) {
    QStringList words = search_->text().split(u' ', Qt::SkipEmptyParts);
    // One in quotes is found as the text it is; it never stands twice.
    const QString text = search_->text();
    if (words.removeAll(word) > 0) search_->setText(words.join(u' '));
    else if (text.contains(word)) search_->setText(QString(text).remove(word).simplified());
    else search_->setText((text + u' ' + word).trimmed());
}

void RunListPanel::askForConfigFilter() {
    auto* dialog = new ConfigFilterDialog(context_.runs().statuses(), this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { toggleWord(dialog->condition()); });
    dialog->open();
}

QStringList RunListPanel::chosenRuns() const {
    QStringList dirs;
    for (const QModelIndex& index : view_->selectionModel()->selectedIndexes()) dirs << index.data(kRunDirRole).toString();
    return dirs;
}

void RunListPanel::trashChosen() {
    const QStringList dirs = chosenRuns();
    if (!dirs.isEmpty()) context_.keeper().trash(dirs);
}

void RunListPanel::tellTrash() {
    const QList<RunKeeper::Trashed>& moved = context_.keeper().lastTrashed();
    if (moved.isEmpty()) return banner_->hide();
    const QString words = moved.size() == 1 ? tr("%1 is in the trash.").arg(QFileInfo(moved.first().from).fileName())
                                            : tr("%1 runs are in the trash.").arg(moved.size());
    const QString all = problem_.isEmpty() ? words : words + u' ' + problem_;
    banner_->showMessage(problem_.isEmpty() ? MessageBanner::Kind::kOk : MessageBanner::Kind::kWarning, all.toHtmlEscaped(), tr("Undo"),
                         [this] { context_.keeper().undoTrash(); });
    context_.report(QStringLiteral("info"), words);
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
    // Hidden by the filter, or none: nothing is marked, and nothing is chosen by that.
    const QSignalBlocker quiet(view_->selectionModel());
    view_->selectionModel()->clear();
    view_->viewport()->update();
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
    const QStringList dirs = chosenRuns();
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("runMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto icon = [](const char* name) { return Theme::instance().icon(QString::fromLatin1(name)); };
    if (dirs.size() <= 1) {
        for (QAction* action : commands_.forProcess() + commands_.forQueue()) {
            if (action->isEnabled()) menu->addAction(action);
        }
        menu->addSeparator();
        menu->addAction(tr("Edit note"), QKeySequence(Qt::Key_F2), &context_, &AppContext::editNote);
        menu->addAction(commands_.editConfig());
        menu->addAction(commands_.copyCommand());
        menu->addAction(commands_.openFolder());
    }
    menu->addAction(icon("copy"), dirs.size() > 1 ? tr("Copy folder paths") : tr("Copy folder path"), this,
                    [dirs] { QApplication::clipboard()->setText(dirs.join(u'\n')); });
    menu->addSeparator();
    QAction* trash = menu->addAction(icon("trash"), dirs.size() > 1 ? tr("Move %1 runs to trash").arg(dirs.size()) : tr("Move to trash"),
                                     QKeySequence(QKeySequence::Delete), this, &RunListPanel::trashChosen);
    trash->setEnabled(dirs.size() > 1 || commands_.trash()->isEnabled());
    trash->setToolTip(commands_.trash()->toolTip());
    menu->setToolTipsVisible(true);
    menu->popup(view_->viewport()->mapToGlobal(at));
}

}  // namespace switchyard::ui
