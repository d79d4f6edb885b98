// SPDX-License-Identifier: GPL-3.0-or-later
// The command that starts the same run from a terminal, and a button that copies it.
#pragma once

#include <QString>
#include <QWidget>
#include <string>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;

namespace switchyard::ui {

/// One word of a POSIX shell's command line, quoted when needed.
QString shellWord(const QString& word);

/// `switchyard train --config FILE [--set run.dir=DIR] [--on PROFILE] --detach`
QString trainCommand(const QString& file, const QString& runs_dir, const QString& profile = QStringLiteral("local"));

/// Thread: GUI thread.
class ElidedLabel;

class CommandStrip : public QWidget {
    Q_OBJECT
public:
    explicit CommandStrip(QWidget* parent = nullptr);
    /// `saved`: the file holds the text; else `note` says what has to be done first and nothing can be copied.
    void setCommand(const QString& command, bool saved, const QString& note);
    QString command() const;
    /// What the run would take, at the right of the head.
    void setPlan(const QString& sentence, bool fits);

private:
    QLabel* note_;
    ElidedLabel* plan_;
    QLineEdit* line_;
    QPushButton* copy_;
};

}  // namespace switchyard::ui
