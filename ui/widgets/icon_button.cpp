// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icon_button.h"

#include "ui/widgets/theme.h"

namespace switchyard::ui {

IconButton::IconButton(const QString& icon, const QString& name, QWidget* parent) : QToolButton(parent) {
    setIconName(icon);
    setIconSize(QSize(16, 16));
    setFixedSize(metric::kControlSmall, metric::kControlSmall);
    setToolTip(name);
    setAccessibleName(name);
    setFocusPolicy(Qt::StrongFocus);
}

void IconButton::setIconName(const QString& icon) { setIcon(Theme::instance().icon(icon)); }

}  // namespace switchyard::ui
