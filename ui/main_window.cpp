// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDockWidget>
#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QThreadPool>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "core/base/util/paths.h"
#include "ui/models/run_words.h"
#include "ui/panels/events_panel.h"
#include "ui/panels/inspector_panel.h"
#include "ui/panels/page_bar.h"
#include "ui/panels/run_commands.h"
#include "ui/panels/run_list_panel.h"
#include "ui/panels/side_dock.h"
#include "ui/panels/system_panel.h"
#include "ui/services/run_feed.h"
#include "ui/services/language.h"
#include "ui/services/run_launcher.h"
#include "ui/services/system_monitor.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/command_palette.h"
#include "ui/widgets/dock_title.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLayoutVersion = 1;
constexpr int kWidth = 1440, kHeight = 900;

/// The command palette's field in the menu bar: a button that looks like a search field.
class PaletteButton : public QPushButton {
    Q_DECLARE_TR_FUNCTIONS(PaletteButton)
public:
    PaletteButton() {
        setProperty("field", true);
        setFixedWidth(250);
        setAccessibleName(tr("Find an action"));
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(8, 0, 5, 0);
        row->setSpacing(8);
        icon_ = new QLabel;
        auto* text = new QLabel(tr("Find an action"));
        text->setProperty("role", "muted");
        text->setProperty("small", true);
        row->addWidget(icon_);
        row->addWidget(text, 1);
        row->addWidget(new Chip(QStringLiteral("Ctrl+K")));
        connect(&Theme::instance(), &Theme::changed, this, [this] { recolor(); });
        recolor();
    }

private:
    void recolor() {
        const Theme& theme = Theme::instance();
        icon_->setPixmap(theme.icon(QStringLiteral("search"), theme.palette().muted).pixmap(QSize(16, 16), devicePixelRatioF()));
    }
    QLabel* icon_;
};

}  // namespace

MainWindow::MainWindow(const QString& runs_dir, const QString& selected_run, const QString& settings_file)
    : context_(runs_dir), settings_file_(settings_file), entries_(pageTable()), pages_(entries_.size()), commands_(new RunCommands(context_, this)) {
    setWindowTitle(QStringLiteral("Switchyard"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/app.svg")));
    resize(QSize(kWidth, kHeight).boundedTo(screen()->availableSize()));
    if (!selected_run.isEmpty()) context_.selectRun(selected_run);

    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    // Docks inside the centre, so that the page bar spans the inspector.
    body_ = new QMainWindow(nullptr, Qt::Widget);
    stack_ = new QStackedWidget;
    body_->setCentralWidget(stack_);
    body_->setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    bar_ = new PageBar(entries_, makeRunBar(context_, *commands_));
    connect(bar_, &PageBar::chosen, this, &MainWindow::showPage);
    column->addWidget(bar_);
    column->addWidget(body_, 1);
    setCentralWidget(centre);
    buildDocks();
    palette_ = new CommandPalette(this);
    monitor_ = new SystemMonitor(this);
    monitor_->setFolder(runs_dir);
    connect(&context_, &AppContext::runsDirChanged, monitor_, &SystemMonitor::setFolder);
    buildSystemDock();
    buildMenus();
    buildStatusBar();

    connect(&context_, &AppContext::pageRequested, this, &MainWindow::showPage);
    connect(&context_, &AppContext::alarmRequested, this, &MainWindow::showAlarm);
    connect(&context_, &AppContext::sampleRequested, this, [this](const SampleRequest& request) {
        showPage(QStringLiteral("routing"));
        if (Page* routing = page(QStringLiteral("routing"))) routing->takeSample(request);
    });
    connect(&context_, &AppContext::noteRequested, this, [this] {
        inspector_wanted_ = true;
        show_inspector_->setChecked(true);
        placeInspector();
    });
    connect(&context_, &AppContext::configRequested, this, [this] { showPage(QStringLiteral("configure")); });
    connect(&context_.runs(), &RunFeed::listChanged, this, &MainWindow::tellRuns);
    connect(side_, &SideDock::newRunRequested, this, [this] { showPage(QStringLiteral("configure")); });
    connect(runs_, &RunListPanel::smokeRequested, this, &MainWindow::startSmoke);
    connect(runs_, &RunListPanel::countChanged, side_, &SideDock::setCount);
    restoreLayout();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildDocks() {
    runs_ = new RunListPanel(context_, *commands_);
    side_ = new SideDock(context_, runs_, this);
    addDockWidget(Qt::LeftDockWidgetArea, side_);

    inspector_dock_ = new QDockWidget(tr("Inspector"), body_);
    inspector_dock_->setObjectName(QStringLiteral("inspectorDock"));
    inspector_dock_->setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea);
    auto* title = new DockTitle(inspector_dock_);
    title->setTitles({tr("Inspector")});
    inspector_dock_->setTitleBarWidget(title);
    connect(inspector_dock_, &QDockWidget::windowTitleChanged, title, [title](const QString& text) { title->setTitles({text}); });
    inspector_stack_ = new QStackedWidget;
    inspector_stack_->setMinimumWidth(240);
    inspector_ = new InspectorPanel;
    inspector_stack_->addWidget(inspector_);
    inspector_dock_->setWidget(inspector_stack_);
    body_->addDockWidget(Qt::RightDockWidgetArea, inspector_dock_);

    events_dock_ = new QDockWidget(tr("Events"), body_);
    events_dock_->setObjectName(QStringLiteral("eventsDock"));
    events_dock_->setAllowedAreas(Qt::BottomDockWidgetArea | Qt::TopDockWidgetArea);
    events_dock_->setTitleBarWidget(new QWidget);  // the panel brings its own row, which stays when it is folded
    events_ = new EventsPanel(context_);
    events_dock_->setWidget(events_);
    body_->addDockWidget(Qt::BottomDockWidgetArea, events_dock_);
    connect(events_, &EventsPanel::closeRequested, events_dock_, &QDockWidget::close);
    connect(events_, &EventsPanel::openChanged, this, [this](bool open) {
        if (open) body_->resizeDocks({events_dock_}, {180}, Qt::Vertical);
    });
}

void MainWindow::buildSystemDock() {
    system_dock_ = new QDockWidget(tr("System"), body_);
    system_dock_->setObjectName(QStringLiteral("systemDock"));
    system_dock_->setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea);
    auto* title = new DockTitle(system_dock_);
    title->setTitles({tr("System")});
    system_dock_->setTitleBarWidget(title);
    system_ = new SystemPanel;
    auto* scroll = new QScrollArea;  // a machine may have many GPUs
    scroll->setWidget(system_);
    scroll->setWidgetResizable(true);
    scroll->setMinimumWidth(240);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("System"));
    system_dock_->setWidget(scroll);
    body_->addDockWidget(Qt::RightDockWidgetArea, system_dock_);
    system_dock_->hide();  // asked for from the status bar or the menu
}

void MainWindow::buildMenus() {
    const Theme& theme = Theme::instance();
    menuBar()->setNativeMenuBar(false);
    QMenu* file = menuBar()->addMenu(tr("&File"));
    QAction* fresh = file->addAction(theme.icon(QStringLiteral("plus")), tr("New run"), this, [this] { showPage(QStringLiteral("configure")); });
    fresh->setShortcut(QKeySequence::New);
    file->addAction(theme.icon(QStringLiteral("folder")), tr("Open config..."), QKeySequence::Open, this, &MainWindow::openConfigFile);
    file->addAction(tr("Run the smoke config"), this, &MainWindow::startSmoke);
    file->addSeparator();
    file->addAction(tr("Quit"), QKeySequence::Quit, this, &QWidget::close);

    QMenu* view = menuBar()->addMenu(tr("&View"));
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        QAction* action = view->addAction(theme.icon(entries_[i].name), entries_[i].title, this, [this, name = entries_[i].name] { showPage(name); });
        action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i))));
    }
    view->addSeparator();
    QAction* search = view->addAction(tr("Search runs"), this, [this] {
        side_->show();
        side_->showRuns();
        runs_->focusSearch();
    });
    search->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F));
    view->addAction(tr("Next run"), QKeySequence(Qt::ALT | Qt::Key_Down), this, [this] { runs_->step(1); });
    view->addAction(tr("Previous run"), QKeySequence(Qt::ALT | Qt::Key_Up), this, [this] { runs_->step(-1); });
    view->addSeparator();
    QAction* show_runs = side_->toggleViewAction();
    show_runs->setText(tr("Runs panel"));
    view->addAction(show_runs);
    show_inspector_ = view->addAction(tr("Inspector panel"));
    show_inspector_->setCheckable(true);
    show_inspector_->setChecked(true);
    connect(show_inspector_, &QAction::triggered, this, [this](bool on) {
        inspector_wanted_ = on;
        placeInspector();
    });
    inspector_dock_->installEventFilter(this);
    show_events_ = events_dock_->toggleViewAction();
    show_events_->setText(tr("Events panel"));
    view->addAction(show_events_);
    QAction* show_system = system_dock_->toggleViewAction();
    show_system->setText(tr("System panel"));
    show_system->setObjectName(QStringLiteral("systemAction"));
    view->addAction(show_system);
    QAction* fold = view->addAction(tr("Show all events"), this, [this] {
        events_dock_->show();
        events_->setOpen(!events_->isOpen());
    });
    fold->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    view->addAction(tr("Reset layout"), this, &MainWindow::resetLayout);
    view->addSeparator();
    dark_ = view->addAction(tr("Dark theme"));
    dark_->setCheckable(true);
    dark_->setChecked(theme.isDark());
    dark_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_T));
    connect(dark_, &QAction::toggled, this, &MainWindow::setDark);

    buildLanguages(view);

    QMenu* run = menuBar()->addMenu(tr("&Run"));
    run->addActions(commands_->all());
    commands_->stop()->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Period));

    QMenu* tools = menuBar()->addMenu(tr("&Tools"));
    QAction* palette = tools->addAction(theme.icon(QStringLiteral("search")), tr("Find an action"), this, &MainWindow::openPalette);
    palette->setObjectName(QStringLiteral("paletteAction"));
    palette->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_K));
    tools->addAction(theme.icon(QStringLiteral("folder")), tr("Open folder of runs"), this,
                     [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(context_.runsDir())); });
    tools->addAction(tr("Read the run list again"), QKeySequence::Refresh, this, [this] { context_.runs().refresh(); });

    QMenu* help = menuBar()->addMenu(tr("&Help"));
    QAction* about_action = help->addAction(tr("About Switchyard"), this, [this] {
        auto* about = new QMessageBox(QMessageBox::NoIcon, tr("About Switchyard"),
                                      tr("<b>Switchyard %1</b><p>Trains sparse mixture-of-experts models of text and images, and shows what "
                                         "happens inside them.</p><p>The window is free software under the GNU General Public License, version "
                                         "3 or later; the core and the command line under the MIT license.</p>")
                                          .arg(QStringLiteral(SWITCHYARD_VERSION)),
                                      QMessageBox::Close, this);
        about->setAttribute(Qt::WA_DeleteOnClose);
        about->open();
    });
    about_action->setObjectName(QStringLiteral("aboutAction"));
    help->addAction(tr("About Qt"), qApp, &QApplication::aboutQt);

    auto* corner = new QWidget;
    corner->setFixedHeight(metric::kMenuBar);
    auto* row = new QHBoxLayout(corner);
    row->setContentsMargins(0, 0, 12, 0);
    row->setSpacing(8);
    auto* find = new PaletteButton;
    auto* theme_button = new IconButton(theme.isDark() ? QStringLiteral("sun") : QStringLiteral("moon"), tr("Switch between dark and light"));
    row->addWidget(find);
    row->addWidget(theme_button);
    menuBar()->setCornerWidget(corner, Qt::TopRightCorner);
    menuBar()->setFixedHeight(metric::kMenuBar);
    connect(find, &QPushButton::clicked, this, &MainWindow::openPalette);
    connect(theme_button, &QToolButton::clicked, dark_, &QAction::toggle);
    connect(&Theme::instance(), &Theme::changed, theme_button, [theme_button] {
        theme_button->setIconName(Theme::instance().isDark() ? QStringLiteral("sun") : QStringLiteral("moon"));
    });
}

void MainWindow::buildLanguages(QMenu* view) {
    const QString key = QStringLiteral("language");
    const QString kept = QSettings(settings_file_, QSettings::IniFormat).value(key).toString();
    QMenu* menu = view->addMenu(tr("Language"));
    auto* group = new QActionGroup(this);
    const auto add = [&](const QString& name, const QString& language) {
        QAction* action = menu->addAction(name, this, [this, key, language] {
            QSettings(settings_file_, QSettings::IniFormat).setValue(key, language);
            context_.report(QStringLiteral("info"), tr("The language changes at the window's next start."));
        });
        action->setCheckable(true);
        action->setChecked(language == kept);
        group->addAction(action);
    };
    add(tr("The system's"), QString());
    for (const QString& language : languages()) add(languageName(language), language);
}

void MainWindow::buildStatusBar() {
    statusBar()->setFixedHeight(metric::kStatusBar);
    statusBar()->setSizeGripEnabled(false);
    runs_label_ = new QLabel;
    workers_label_ = new QLabel;
    load_label_ = new QToolButton;
    load_label_->setFont(Theme::instance().font(TextRole::kCaption));
    load_label_->setAutoRaise(true);
    load_label_->setFixedHeight(metric::kStatusBar - 4);
    load_label_->setFocusPolicy(Qt::TabFocus);
    load_label_->setAccessibleName(tr("Load of this machine"));
    load_label_->setToolTip(tr("Show or hide the system panel"));
    connect(load_label_, &QToolButton::clicked, system_dock_->toggleViewAction(), &QAction::trigger);
    statusBar()->addWidget(runs_label_);
    statusBar()->addWidget(workers_label_);
    statusBar()->addPermanentWidget(load_label_);
    connect(monitor_, &SystemMonitor::loadChanged, this, [this](const SystemLoad& load) {
        const QString text = SystemPanel::summary(load);
        load_label_->setText(text);
        load_label_->setAccessibleDescription(text);
        if (system_->isVisible()) system_->setLoad(load);
    });
    tellRuns();
}

void MainWindow::tellRuns() {
    int active = 0, queued = 0;
    std::size_t workers = 0;
    for (const runs::RunStatus& run : context_.runs().statuses()) {
        if (run.state == runs::RunState::kQueued) ++queued;
        if (!runs::isLive(run.state)) continue;
        ++active;
        if (run.supervisor) workers += run.supervisor->rank_pids.size();
    }
    runs_label_->setText((active == 1 ? tr("1 run active") : tr("%1 runs active").arg(active)) + (queued > 0 ? tr(", %1 queued").arg(queued) : QString()));
    workers_label_->setText(workers == 1 ? tr("1 worker") : tr("%1 workers").arg(workers));
}

MainWindow::Shown& MainWindow::shown(std::size_t index) {
    Shown& entry = pages_[index];
    if (entry.page != nullptr) return entry;
    entry.page = entries_[index].make(context_, stack_);
    entry.page->setObjectName(QStringLiteral("page-") + entries_[index].name);
    stack_->addWidget(entry.page);
    entry.actions = entry.page->pageActions();
    entry.side = entry.page->sidePanel();
    if (entry.side != nullptr) entry.side->setParent(this), entry.side->hide();
    entry.inspector = entry.page->inspectorPanel();
    if (entry.inspector != nullptr) {
        inspector_stack_->addWidget(entry.inspector);
        connect(entry.inspector, &QWidget::windowTitleChanged, this, [this, index](const QString& title) {
            if (index == current_) inspector_dock_->setWindowTitle(title);
        });
    }
    connect(entry.page, &Page::inspect, this, [this, index](const Inspection& inspection) {
        Shown& from = pages_[index];
        const bool first = !from.inspects;
        from.inspects = true;
        from.inspection = inspection;
        if (index != current_) return;
        inspector_->show(inspection);
        if (first) placeInspector();
    });
    return entry;
}

void MainWindow::showPage(const QString& name) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].name != name) continue;
        Shown& entry = shown(i);
        current_ = i;
        stack_->setCurrentWidget(entry.page);
        bar_->setCurrent(i, entry.actions);
        side_->setPagePanel(entry.side);
        if (entry.inspects) inspector_->show(entry.inspection);
        placeInspector();
        return;
    }
}

void MainWindow::showAlarm(const health::Alarm& alarm) {
    const QString name = health::isRouting(alarm.kind) ? QStringLiteral("experts") : QStringLiteral("curves");
    showPage(name);
    if (Page* shown_page = page(name)) shown_page->goTo(alarm);
}

QString MainWindow::currentPage() const { return entries_.empty() ? QString() : entries_[current_].name; }

Page* MainWindow::page(const QString& name) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].name == name) return shown(i).page;
    }
    return nullptr;
}

void MainWindow::placeInspector() {
    const Shown& now = pages_[current_];
    const bool has = now.inspector != nullptr || now.inspects;
    if (has) {
        inspector_stack_->setCurrentWidget(now.inspector != nullptr ? now.inspector : inspector_);
        inspector_dock_->setWindowTitle(now.inspector != nullptr ? now.inspector->windowTitle() : tr("Inspector"));
    }
    show_inspector_->setEnabled(has);
    inspector_dock_->setVisible(has && inspector_wanted_);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    // Closed by its button, not hidden for want of something to show: stays closed until asked for again.
    if (watched == inspector_dock_ && event->type() == QEvent::Close) {
        inspector_wanted_ = false;
        show_inspector_->setChecked(false);
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::setDark(bool dark) {
    if (Theme::instance().isDark() != dark) Theme::instance().setDark(dark);
    QSettings(settings_file_, QSettings::IniFormat).setValue(QStringLiteral("dark"), dark);
}

void MainWindow::openPalette() {
    QList<CommandPalette::Entry> entries;
    for (QAction* top : menuBar()->actions()) {
        if (top->menu() == nullptr) continue;
        const QString menu = QString(top->text()).remove(u'&');
        for (QAction* action : top->menu()->actions()) {
            if (action->isSeparator()) continue;
            const QString name = QStringLiteral("%1: %2").arg(menu, QString(action->text()).remove(u'&'));
            if (action->menu() == nullptr) {
                entries.append({name, action});
                continue;
            }
            for (QAction* below : action->menu()->actions())
                entries.append({QStringLiteral("%1: %2").arg(name, below->text()), below});
        }
    }
    palette_->open(std::move(entries));
}

void MainWindow::startSmoke() {
    const QString file = QString::fromStdString((configsDir() / "smoke.yaml").string());
    QThreadPool::globalInstance()->start([self = QPointer<MainWindow>(this), file] {
        QFile in(file);
        const bool good = in.open(QIODevice::ReadOnly);
        const std::string text = good ? in.readAll().toStdString() : std::string();
        QMetaObject::invokeMethod(qApp, [self, file, text, good] {
            if (self == nullptr) return;
            if (!good) {
                self->context_.report(QStringLiteral("error"), tr("The smoke config is missing (%1).").arg(file));
                return;
            }
            launch::TrainRequest request;
            request.config_text = text;
            request.config_file = file.toStdString();
            const QString usual = QString::fromStdString((dataHome() / "runs").string());
            if (self->context_.runsDir() != usual) request.overrides.push_back({"run.dir", self->context_.runsDir().toStdString()});
            self->context_.launcher().start(
                self, request,
                [self](const QString& dir) {
                    self->context_.selectRun(dir);
                    self->showPage(QStringLiteral("curves"));
                },
                [self](const Failure& failure) { self->context_.report(QStringLiteral("error"), failure.sentence()); });
        });
    });
}

void MainWindow::openConfigFile() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Open config"), QString::fromStdString(configsDir().string()), tr("Configurations (*.yaml *.yml)"));
    if (file.isEmpty()) return;
    QThreadPool::globalInstance()->start([self = QPointer<MainWindow>(this), file] {
        QFile in(file);
        const bool good = in.open(QIODevice::ReadOnly) && in.size() <= (1 << 20);
        const QString text = good ? QString::fromUtf8(in.readAll()) : QString();
        QMetaObject::invokeMethod(qApp, [self, file, text, good] {
            if (self == nullptr) return;
            if (!good) {
                self->context_.report(QStringLiteral("error"), tr("The file can not be read, or is over 1 MiB (%1).").arg(file));
                return;
            }
            self->showPage(QStringLiteral("configure"));
            self->context_.openConfig(text, file);
        });
    });
}

void MainWindow::restoreLayout() {
    default_state_ = saveState(kLayoutVersion);
    default_body_state_ = body_->saveState(kLayoutVersion);
    const QSettings settings(settings_file_, QSettings::IniFormat);
    restoreGeometry(settings.value(QStringLiteral("geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("layout")).toByteArray(), kLayoutVersion);
    body_->restoreState(settings.value(QStringLiteral("body")).toByteArray(), kLayoutVersion);
    inspector_wanted_ = settings.value(QStringLiteral("inspector"), true).toBool();
    show_inspector_->setChecked(inspector_wanted_);
    events_->setOpen(settings.value(QStringLiteral("events"), false).toBool());
    const QString page = settings.value(QStringLiteral("page"), QStringLiteral("configure")).toString();
    showPage(page);
    if (pages_[current_].page == nullptr && !entries_.empty()) showPage(entries_.front().name);
}

void MainWindow::useDefaultSizes() {
    resizeDocks({side_}, {metric::kLeftDock}, Qt::Horizontal);
    body_->resizeDocks({inspector_dock_}, {metric::kRightDock}, Qt::Horizontal);
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    // Docks take a width only once they are laid out.
    if (!sized_ && !QSettings(settings_file_, QSettings::IniFormat).contains(QStringLiteral("layout"))) {
        QMetaObject::invokeMethod(this, &MainWindow::useDefaultSizes, Qt::QueuedConnection);
    }
    sized_ = true;
}

void MainWindow::resetLayout() {
    restoreState(default_state_, kLayoutVersion);
    body_->restoreState(default_body_state_, kLayoutVersion);
    side_->show();
    events_dock_->show();
    events_->setOpen(false);
    inspector_wanted_ = true;
    show_inspector_->setChecked(true);
    system_dock_->hide();
    placeInspector();
    useDefaultSizes();
}

bool MainWindow::mayClose() {
    for (const Shown& entry : pages_) {
        const QString work = entry.page == nullptr ? QString() : entry.page->unsavedWork();
        if (work.isEmpty() || closing_) continue;
        auto* question = new QMessageBox(QMessageBox::NoIcon, tr("Unsaved edits"), tr("%1 has edits that were not saved. Runs go on in any case.").arg(work),
                                         QMessageBox::NoButton, this);
        question->setAttribute(Qt::WA_DeleteOnClose);
        QPushButton* leave = question->addButton(tr("Close without saving"), QMessageBox::DestructiveRole);
        question->setDefaultButton(question->addButton(tr("Keep editing"), QMessageBox::RejectRole));
        connect(leave, &QPushButton::clicked, this, [this] {
            closing_ = true;
            close();
        });
        question->open();
        return false;
    }
    return true;
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!mayClose()) {
        event->ignore();
        return;
    }
    QSettings settings(settings_file_, QSettings::IniFormat);
    settings.setValue(QStringLiteral("geometry"), saveGeometry());
    settings.setValue(QStringLiteral("layout"), saveState(kLayoutVersion));
    settings.setValue(QStringLiteral("body"), body_->saveState(kLayoutVersion));
    settings.setValue(QStringLiteral("inspector"), inspector_wanted_);
    settings.setValue(QStringLiteral("events"), events_->isOpen());
    settings.setValue(QStringLiteral("page"), currentPage());
    QMainWindow::closeEvent(event);
}

}  // namespace switchyard::ui
