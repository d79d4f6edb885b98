// SPDX-License-Identifier: GPL-3.0-or-later
// How to search runs, as a small window below the search field.
#pragma once

#include <QFrame>

namespace switchyard::ui {

/// Closes by a click elsewhere or Escape. Thread: GUI thread.
class SearchHelp : public QFrame {
    Q_OBJECT
public:
    explicit SearchHelp(QWidget* parent = nullptr);
    void openBelow(const QWidget& field);
};

}  // namespace switchyard::ui
