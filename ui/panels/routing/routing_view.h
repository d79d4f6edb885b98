// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page's cards: text, picture and load of the sample in focus.
#pragma once

#include <QList>
#include <QWidget>

#include "ui/models/route_focus.h"
#include "ui/models/route_stats.h"

class QGridLayout;
class QLabel;
class QSlider;

namespace switchyard::ui {

class Card;
class ElidedLabel;
class LayerBar;
class PatchLegend;
class PatchView;
class RouteBars;
class RouteDetail;
class RoutingExports;
class SegmentedControl;
class TokenStrip;

/// Thread: GUI thread.
class RoutingView : public QWidget {
    Q_OBJECT
public:
    RoutingView(RouteFocus& focus, RoutingExports& exports, QWidget* parent = nullptr);
    /// What the load may be told of beside the sample in focus.
    void setSamples(const QList<RoutedSamplePtr>& samples);
    TokenStrip* tokens() const { return tokens_; }
    PatchView* patches() const { return patches_; }
    PatchLegend* legend() const { return legend_; }
    RouteBars* bars() const { return bars_; }
    RouteDetail* detail() const { return detail_; }
    SegmentedControl* modes() const { return modes_; }
    SegmentedControl* scope() const { return scope_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeTextCard(RoutingExports& exports);
    QWidget* makeImageCard(RoutingExports& exports);
    QWidget* makeLoadCard(RoutingExports& exports);
    QLabel* addFact(QGridLayout* grid, int row, const QString& name);
    void showSample();
    void showWords();
    void showLoad();

    RouteFocus& focus_;
    QList<RoutedSamplePtr> samples_;
    LayerBar* layers_;
    Card* text_card_;
    Card* image_card_;
    Card* load_card_;
    QLabel* chips_words_;
    ElidedLabel* text_words_;
    ElidedLabel* image_words_;
    ElidedLabel* load_words_;
    TokenStrip* tokens_;
    RouteDetail* detail_;
    PatchView* patches_;
    PatchLegend* legend_;
    SegmentedControl* modes_;
    QSlider* strength_;
    QLabel* strength_words_;
    QLabel* no_patches_;
    RouteBars* bars_;
    SegmentedControl* scope_;
    QWidget* facts_;
    QLabel* dropped_;
    QLabel* violation_;
    QLabel* entropy_;
    QLabel* used_;
};

}  // namespace switchyard::ui
