// SPDX-License-Identifier: GPL-3.0-or-later
// Alarms of the run and all its layers, and the dead experts of the one in focus.
#pragma once

#include "core/base/health/alarm.h"
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
    explicit AlarmsCard(QWidget* parent = nullptr);
    /// In the order raised; the newest is shown first.
    void setAlarms(const std::vector<health::Alarm>& alarms);
    JumpList& list() const { return *list_; }

Q_SIGNALS:
    void chosen(const switchyard::health::Alarm& alarm);

private:
    std::vector<health::Alarm> alarms_, alarms_in_order_;
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
