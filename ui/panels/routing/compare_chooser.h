// SPDX-License-Identifier: GPL-3.0-or-later
// What the sample that is looked at is compared with: another step of the run, another checkpoint, another sample.
#pragma once

#include <QWidget>
#include <vector>

class QComboBox;
class QStackedWidget;

namespace switchyard::ui {

class AppContext;
class CheckpointCombo;
class StepBar;

/// Thread: GUI thread.
class CompareChooser : public QWidget {
    Q_OBJECT
public:
    enum What { kStep, kCheckpoint, kSample };
    explicit CompareChooser(AppContext& context, QWidget* parent = nullptr);
    What what() const;
    /// Recorded steps; none: the sample was not recorded, and that choice goes.
    void setSteps(const std::vector<std::int64_t>& steps);
    /// Titles of the list that the sample stands in.
    void setSamples(const QStringList& titles);
    int sample() const;  ///< row in that list
    StepBar* steps() const { return steps_; }
    CheckpointCombo* checkpoints() const { return checkpoints_; }
    QComboBox* kinds() const { return what_; }
    QComboBox* samples() const { return samples_; }

Q_SIGNALS:
    void changed();

private:
    void chooseFolder();
    void showWhat();

    AppContext& context_;
    QComboBox* what_;
    QStackedWidget* stack_;
    StepBar* steps_;
    CheckpointCombo* checkpoints_;
    QComboBox* samples_;
};

}  // namespace switchyard::ui
