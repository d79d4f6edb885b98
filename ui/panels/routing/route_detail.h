// SPDX-License-Identifier: GPL-3.0-or-later
// The token or patch that is selected: its likeliest experts, and how sure the router was.
#pragma once

#include <QWidget>

#include "ui/models/route_focus.h"

class QLabel;

namespace switchyard::ui {

class BarRows;
class ElidedLabel;

/// Thread: GUI thread.
class RouteDetail : public QWidget {
    Q_OBJECT
public:
    explicit RouteDetail(RouteFocus& focus, QWidget* parent = nullptr);
    BarRows* likeliest() const { return rows_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();

    RouteFocus& focus_;
    QLabel* hint_;
    QWidget* body_;
    QWidget* words_;
    QLabel* place_;
    ElidedLabel* piece_;
    QLabel* entropy_;
    QLabel* id_;
    BarRows* rows_;
};

}  // namespace switchyard::ui
