// SPDX-License-Identifier: GPL-3.0-or-later
// Where the pass that gave the answer sent its tokens and patches: the Routing page's views, by layer.
#pragma once

#include <QWidget>

#include "ui/models/route_focus.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace switchyard::ui {

class Card;
class ElidedLabel;
class EmptyState;
class LayerBar;
class PatchLegend;
class PatchView;
class RoutingExports;
class SegmentedControl;
class TokenStrip;

/// Thread: GUI thread.
class AskRouting : public QWidget {
    Q_OBJECT
public:
    AskRouting(RouteFocus& focus, RoutingExports& exports, QWidget* parent = nullptr);
    /// Null: there is no answer whose routing could be shown.
    void show(const RoutedSamplePtr& sample);
    TokenStrip* tokens() const { return tokens_; }
    PatchView* patches() const { return patches_; }
    LayerBar* layers() const { return layers_; }
    QPushButton* openButton() const { return open_; }

Q_SIGNALS:
    void openAsked();

private:
    QWidget* makeTextCard(RoutingExports& exports);
    QWidget* makeImageCard(RoutingExports& exports);
    void showWords();

    RouteFocus& focus_;
    QStackedWidget* stack_;
    EmptyState* none_;
    QWidget* views_;
    LayerBar* layers_;
    QPushButton* open_;
    Card* text_card_;
    Card* image_card_;
    ElidedLabel* text_words_;
    ElidedLabel* image_words_;
    TokenStrip* tokens_;
    PatchView* patches_;
    PatchLegend* legend_;
    SegmentedControl* modes_;
    QLabel* no_patches_;
};

}  // namespace switchyard::ui
