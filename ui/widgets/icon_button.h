// SPDX-License-Identifier: GPL-3.0-or-later
// A button that is only an icon; its name is spoken and shown as a tooltip.
#pragma once

#include <QToolButton>

namespace switchyard::ui {

/// Thread: GUI thread.
class IconButton : public QToolButton {
    Q_OBJECT
public:
    /// `icon` = file name in resources/icons without .svg, `name` = tooltip and accessible name.
    IconButton(const QString& icon, const QString& name, QWidget* parent = nullptr);
    void setIconName(const QString& icon);
};

}  // namespace switchyard::ui
