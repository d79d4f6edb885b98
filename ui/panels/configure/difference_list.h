// SPDX-License-Identifier: GPL-3.0-or-later
// The keys in which two configurations differ, in a list that drops down from a link.
#pragma once

#include <QFrame>

#include "ui/models/config_diff_model.h"

class QTableView;

namespace switchyard::ui {

/// A pop-up: closes itself at a click outside, Escape, or when a key was chosen. Thread: GUI thread.
class DifferenceList : public QFrame {
    Q_OBJECT
public:
    /// `model` outlives the list; `other`: the name of what is compared with.
    DifferenceList(ConfigDiffModel& model, const QString& other, QWidget* parent);
    /// Below `anchor`, kept on its screen.
    void showBelow(const QWidget& anchor);

Q_SIGNALS:
    void keyChosen(const std::string& path);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void choose(const QModelIndex& index);

    ConfigDiffModel& model_;
    QTableView* table_;
};

}  // namespace switchyard::ui
