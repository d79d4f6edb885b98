// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/profile_choice.h"

#include <QAbstractItemView>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QSignalBlocker>
#include <QUrl>

#include "core/base/io/safe_file.h"
#include "core/base/launch/profiles/profile.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "ui/models/background.h"
#include "ui/services/app_context.h"

namespace switchyard::ui {
namespace {

constexpr int kName = Qt::UserRole, kWhyNot = Qt::UserRole + 1;
constexpr int kWidth = 136;

/// The file's path, made from the example when there is none. "" and a problem when that can not be.
QString fileToEdit(QString* problem) {
    try {
        const fs::path file = launch::profilesFile();
        std::error_code error;
        fs::create_directories(file.parent_path(), error);
        if (!fs::exists(file, error)) io::writeAtomically(file, launch::exampleProfiles());
        return QString::fromStdString(file.string());
    } catch (const Error& error) {
        *problem = QString::fromUtf8(error.what());
        return {};
    }
}

}  // namespace

ProfileChoice::ProfileChoice(AppContext& context, QWidget* parent) : QComboBox(parent), context_(context) {
    setAccessibleName(tr("Start on"));
    setFixedWidth(kWidth);
    take({{{QStringLiteral("local"), {}, {}}}, {}});
    connect(this, &QComboBox::activated, this, &ProfileChoice::choose);
    connect(qApp, &QGuiApplication::applicationStateChanged, this, [this](Qt::ApplicationState state) {
        if (state == Qt::ApplicationActive) read();
    });
    read();
}

void ProfileChoice::read() {
    inBackground(this, &ProfileChoice::readFile, [this](const Profiles& profiles) { take(profiles); });
}

ProfileChoice::Profiles ProfileChoice::readFile() {
    Profiles found;
    found.entries << Entry{QStringLiteral("local"), {}, {}};
    try {
        for (const launch::Profile& one : launch::loadProfiles()) {
            if (one.kind == launch::ProfileKind::kLocal) continue;
            const QString name = QString::fromStdString(one.name);
            const QString why_not =
                one.kind == launch::ProfileKind::kKubernetes
                    ? tr("kubectl starts it: write its manifest with switchyard train --on %1 --manifest-out FILE")
                          .arg(name)
                    : QString();
            found.entries << Entry{name, QString::fromStdString(one.summary()), why_not};
        }
    } catch (const Error& error) {
        found.problem = QString::fromStdString(error.message());
    }
    return found;
}

void ProfileChoice::take(const Profiles& profiles) {
    const QSignalBlocker quiet(this);
    clear();
    for (const Entry& entry : profiles.entries) {
        const bool local = entry.name == QStringLiteral("local");
        addItem(local ? tr("This machine") : entry.name, entry.name);
        setItemData(count() - 1, local ? tr("Ranks are processes of this machine") : entry.summary, Qt::ToolTipRole);
        setItemData(count() - 1, entry.why_not, kWhyNot);
    }
    insertSeparator(count());
    addItem(tr("Edit profiles..."));
    setItemData(count() - 1, tr("Open the file that says where runs can be started"), Qt::ToolTipRole);
    view()->setMinimumWidth(view()->sizeHintForColumn(0) + 32);
    if (!profiles.problem.isEmpty() && profiles.problem != problem_)
        context_.report(QStringLiteral("warning"), tr("Launch profiles: %1").arg(profiles.problem));
    problem_ = profiles.problem;
    // Where there is nothing to choose, the bar has its room.
    setVisible(profiles.entries.size() > 1 || !problem_.isEmpty());
    const int index = std::max(0, findData(profile_, kName));
    setCurrentIndex(index);
    choose(index);
}

void ProfileChoice::choose(int index) {
    const QString name = itemData(index, kName).toString();
    if (name.isEmpty()) {
        setCurrentIndex(std::max(0, findData(profile_, kName)));
        editFile();
        return;
    }
    const bool same = name == profile_ && why_not_ == itemData(index, kWhyNot).toString();
    profile_ = name;
    why_not_ = itemData(index, kWhyNot).toString();
    setToolTip(tr("Where the run is started: %1").arg(itemData(index, Qt::ToolTipRole).toString()));
    setAccessibleDescription(toolTip());
    if (!same) Q_EMIT chosen(profile_);
}

void ProfileChoice::editFile() {
    struct Opened {
        QString file, problem;
    };
    inBackground(
        this,
        [] {
            Opened opened;
            opened.file = fileToEdit(&opened.problem);
            return opened;
        },
        [this](const Opened& opened) {
            if (opened.file.isEmpty()) return context_.report(QStringLiteral("error"), opened.problem);
            if (!QDesktopServices::openUrl(QUrl::fromLocalFile(opened.file)))
                context_.report(QStringLiteral("info"), tr("The launch profiles stand in %1").arg(opened.file));
        });
}

}  // namespace switchyard::ui
