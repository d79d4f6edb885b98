// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page's tool bar: MoE layers by part, and the expert that is selected.
#pragma once

#include <QWidget>

#include "ui/models/route_focus.h"

class QButtonGroup;
class QLabel;
class QToolButton;

namespace switchyard::ui {

/// Left and Right move over the layers of a part. Where the width ends it goes on in a second line.
/// Thread: GUI thread.
class LayerBar : public QWidget {
    Q_OBJECT
public:
    explicit LayerBar(RouteFocus& focus, QWidget* parent = nullptr);
    /// The button of a layer, nullptr when there is none.
    QToolButton* button(const QString& layer) const;

private:
    void rebuild();
    void showExpert();

    RouteFocus& focus_;
    QStringList layers_;
    QWidget* parts_;
    QButtonGroup* group_;
    QWidget* chosen_;
    QLabel* expert_;
};

}  // namespace switchyard::ui
