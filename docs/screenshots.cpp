// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the window's pages over a folder of real runs and saves them:
//   screenshots RUNS_DIR RUN OUT [WIDTHxHEIGHT [QUERY]]
// Called by docs/make_screenshots.sh, once a scale.
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <cmath>
#include <cstdio>
#include <functional>

#include "ui/main_window.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/theme.h"

using namespace switchyard;

namespace {

constexpr int kPatienceMs = 60'000;

/// Lets the program work until `done`, at most a minute.
bool waitFor(const std::function<bool()>& done) {
    QElapsedTimer timer;
    timer.start();
    while (!done() && timer.elapsed() < kPatienceMs) QApplication::processEvents(QEventLoop::AllEvents, 20);
    return done();
}

void settle(int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < milliseconds) QApplication::processEvents(QEventLoop::AllEvents, 20);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QStringList words = QApplication::arguments();
    if (words.size() < 4) {
        std::fprintf(stderr, "usage: screenshots RUNS_DIR RUN OUT [WIDTHxHEIGHT [QUERY]]\n");
        return 2;
    }
    const QString run = QDir(words[1]).absoluteFilePath(words[2]), out = words[3], query = words.value(5, QStringLiteral("red fruit"));
    const QStringList size = words.value(4, QStringLiteral("1440x900")).split(u'x');
    QDir().mkpath(out);
    QTemporaryDir settings;  // the user's own layout is neither used nor changed
    ui::Theme::instance().setDark(false);
    ui::MainWindow window(QDir(words[1]).absolutePath(), run, settings.filePath(QStringLiteral("workbench.ini")));
    window.resize(size.value(0).toInt(), size.value(1).toInt());
    window.show();
    if (!waitFor([&] { return window.context().runs().status(run) != nullptr && window.context().runs().complete(); })) {
        std::fprintf(stderr, "screenshots: %s is no run that can be read\n", qPrintable(run));
        return 1;
    }
    for (const QString& name : {QStringLiteral("configure"), QStringLiteral("run"), QStringLiteral("curves"), QStringLiteral("experts"), QStringLiteral("routing"), QStringLiteral("retrieval"), QStringLiteral("checkpoints"), QStringLiteral("ask")}) {
        window.showPage(name);
        settle(name == QStringLiteral("retrieval") || name == QStringLiteral("routing") || name == QStringLiteral("ask") ? 6000 : 1200);
        if (name == QStringLiteral("retrieval")) {
            // Without an index yet, its button builds one.
            if (auto* build = window.page(name)->findChild<QPushButton*>(QStringLiteral("startAction")); build != nullptr && build->isVisible()) {
                build->click();
                waitFor([build] { return !build->isVisible(); });
            }
            if (auto* field = window.page(name)->findChild<QLineEdit*>(QStringLiteral("query"))) {
                field->setText(query);
                Q_EMIT field->returnPressed();
                settle(6000);
            }
        }
        for (const bool dark : {false, true}) {
            ui::Theme::instance().setDark(dark);
            settle(500);
            const int scale = static_cast<int>(std::lround(window.devicePixelRatioF() * 100));
            const QString file = QStringLiteral("%1/%2-%3%4.png").arg(out, name, dark ? QStringLiteral("dark") : QStringLiteral("light"),
                                                                       scale == 100 ? QString() : QStringLiteral("-%1").arg(scale));
            if (!window.grab().save(file)) {
                std::fprintf(stderr, "screenshots: can not write %s\n", qPrintable(file));
                return 1;
            }
            std::printf("%s\n", qPrintable(file));
        }
    }
    return 0;
}
