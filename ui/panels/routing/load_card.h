// SPDX-License-Identifier: GPL-3.0-or-later
// The load of each expert, of the sample that is looked at or of all.
#pragma once

#include <QList>

#include "ui/models/route_focus.h"
#include "ui/widgets/card.h"

class QLabel;
class QPushButton;

namespace switchyard::ui {

class ContrastTable;
class ElidedLabel;
class RouteBars;
class RoutingExports;
class SegmentedControl;

/// Thread: GUI thread.
class LoadCard : public Card {
    Q_OBJECT
public:
    LoadCard(RouteFocus& focus, RoutingExports& exports, QWidget* parent = nullptr);
    /// What the load may be told of beside the sample in focus.
    void setSamples(const QList<RoutedSamplePtr>& samples);
    /// There is little height.
    void setLow(bool low);
    RouteBars* bars() const { return bars_; }
    SegmentedControl* scope() const { return scope_; }
    QPushButton* compareButton() const { return compare_; }
    QPushButton* flowButton() const { return flow_; }
    QPushButton* whatIfButton() const { return what_if_; }

Q_SIGNALS:
    void whatIfAsked();
    void compareAsked();
    void flowAsked();

private:
    void refresh();

    RouteFocus& focus_;
    QList<RoutedSamplePtr> samples_;
    ElidedLabel* words_;
    RouteBars* bars_;
    SegmentedControl* scope_;
    QPushButton* what_if_;
    QPushButton* compare_;
    QPushButton* flow_;
    ContrastTable* facts_;
};

}  // namespace switchyard::ui
