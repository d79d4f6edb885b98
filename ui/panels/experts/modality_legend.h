// SPDX-License-Identifier: GPL-3.0-or-later
// Which colour is text and which is image.
#pragma once

#include <QWidget>

namespace switchyard::ui {

/// Thread: GUI thread.
class ModalityLegend : public QWidget {
    Q_OBJECT
public:
    explicit ModalityLegend(QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
};

}  // namespace switchyard::ui
