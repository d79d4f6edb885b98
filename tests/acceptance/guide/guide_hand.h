// SPDX-License-Identifier: GPL-3.0-or-later
// Does to the window what a reader of the guide does: finds controls by the words on them, with mouse and keyboard.
#pragma once

#include <QString>

#include "guide_text.h"

class QWidget;

namespace switchyard::test {

class GuideHand {
public:
    /// Looks in `window` and in what stands over it. `patience_ms`: how long a control may take to come.
    GuideHand(QWidget& window, int patience_ms) : window_(window), patience_ms_(patience_ms) {}
    /// "" or why the step can not be done. Pictures are not its business.
    QString follow(const GuideStep& step);
    /// What could be named now, a line each: for whoever writes the guide.
    QString inSight() const;

private:
    QWidget& window_;
    int patience_ms_;
};

}  // namespace switchyard::test
