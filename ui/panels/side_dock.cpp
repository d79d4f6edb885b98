// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/side_dock.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/base/util/paths.h"
#include "ui/widgets/dock_title.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kFolderWidth = 150;

QString defaultFolder() { return QString::fromStdString((dataHome() / "runs").string()); }

/// "~/runs" for a folder below the home folder.
QString shortPath(const QString& path) {
    const QString home = QDir::homePath();
    return path == home || path.startsWith(home + u'/') ? u'~' + path.mid(home.size()) : path;
}

}  // namespace

SideDock::SideDock(AppContext& context, QWidget* runs, QWidget* parent)
    : QDockWidget(tr("Runs"), parent), context_(context), title_(new DockTitle(this)), stack_(new QStackedWidget), runs_(runs) {
    setObjectName(QStringLiteral("runsDock"));
    setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea);
    auto* head = new QWidget;
    head->setAttribute(Qt::WA_StyledBackground);
    head->setProperty("toolbar", true);
    head->setFixedHeight(metric::kPageBar);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(8, 0, 12, 0);
    row->setSpacing(8);
    folder_ = new QToolButton;
    folder_->setProperty("folderButton", true);
    folder_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    folder_->setLayoutDirection(Qt::RightToLeft);  // the chevron stands behind the path
    folder_->setIcon(Theme::instance().icon(QStringLiteral("chevron-down")));
    folder_->setIconSize(QSize(14, 14));
    folder_->setPopupMode(QToolButton::InstantPopup);
    folder_->setMenu(new QMenu(folder_));
    folder_->setAccessibleName(tr("Folder of runs"));
    auto* fresh = new QPushButton(Theme::instance().icon(QStringLiteral("plus")), tr("New run"));
    fresh->setProperty("bar", true);
    fresh->setIconSize(QSize(16, 16));
    fresh->setToolTip(tr("Open Configure to start a run"));
    row->addWidget(folder_);
    row->addStretch(1);
    row->addWidget(fresh);
    auto* titles = new QWidget;
    auto* column = new QVBoxLayout(titles);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(head);
    column->addWidget(title_);
    setTitleBarWidget(titles);
    stack_->addWidget(runs_);
    stack_->setMinimumWidth(220);
    setWidget(stack_);
    title_->setTitles({tr("Runs")});
    connect(fresh, &QPushButton::clicked, this, &SideDock::newRunRequested);
    connect(title_, &DockTitle::tabChosen, stack_, &QStackedWidget::setCurrentIndex);
    connect(folder_->menu(), &QMenu::aboutToShow, this, &SideDock::fillFolderMenu);
    connect(&context_, &AppContext::runsDirChanged, this, &SideDock::tellFolder);
    tellFolder();
}

void SideDock::setCount(const QString& text) { title_->setCount(text); }

void SideDock::setPagePanel(QWidget* panel) {
    while (stack_->count() > 1) stack_->removeWidget(stack_->widget(1));  // kept by the window
    if (panel == nullptr) {
        title_->setTitles({tr("Runs")});
        stack_->setCurrentIndex(0);
        return;
    }
    stack_->addWidget(panel);
    stack_->setCurrentIndex(1);
    title_->setTitles({tr("Runs"), panel->windowTitle()}, 1);
}

void SideDock::showRuns() {
    stack_->setCurrentIndex(0);
    if (stack_->count() > 1) title_->setTitles({tr("Runs"), stack_->widget(1)->windowTitle()}, 0);
}

void SideDock::tellFolder() {
    const QString path = shortPath(context_.runsDir());
    folder_->setText(folder_->fontMetrics().elidedText(path, Qt::ElideLeft, kFolderWidth));
    folder_->setToolTip(context_.runsDir());
}

void SideDock::fillFolderMenu() {
    QMenu* menu = folder_->menu();
    menu->clear();
    const auto add = [&](const QString& folder) {
        QAction* action = menu->addAction(shortPath(folder));
        action->setCheckable(true);
        action->setChecked(folder == context_.runsDir());
        connect(action, &QAction::triggered, this, [this, folder] { context_.setRunsDir(folder); });
    };
    add(defaultFolder());
    if (context_.runsDir() != defaultFolder()) add(context_.runsDir());
    menu->addSeparator();
    menu->addAction(Theme::instance().icon(QStringLiteral("folder")), tr("Choose folder..."), this, [this] {
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder of runs"), context_.runsDir());
        if (!folder.isEmpty()) context_.setRunsDir(folder);
    });
}

}  // namespace switchyard::ui
