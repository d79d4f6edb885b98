// SPDX-License-Identifier: GPL-3.0-or-later
// switchyard-workbench [RUNS_DIR | RUN_DIR]
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <cstdio>

#include "core/base/runs/run_folder.h"
#include "core/base/util/paths.h"
#include "ui/main_window.h"
#include "ui/services/language.h"
#include "ui/widgets/theme.h"

int main(int argc, char** argv) {
    using namespace switchyard;
    QApplication::setApplicationName(QStringLiteral("switchyard-workbench"));
    QApplication::setApplicationDisplayName(QStringLiteral("Switchyard"));
    QApplication::setApplicationVersion(QStringLiteral(SWITCHYARD_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("switchyard"));
    QApplication application(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("The Switchyard workbench: configure, launch and watch trainings, search pictures."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("folder"),
                                 QStringLiteral("A folder of runs, or one run (default: the XDG data folder's runs)."),
                                 QStringLiteral("[RUNS_DIR | RUN_DIR]"));
    const QCommandLineOption language(QStringLiteral("language"),
                                      QStringLiteral("Language of the window: en or de; pseudo shows what no language "
                                                     "reaches (default: $SWITCHYARD_LANGUAGE, the one chosen in the "
                                                     "View menu, the system's)."),
                                      QStringLiteral("LANGUAGE"));
    parser.addOption(language);
    parser.process(application);
    const QString asked = parser.value(language);
    if (!asked.isEmpty() && asked != QStringLiteral("pseudo") && !ui::languages().contains(asked)) {
        std::fprintf(stderr, "switchyard-workbench: there is no language %s. Use en, de or pseudo\n", qPrintable(asked));
        return 2;
    }
    QString runs_dir = QString::fromStdString((dataHome() / "runs").string()), run;
    if (!parser.positionalArguments().isEmpty()) {
        const QFileInfo given(parser.positionalArguments().first());
        if (!given.isDir()) {
            std::fprintf(stderr, "switchyard-workbench: there is no folder %s\n", qPrintable(given.filePath()));
            return 2;
        }
        runs_dir = QDir::cleanPath(given.absoluteFilePath());  // "runs/demo/" and "." too
        if (runs::looksLikeRun(runs_dir.toStdString())) {
            run = runs_dir;
            runs_dir = QFileInfo(run).absolutePath();
        }
    }
    const QString settings = QString::fromStdString((configHome() / "workbench.ini").string());
    {
        const QSettings kept(settings, QSettings::IniFormat);
        ui::Theme::instance().setDark(kept.value(QStringLiteral("dark"), false).toBool());
        ui::useLanguage(ui::chooseLanguage(asked, kept.value(QStringLiteral("language")).toString()));
    }
    ui::MainWindow window(runs_dir, run, settings);
    window.show();
    return QApplication::exec();
}
