// SPDX-License-Identifier: GPL-3.0-or-later
// How the sample's tokens and patches move between experts, in the load's place.
#pragma once

#include <QTimer>

#include "ui/models/route_focus.h"
#include "ui/widgets/card.h"

class QCheckBox;

namespace switchyard::ui {

class ElidedLabel;
class FlowView;
class ProbeSamples;
class RoutingExports;
class SegmentedControl;

/// Of a recorded sample all layers are read, at most ten times a second. Thread: GUI thread.
class FlowCard : public Card {
    Q_OBJECT
public:
    FlowCard(RouteFocus& focus, ProbeSamples& probe, RoutingExports& exports, QWidget* parent = nullptr);
    /// As the page shows it; null = none.
    void setBase(const RoutedSamplePtr& sample);
    void setOpen(bool open);
    bool isOpen() const { return open_; }
    FlowView* view() const { return view_; }
    SegmentedControl* kinds() const { return kinds_; }
    QCheckBox* weighted() const { return weighted_; }

Q_SIGNALS:
    void closed();

private:
    void fetch();
    void takeWhole(int tag, const RoutedSamplePtr& sample);
    void show(const RoutedSamplePtr& whole);
    void useOptions();
    void showWords();

    RouteFocus& focus_;
    ProbeSamples& probe_;
    RoutedSamplePtr base_;
    QTimer pause_;
    int tag_ = -2;  ///< of whole samples that were asked for; Compare's are not negative
    bool open_ = false;
    ElidedLabel* words_;
    SegmentedControl* kinds_;
    QCheckBox* weighted_;
    FlowView* view_;
};

}  // namespace switchyard::ui
