// SPDX-License-Identifier: GPL-3.0-or-later
// The window as a person uses it to start runs on launch profiles.
#pragma once

#include <signal.h>

#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QtTest>

#include "support/training.h"
#include "ui/main_window.h"
#include "ui/panels/configure_page.h"
#include "ui/services/run_feed.h"
#include "ui_tools.h"

namespace switchyard::test {

/// smoke.yaml under another name; it records every step.
inline QString smokeText(const char* name, int steps = 1'000'000) {
    QFile smoke(shippedConfig("smoke.yaml"));
    if (!smoke.open(QIODevice::ReadOnly)) return {};
    QString text = QString::fromUtf8(smoke.readAll());
    text.replace("name: smoke", QString("name: ") + name);
    text.replace(QRegularExpression("\ntrain:.*"), QString("\ntrain: {steps: %1, global_batch: 32}").arg(steps));
    text.replace(QRegularExpression("\nlog:.*"), QString());
    text.replace(QRegularExpression("\noptim:.*"), QString("\noptim: {warmup_steps: 0}"));
    return text + "\nlog: {every: 1}\n";
}

inline void click(QWidget* widget) {
    QTest::mouseClick(widget, Qt::LeftButton, {}, widget->rect().center());
}

inline QPushButton* buttonOf(QWidget& window, const QString& text) {
    for (auto* button : window.findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text() == text) return button;
    }
    return nullptr;
}

class LaunchingWindow {
public:
    explicit LaunchingWindow(const QString& runs, const QString& settings) : runs_(runs), window(runs, {}, settings) {
        ui::Theme::instance().setDark(true);
        ui::Theme::instance().setDark(false);
        window.resize(1440, 900);
        window.show();
    }
    /// Ends what still runs of these folders.
    ~LaunchingWindow() { killRuns(runs_); }
    static void killRuns(const QString& folder) {
        for (const qint64 pid : processesOf(folder.toUtf8())) {
            if (pid != QCoreApplication::applicationPid()) ::kill(static_cast<pid_t>(pid), SIGKILL);
        }
    }

    QString run(const QString& name) const { return runs_ + '/' + name; }
    const runs::RunStatus* status(const QString& name) { return window.context().runs().status(run(name)); }
    bool is(const QString& name, runs::RunState state) {
        const runs::RunStatus* found = status(name);
        return found != nullptr && found->state == state;
    }
    QComboBox* where() const {
        for (auto* box : window.findChildren<QComboBox*>()) {
            if (box->accessibleName() == "Start on") return box;
        }
        return nullptr;
    }
    /// By the keyboard, as a person would.
    void choose(const QString& profile) const {
        QTRY_VERIFY(where()->findText(profile) >= 0);
        where()->setFocus();
        QTest::keyClick(where(), Qt::Key_Home);
        for (int i = 0; i < where()->count() && where()->currentText() != profile; ++i)
            QTest::keyClick(where(), Qt::Key_Down);
        QCOMPARE(where()->currentText(), profile);
    }
    void open(const QString& text) {
        window.context().showPage("configure");
        window.context().openConfig(text, {});
        const auto opened = [&] {
            auto* page = window.findChild<ui::ConfigurePage*>();
            return page != nullptr && page->document().isChecked() &&
                   QString::fromStdString(page->document().text()) == text;
        };
        QTRY_VERIFY_WITH_TIMEOUT(opened(), 10'000);
    }
    void startOn(const QString& text, const QString& profile) {
        open(text);
        choose(profile);
        QTRY_VERIFY_WITH_TIMEOUT(buttonOf(window, "Start run")->isEnabled(), 10'000);
        click(buttonOf(window, "Start run"));
    }
    void look(const QString& name) {
        window.context().selectRun(run(name));
        window.context().showPage("run");
    }
    bool shows(const QString& words) const {
        for (auto* label : window.findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(words)) return true;
        }
        return false;
    }
    /// A run whose tokenizer the profile takes away: the window says so, by rank and file.
    void failsWithItsFirstCause(const char* name, const QString& profile) {
        startOn(smokeText(name), profile);
        QTRY_VERIFY_WITH_TIMEOUT(is(name, runs::RunState::kFailed), 40'000);
        const runs::RunStatus* ended = status(name);
        QVERIFY(ended->result->first_cause_rank >= 0);
        QVERIFY2(ended->result->error.find("tokenizer.model") != std::string::npos, ended->result->error.c_str());
        look(name);
        QTRY_VERIFY(shows("okenizer.model"));
    }

private:
    QString runs_;

public:
    ui::MainWindow window;
};

}  // namespace switchyard::test
