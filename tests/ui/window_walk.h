// SPDX-License-Identifier: GPL-3.0-or-later
// A walk through everything the window shows over real and made-up runs: pages with what their switches bring forth,
// menus, dialogs. What is looked at there is the test's.
#pragma once

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QToolButton>
#include <functional>

#include "ui/main_window.h"
#include "ui/panels/configure/section_head.h"
#include "ui/retrieval_tools.h"
#include "ui/services/inference_client.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/table_dialog.h"

namespace switchyard::test {

class WindowWalk {
public:
    /// `seen` is called at each place with what stands on the screen.
    using Seen = std::function<void(const QString& place, const QList<QWidget*>& roots)>;

    /// Trains a small run and makes up others. @return whether that worked
    bool prepare(const OwnFolders& folders) {
        runs_ = folders.path("walk-runs");
        settings_ = folders.path("walk.ini");
        trained_ = runs_ + "/trained", failed_ = runs_ + "/failed";
        if (QDir(trained_).exists()) return true;  // an earlier walk's
        QDir().mkpath(runs_);
        trained_ = trainSmoke(runs_, QStringLiteral("trained"), 12);
        makeRun(runs_, {.name = "failed", .recorded = 120, .state = "failed", .nan_step = 90});
        makeRun(runs_, {.name = "lost", .recorded = 30, .state = ""});
        return !trained_.isEmpty();
    }

    void go(const Seen& seen) {
        seen_ = seen;
        window_ = std::make_unique<ui::MainWindow>(runs_, trained_, settings_);
        window_->resize(1280, 800);
        window_->show();
        QTRY_VERIFY_WITH_TIMEOUT(window_->context().runs().complete(), 30'000);
        for (const char* name : {"configure", "run", "curves", "experts", "checkpoints", "routing", "retrieval", "ask"})
            visitPage(QLatin1String(name));
        window_->context().selectRun(failed_);
        for (const char* name : {"run", "curves", "experts"}) visitPage(QLatin1String(name));
        visitDialogs();
        visitEmptyWindow();
        const qint64 worker = window_->context().inference().workerPid();
        window_.reset();
        if (worker > 0) QTRY_COMPARE(runs::processStartTicks(worker), 0);
    }

    ui::MainWindow& window() { return *window_; }
    const QString& runs() const { return runs_; }
    const QString& trained() const { return trained_; }

private:
    void look(const QString& place) {
        QTest::qWait(120);
        QList<QWidget*> roots;
        for (QWidget* top : QApplication::topLevelWidgets())
            if (top->isVisible() && top->windowType() != Qt::ToolTip) roots.append(top);
        seen_(place, roots);
    }

    void visitPage(const QString& name) {
        window_->showPage(name);
        ui::Page* page = window_->page(name);
        look(name);
        give(name, page);
        // What the switches bring: each state of each is seen once.
        for (auto* control : window_->findChildren<ui::SegmentedControl*>()) {
            if (!control->isVisible()) continue;
            const int now = control->current();
            const auto buttons = control->findChildren<QToolButton*>();
            for (qsizetype i = 0; i < buttons.size(); ++i) {
                if (!buttons[i]->isVisible() || !buttons[i]->isEnabled()) continue;
                control->setCurrent(static_cast<int>(i));
                look(name + ", " + buttons[i]->accessibleName());
            }
            control->setCurrent(now);
        }
        for (auto* head : page->findChildren<ui::SectionHead*>()) {
            if (!head->isChecked()) head->click();
        }
        if (name == QStringLiteral("configure")) look(name + ", all sections");
        for (auto* button : window_->findChildren<QAbstractButton*>()) {
            const bool in_control = qobject_cast<ui::SegmentedControl*>(button->parentWidget()) != nullptr;
            if (!button->isCheckable() || !button->isVisible() || !button->isEnabled() || in_control) continue;
            if (qobject_cast<ui::SectionHead*>(button) != nullptr || button->autoExclusive()) continue;
            if (button->group() != nullptr) continue;
            QPointer<QAbstractButton> kept(button);
            const QString label = button->accessibleName() + button->text();
            button->toggle();
            look(name + ", " + label);
            if (kept) kept->toggle();
        }
        for (auto* menu : window_->findChildren<ui::ChartMenu*>()) {
            if (!menu->isVisible()) continue;
            Q_EMIT menu->tableAsked();
            look(name + ", table of " + menu->accessibleName());
            closeDialogs();
        }
    }

    /// What a page needs before it shows its content.
    void give(const QString& name, ui::Page* page) {
        if (name == QStringLiteral("routing")) {
            auto* field = window_->findChild<QLineEdit*>(QStringLiteral("sampleText"));
            if (field == nullptr) return;
            field->setText(QStringLiteral("a small red circle"));
            wait(8000);
            look(name + ", a sample");
        }
        if (name == QStringLiteral("retrieval")) {
            for (auto* build : page->findChildren<QPushButton*>(QStringLiteral("startAction"))) {
                look(name + ", start");
                Q_UNUSED(build)
            }
        }
        if (name == QStringLiteral("ask")) {
            wait(3000);
            look(name + ", a model");
        }
    }

    void visitDialogs() {
        for (QAction* top : window_->menuBar()->actions()) {
            if (top->menu() == nullptr) continue;
            top->menu()->popup(window_->mapToGlobal(QPoint(0, 0)));
            look("menu " + top->text());
            top->menu()->close();
        }
        for (auto* menu : window_->findChildren<QMenu*>()) {
            if (qobject_cast<QMenuBar*>(menu->parentWidget()) != nullptr) continue;
            Q_EMIT menu->aboutToShow();
            if (menu->isEmpty()) continue;
            menu->popup(window_->mapToGlobal(QPoint(0, 0)));
            look("a menu of " + menu->parentWidget()->accessibleName());
            menu->close();
        }
        openAndLook(QStringLiteral("aboutAction"));
        openAndLook(QStringLiteral("paletteAction"));
        window_->findChild<QLineEdit*>(QStringLiteral("paletteField"))->parentWidget()->hide();
        openAndLook(QStringLiteral("systemAction"));
        window_->findChild<QAction*>(QStringLiteral("systemAction"))->trigger();  // closed again
        window_->resize(1280, 800);
    }

    void openAndLook(const QString& name) {
        auto* action = window_->findChild<QAction*>(name);
        QVERIFY2(action != nullptr, qPrintable(name));
        action->trigger();
        look(name);
        closeDialogs();
    }

    void visitEmptyWindow() {
        const QString none = runs_ + "-none";
        QDir().mkpath(none);
        window_->context().setRunsDir(none);
        wait(1500);
        for (const char* name : {"run", "curves", "experts", "checkpoints"}) {
            window_->showPage(QLatin1String(name));
            look(QStringLiteral("empty ") + QLatin1String(name));
        }
    }

    void closeDialogs() {
        for (QWidget* top : QApplication::topLevelWidgets())
            if (top->isVisible() && top != window_.get()) top->close();
        QTest::qWait(20);
    }

    static void wait(int most_ms) { QTest::qWait(most_ms); }

    Seen seen_;
    QString runs_, trained_, failed_, settings_;
    std::unique_ptr<ui::MainWindow> window_;
};

}  // namespace switchyard::test
