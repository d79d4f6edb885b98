// SPDX-License-Identifier: GPL-3.0-or-later
// The checkpoints that can be worked with: every run's newest, the shipped one, and a folder that was chosen.
#pragma once

#include <QComboBox>
#include <QList>
#include <QString>
#include <QTimer>

#include "ui/services/app_context.h"

namespace switchyard::ui {

struct CheckpointEntry {
    QString label;  ///< "NAME, step 6,000"
    QString folder;
    QString run_dir;  ///< "" for the shipped one and folders of other places
    friend bool operator==(const CheckpointEntry&, const CheckpointEntry&) = default;
};

/// Folders are read in a worker thread, anew when the list of runs changes and, while a run is live, every 5 s.
/// A checkpoint that is chosen stays so when its run has written a newer one, which is then listed as well.
/// Thread: GUI thread.
class CheckpointCombo : public QComboBox {
    Q_OBJECT
public:
    explicit CheckpointCombo(AppContext& context, QWidget* parent = nullptr);
    /// Starts reading. The first choice is made when the list has come: the selected run's, else the shipped one,
    /// else the newest.
    void start();
    /// Another checkpoint or model folder, which is listed from then on while it is chosen.
    void chooseFolder(const QString& folder);
    /// Opens a dialog over the widget, and chooses the folder that is named there.
    void askForFolder(QWidget* over, const QString& title);
    bool listed() const { return listed_; }
    const CheckpointEntry& chosen() const { return chosen_; }  ///< folder "" = none

Q_SIGNALS:
    void chosenChanged();

private:
    void readWhenChanged();
    void read();
    void take(QList<CheckpointEntry> entries);
    void choose(const CheckpointEntry& entry);

    AppContext& context_;
    QTimer timer_;
    QList<CheckpointEntry> entries_;
    CheckpointEntry chosen_;
    QString runs_seen_;
    bool started_ = false, listed_ = false, reading_ = false, again_ = false;
};

}  // namespace switchyard::ui
