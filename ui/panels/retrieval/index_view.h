// SPDX-License-Identifier: GPL-3.0-or-later
// The index in the side panel: its facts, and the build that is going on.
#pragma once

#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;

namespace switchyard::ui {

class ElidedLabel;
class IndexStore;
class ProgressBarThin;

/// Thread: GUI thread.
class IndexView : public QWidget {
    Q_OBJECT
public:
    explicit IndexView(IndexStore& store, QWidget* parent = nullptr);
    /// The checkpoint's name as the combo shows it.
    void setCheckpointName(const QString& name);

Q_SIGNALS:
    void rebuild();
    void changeData();
    void cancelBuild();

private:
    void refresh();
    void updateProgress();
    ElidedLabel* addRow(QGridLayout* grid, const QString& name);

    IndexStore& store_;
    QLabel* mark_icon_;
    QLabel* mark_;
    ElidedLabel* pictures_;
    ElidedLabel* embedding_;
    ElidedLabel* size_;
    ElidedLabel* search_;
    ElidedLabel* data_;
    ElidedLabel* checkpoint_;
    QPushButton* rebuild_;
    QWidget* build_;
    ElidedLabel* build_name_;
    QLabel* build_count_;
    QLabel* build_speed_;
    ProgressBarThin* build_bar_;
};

/// "842 of 2,597"; "Loading the model" before the first picture.
QString buildCount(const IndexStore& store);
/// "51 pictures/s, 9 s left", "" when nothing is known yet.
QString buildSpeed(const IndexStore& store);
double buildFraction(const IndexStore& store);

}  // namespace switchyard::ui
