// SPDX-License-Identifier: GPL-3.0-or-later
// Alarms of all layers, and the dead experts of the one in focus.
#pragma once

#include "ui/models/expert_alarms.h"
#include "ui/panels/experts/experts_view.h"
#include "ui/widgets/card.h"

class QLabel;

namespace switchyard::ui {

class Chip;
class JumpList;

/// Thread: GUI thread.
class AlarmsCard : public Card {
    Q_OBJECT
public:
    explicit AlarmsCard(ExpertsView& view, QWidget* parent = nullptr);
    void setAlarms(const std::vector<ExpertAlarm>& alarms);
    JumpList& list() const { return *list_; }

private:
    void jump(int row);

    ExpertsView& view_;
    std::vector<ExpertAlarm> alarms_;
    Chip* count_;
    JumpList* list_;
    QLabel* none_;
};

/// Thread: GUI thread.
class DeadCard : public Card {
    Q_OBJECT
public:
    explicit DeadCard(ExpertsView& view, QWidget* parent = nullptr);
    void refresh();
    JumpList& list() const { return *list_; }

private:
    ExpertsView& view_;
    Chip* count_;
    JumpList* list_;
    QLabel* note_;
};

}  // namespace switchyard::ui
