// SPDX-License-Identifier: GPL-3.0-or-later
// Actions that say why they are off, and buttons that follow them.
#pragma once

#include <QString>

class QAction;
class QPushButton;

namespace switchyard::ui {

/// On where `why_off` is empty; the tooltip is the hint, or else why it is off.
void setActionState(QAction& action, const QString& hint, const QString& why_off);

/// A push button with the action's text, tooltip and state that does what the action does.
QPushButton* actionButton(QAction& action);

}  // namespace switchyard::ui
