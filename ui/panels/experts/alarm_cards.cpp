// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/alarm_cards.h"

#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/alarm_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/experts/jump_list.h"
#include "ui/widgets/chip.h"

namespace switchyard::ui {
namespace {

constexpr int kAlarmRows = 5, kDeadRows = 4;

/// Lines are broken by hand: a height that depends on the width would keep the column from shrinking.
QLabel* note(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", "caption");
    label->setContentsMargins(11, 5, 11, 7);
    return label;
}

}  // namespace

AlarmsCard::AlarmsCard(QWidget* parent) : Card(tr("Alarms"), parent) {
    count_ = new Chip(QStringLiteral("0"));
    addHeadWidget(count_);
    list_ = new JumpList(tr("Alarms"), kAlarmRows);
    none_ = note(tr("None: routers, losses and data are\nwithin their limits."));
    body()->setSpacing(0);
    body()->addSpacing(3);
    body()->addWidget(list_, 1);
    body()->addWidget(none_);
    connect(list_, &JumpList::chosen, this, [this](int row) { Q_EMIT chosen(alarms_[static_cast<std::size_t>(row)]); });
    list_->hide();
}

void AlarmsCard::setAlarms(const std::vector<health::Alarm>& alarms) {
    if (alarms == alarms_in_order_) return;
    alarms_in_order_ = alarms_ = alarms;
    std::stable_sort(alarms_.begin(), alarms_.end(),
                     [](const health::Alarm& a, const health::Alarm& b) { return a.raised_step > b.raised_step; });
    std::vector<JumpRow> rows;
    for (const health::Alarm& alarm : alarms_) {
        JumpRow row;
        row.text = alarmText(alarm);
        row.tip = alarmTip(alarm);
        row.where = alarmPlace(alarm);
        row.step = number(static_cast<double>(alarm.raised_step), 0);
        row.serious = health::isSerious(alarm.kind);
        row.icon = row.serious ? QStringLiteral("error") : QStringLiteral("warning");
        row.at = alarm.raised_step;
        rows.push_back(row);
    }
    count_->setText(QString::number(rows.size()));
    list_->setVisible(!rows.empty());
    none_->setVisible(rows.empty());
    list_->rows().setRows(std::move(rows));
}

DeadCard::DeadCard(ExpertsView& view, QWidget* parent) : Card(tr("Dead experts"), parent), view_(view) {
    count_ = new Chip(QStringLiteral("0"));
    addHeadWidget(count_);
    auto* caption = new QLabel(tr("last token"));
    caption->setProperty("role", "caption");
    caption->setContentsMargins(0, 0, 4, 0);
    addCornerWidget(caption);
    list_ = new JumpList(tr("Dead experts"), kDeadRows);
    note_ = note({});
    body()->addSpacing(3);
    body()->addWidget(list_, 1);
    body()->addWidget(note_);
    connect(list_, &JumpList::chosen, this, [this](int row) {
        const JumpRow chosen = list_->rows().row(row);
        view_.focus.setStep(static_cast<double>(chosen.at));
        view_.focus.setExpert(chosen.expert);
    });
}

void DeadCard::refresh() {
    std::vector<JumpRow> rows;
    const LayerLoads* layer = view_.layer();
    if (layer != nullptr) {
        for (const int expert : layer->dead.dead()) {
            const DeadSpell* spell = layer->dead.spellOf(expert);
            if (spell == nullptr) continue;
            JumpRow row;
            row.text = expertName(expert);
            row.expert = expert;
            row.experts = layer->ring.experts();
            row.step = spell->last_token_step < 0
                           ? tr("never")
                           : tr("step %1").arg(number(static_cast<double>(spell->last_token_step), 0));
            row.at = spell->last_token_step < 0 ? spell->first_idle_step : spell->last_token_step;
            rows.push_back(row);
        }
        const auto patience = static_cast<double>(layer->dead.patience());
        note_->setText(
            rows.empty()
                ? tr("None: all had tokens of late.")
                : tr("Dead: no token in %1 records, or\n24 steps where they are unlikely.").arg(number(patience, 0)));
    }
    count_->setText(QString::number(rows.size()));
    list_->setVisible(!rows.empty());
    list_->rows().setRows(std::move(rows));
}

}  // namespace switchyard::ui
