// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page's cards: text, picture and load of the sample in focus.
#pragma once

#include <QList>
#include <QWidget>

#include "ui/models/route_focus.h"
#include "ui/models/route_stats.h"

class QLabel;
class QSlider;
class QStackedWidget;
class QVBoxLayout;

namespace switchyard::ui {

class Card;
class ElidedLabel;
class LayerBar;
class LoadCard;
class PatchLegend;
class PatchView;
class RouteBars;
class RouteDetail;
class RoutingExports;
class SegmentedControl;
class StepBar;
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
    LoadCard* loadCard() const { return load_; }
    RouteBars* bars() const;
    RouteDetail* detail() const { return detail_; }
    StepBar* stepBar() const { return steps_; }
    SegmentedControl* modes() const { return modes_; }
    SegmentedControl* scope() const;
    /// A card that may stand in the load's place.
    void addLower(QWidget* card);
    /// Parent of such cards.
    QWidget* lower() const;
    /// nullptr = the load. `tall`: as high as text and picture.
    void showLower(QWidget* card, bool tall = false);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeTextCard(RoutingExports& exports);
    QWidget* makeImageCard(RoutingExports& exports);
    void showSample();
    void showWords();

    RouteFocus& focus_;
    LayerBar* layers_;
    StepBar* steps_;
    Card* text_card_;
    Card* image_card_;
    QLabel* chips_words_;
    ElidedLabel* text_words_;
    ElidedLabel* image_words_;
    TokenStrip* tokens_;
    RouteDetail* detail_;
    PatchView* patches_;
    PatchLegend* legend_;
    SegmentedControl* modes_;
    QSlider* strength_;
    QLabel* strength_words_;
    QLabel* no_patches_;
    LoadCard* load_;
    QStackedWidget* lower_;
    QVBoxLayout* cards_;
};

}  // namespace switchyard::ui
