// SPDX-License-Identifier: GPL-3.0-or-later
// Where a run is started: this machine or a launch profile (core/base/launch/profiles/profile.h).
#pragma once

#include <QComboBox>
#include <QString>

namespace switchyard::ui {

class AppContext;

/// Reads the profiles file in the background, again whenever the program comes to the front: it is edited elsewhere.
/// Hidden while there is this machine only.
/// Thread: GUI thread.
class ProfileChoice : public QComboBox {
    Q_OBJECT
public:
    /// The context outlives it.
    explicit ProfileChoice(AppContext& context, QWidget* parent = nullptr);
    /// "local" = this machine.
    QString profile() const { return profile_; }
    /// Why the chosen one can not be started from here, "" = it can.
    QString whyNot() const { return why_not_; }
    void read();

Q_SIGNALS:
    void chosen(const QString& profile);

private:
    struct Entry {
        QString name, summary, why_not;
    };
    struct Profiles {
        QList<Entry> entries;
        QString problem;
    };
    static Profiles readFile();
    void take(const Profiles& profiles);
    void choose(int index);
    void editFile();

    AppContext& context_;
    QString profile_ = QStringLiteral("local"), why_not_, problem_;
};

}  // namespace switchyard::ui
