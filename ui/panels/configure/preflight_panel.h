// SPDX-License-Identifier: GPL-3.0-or-later
// Pre-flight: what the configuration will take, beside the form while it is edited.
#pragma once

#include <QScrollArea>
#include <array>

#include "ui/models/plan_watch.h"

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace switchyard::ui {

class PlanBars;

/// Thread: GUI thread.
class PreflightPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit PreflightPanel(PlanWatch& watch, QWidget* parent = nullptr);
    /// The text as it is now is not valid: the figures are those of the last one that was.
    void setOutdated(bool outdated);
    QSize sizeHint() const override { return {300, 560}; }

Q_SIGNALS:
    /// A change that would make it fit was asked for: keys and values as --set takes them.
    void changeWanted(const std::vector<std::string>& sets);

private:
    void show(const PlanChoices& choices);
    void showChosen();
    void showAlternatives();

    PlanWatch& watch_;
    QLabel* state_;
    std::array<QLabel*, 4> figures_{};
    QLabel* limit_;
    PlanBars* bars_;
    QGridLayout* table_;
    QVBoxLayout* changes_;
    QLabel* notes_;
};

}  // namespace switchyard::ui
