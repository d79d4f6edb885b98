// SPDX-License-Identifier: GPL-3.0-or-later
// What the plots over expert ids share.
#pragma once

#include <QRectF>

#include "ui/panels/experts/experts_view.h"

class QKeyEvent;
class QPainter;

namespace switchyard::ui {

/// "E0 16 32 ..." below a plot whose `place` holds the experts side by side; the selected one is printed bold.
void paintIdAxis(QPainter& painter, const QRectF& place, int experts, int selected, double top, double right_edge);

/// Left, Right, Home, End choose an expert by id, Escape lets it go. @return whether the key was one of them.
bool moveExpert(ExpertsView& view, const QKeyEvent& event);

}  // namespace switchyard::ui
