// SPDX-License-Identifier: GPL-3.0-or-later
// Runs on a curves page of their own, and the mouse over its plots, for the tests of that page.
#pragma once

#include <QMouseEvent>
#include <QWheelEvent>

#include "plot_tools.h"
#include "ui/panels/curves/plot_card.h"
#include "ui/panels/curves/curve_plot.h"
#include "ui/panels/curves_page.h"

namespace switchyard::test {

/// A run of 400 steps, shown on a page of its own.
struct Shown : ShownRun<ui::CurvesPage> {
    Shown(const OwnFolders& folders, const MadeUpRun& made, const std::function<void(runs::RunDbWriter&)>& more = {})
        : ShownRun(folders, made, QSize(876, 640), more) {}
    ui::CurvePlot& plot(const char* name) const { return page->card(QLatin1String(name))->plot(); }
    /// A point of a plot in the surface's pixels.
    QPoint at(ui::CurvePlot& plot, double x, double share_down = 0.5) const {
        const QRect place = plot.plotRect();
        return QPoint(static_cast<int>(plot.pixelOf(x, 1).x()),
                      place.top() + static_cast<int>(share_down * place.height()));
    }
};

inline void wheel(QWidget* widget, const QPoint& at, int notches, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QWheelEvent event(at, widget->mapToGlobal(at), {}, QPoint(0, 120 * notches), Qt::NoButton, modifiers,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(widget, &event);
}

inline void drag(QWidget* widget, const QPoint& from, const QPoint& to,
                 Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mousePress(widget, Qt::LeftButton, modifiers, from);
    for (int i = 1; i <= 4; ++i) {
        const QPoint at = from + (to - from) * i / 4;
        QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, modifiers);
        QApplication::sendEvent(widget, &move);
    }
    QTest::mouseRelease(widget, Qt::LeftButton, modifiers, to);
}

}  // namespace switchyard::test
