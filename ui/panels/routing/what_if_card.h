// SPDX-License-Identifier: GPL-3.0-or-later
// What another gate would have done with the logits of the sample that is looked at.
#pragma once

#include <string>

#include "ui/models/gate_choice.h"
#include "ui/models/route_focus.h"
#include "ui/services/gate_replay.h"
#include "ui/widgets/card.h"

class QPushButton;

namespace switchyard::ui {

class AppContext;
class ContrastTable;
class ElidedLabel;
class GateForm;
class RouteBars;
class RoutingExports;
class SegmentedControl;

/// While it is open the page's sample is shown under the gate of its fields, or as it was, with marks where the two
/// differ. Thread: GUI thread; gates are worked out by the inference worker.
class WhatIfCard : public Card {
    Q_OBJECT
public:
    WhatIfCard(AppContext& context, RouteFocus& focus, RoutingExports& exports, QWidget* parent = nullptr);
    /// The sample as it was recorded or traced; null = none.
    void setBase(const RoutedSamplePtr& sample, const ReplaySource& source);
    void setOpen(bool open);
    bool isOpen() const { return open_; }
    GateForm* form() const { return form_; }
    RouteBars* bars() const { return bars_; }
    ContrastTable* facts() const { return facts_; }
    bool isReplaying() const { return replay_.isBusy(); }
    SegmentedControl* shownRouting() const { return shown_; }
    QPushButton* cancelButton() const { return cancel_; }
    QPushButton* configButton() const { return config_; }
    const QString& words() const { return said_; }
    /// nullptr until a replay of the shown sample and layer has come.
    const Replayed* result() const { return has_result_ ? &result_ : nullptr; }

Q_SIGNALS:
    void closed();

private:
    QWidget* makeBody();
    void readTrained();
    void ask();
    void take(const Replayed& replayed);
    void show();
    void showFacts();
    void say(const QString& words, bool danger = false);
    void openConfig();

    AppContext& context_;
    RouteFocus& focus_;
    GateReplay replay_;
    RoutedSamplePtr base_;
    ReplaySource source_;
    QString trained_of_;  ///< folder whose gate the form has
    bool trained_read_ = false;
    std::string config_text_;
    Replayed result_;
    QString said_;
    QTimer late_;
    bool open_ = false, has_result_ = false, showing_ = false;
    ElidedLabel* words_;
    QPushButton* cancel_;
    QPushButton* config_;
    SegmentedControl* shown_;
    GateForm* form_;
    RouteBars* bars_;
    ContrastTable* facts_;
};

}  // namespace switchyard::ui
