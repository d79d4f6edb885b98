// SPDX-License-Identifier: GPL-3.0-or-later
// switchyard-workbench [RUNS_DIR | RUN_DIR | RUN_DIR/run.db]
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QFontDatabase>
#include <QSettings>
#include <cstdio>

#include "core/base/runs/run_folder.h"
#include "core/base/util/paths.h"
#include "ui/main_window.h"
#include "ui/services/language.h"
#include "ui/widgets/theme.h"

namespace {

/// Fonts that came along for systems that may have none; those may lack fontconfig's settings as well, which are then made
/// do without.
QStringList broughtFonts() {
    const QDir folder(QString::fromStdString((switchyard::configsDir().parent_path() / "fonts").string()));
    QStringList files;
    for (const QString& name : folder.entryList({QStringLiteral("*.ttf")}, QDir::Files)) files.append(folder.filePath(name));
    if (!files.isEmpty() && folder.exists(QStringLiteral("fonts.conf")) && !QFileInfo::exists(QStringLiteral("/etc/fonts/fonts.conf")) &&
        !qEnvironmentVariableIsSet("FONTCONFIG_FILE")) {
        qputenv("FONTCONFIG_FILE", QFile::encodeName(folder.filePath(QStringLiteral("fonts.conf"))));
    }
    return files;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace switchyard;
    QApplication::setApplicationName(QStringLiteral("switchyard-workbench"));
    QApplication::setApplicationDisplayName(QStringLiteral("Switchyard"));
    QApplication::setApplicationVersion(QStringLiteral(SWITCHYARD_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("org.switchyard.workbench"));
    const QStringList fonts = broughtFonts();
    QApplication application(argc, argv);
    for (const QString& font : fonts) QFontDatabase::addApplicationFont(font);

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("The Switchyard workbench: configure, launch and watch trainings, search pictures."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("folder"),
                                 QStringLiteral("A folder of runs, one run, or a run's run.db (default: the XDG data folder's runs)."),
                                 QStringLiteral("[RUNS_DIR | RUN_DIR | RUN_DIR/run.db]"));
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
        QFileInfo given(parser.positionalArguments().first());
        // What file managers open: the file of that type in a run's folder.
        if (given.isFile() && given.fileName() == QLatin1String("run.db")) given.setFile(given.absolutePath());
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
