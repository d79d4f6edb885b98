// SPDX-License-Identifier: GPL-3.0-or-later
// Shows an Inspection: heading, caption, and blocks of names with one or two values.
#pragma once

#include <QScrollArea>

#include "ui/panels/page.h"

class QVBoxLayout;

namespace switchyard::ui {

/// Thread: GUI thread.
class InspectorPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit InspectorPanel(QWidget* parent = nullptr);
    void show(const Inspection& inspection);

private:
    void rebuild();

    Inspection inspection_;
    QWidget* content_ = nullptr;
};

}  // namespace switchyard::ui
