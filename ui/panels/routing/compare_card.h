// SPDX-License-Identifier: GPL-3.0-or-later
// The sample that is looked at beside itself at another step or under another checkpoint, or beside another sample.
#pragma once

#include <QTimer>
#include <vector>

#include "ui/models/route_focus.h"
#include "ui/models/sample_list_model.h"
#include "ui/widgets/card.h"

namespace switchyard::ui {

class AppContext;
class BarRows;
class CompareChooser;
class ContrastTable;
class ElidedLabel;
class ProbeSamples;
class RouteBars;
class RouteTracer;
class RoutingExports;
class SegmentedControl;

/// Chips and patches show one of the two, with marks where the other goes elsewhere. Thread: GUI thread; the other one
/// is read or traced in the background.
class CompareCard : public Card {
    Q_OBJECT
public:
    CompareCard(AppContext& context, RouteFocus& focus, ProbeSamples& probe, RoutingExports& exports,
                QWidget* parent = nullptr);
    /// `list` holds the sample; null sample = none.
    void setBase(const RoutedSamplePtr& sample, const RouteQuery& query, SampleListModel* list);
    void setOpen(bool open);
    bool isOpen() const { return open_; }
    CompareChooser* chooser() const { return chooser_; }
    SegmentedControl* shownSide() const { return shown_; }
    RouteBars* bars() const { return bars_; }
    ContrastTable* facts() const { return facts_; }
    BarRows* layerRows() const { return layers_; }
    const QString& words() const { return said_; }
    /// Both are there, as the chooser says; null before.
    RoutedSamplePtr one() const { return ready() ? one_ : nullptr; }
    RoutedSamplePtr other() const { return ready() ? other_ : nullptr; }

Q_SIGNALS:
    void closed();

private:
    QWidget* makeBody();
    bool ready() const { return one_ != nullptr && other_ != nullptr && !pause_.isActive(); }
    bool sameSample() const;
    void choose();
    void fetch();
    void takeWhole(int tag, const RoutedSamplePtr& sample);
    void takeOther(RoutedSamplePtr sample);
    void show();
    void showBase();
    void showLayers();
    void showFacts(const RoutedLayer& one, const RoutedLayer& other, const std::vector<int>& match);
    void say(const QString& words, bool danger = false);
    QString pairWords() const;

    RouteFocus& focus_;
    ProbeSamples& probe_;
    RouteTracer* tracer_;
    RoutedSamplePtr base_;  ///< as the page shows it
    RouteQuery query_;
    SampleListModel* list_ = nullptr;
    qint64 step_ = -1;
    RoutedSamplePtr one_, other_;  ///< with all layers
    QTimer pause_;
    int tag_ = 0;
    bool open_ = false, showing_ = false;
    QString said_;
    ElidedLabel* words_;
    SegmentedControl* shown_;
    CompareChooser* chooser_;
    BarRows* layers_;
    RouteBars* bars_;
    ContrastTable* facts_;
};

}  // namespace switchyard::ui
