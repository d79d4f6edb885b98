// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/action_button.h"

#include <QAction>
#include <QPushButton>

namespace switchyard::ui {

void setActionState(QAction& action, const QString& hint, const QString& why_off) {
    action.setEnabled(why_off.isEmpty());
    action.setToolTip(why_off.isEmpty() ? hint : why_off);
}

QPushButton* actionButton(QAction& action) {
    auto* button = new QPushButton;
    button->setProperty("bar", true);
    const auto follow = [button, &action] {
        button->setText(action.text());
        button->setIcon(action.icon());
        button->setToolTip(action.toolTip());
        button->setAccessibleDescription(action.toolTip());
        button->setEnabled(action.isEnabled());
    };
    QObject::connect(&action, &QAction::changed, button, follow);
    QObject::connect(button, &QPushButton::clicked, &action, &QAction::trigger);
    follow();
    return button;
}

}  // namespace switchyard::ui
