// SPDX-License-Identifier: GPL-3.0-or-later
// One line of a plot in its legend; a click hides or shows it.
#pragma once

#include <QAbstractButton>
#include <QPen>

namespace switchyard::ui {

/// Checked = shown. Thread: GUI thread.
class LegendEntry : public QAbstractButton {
    Q_OBJECT
public:
    explicit LegendEntry(const QString& label, QWidget* parent = nullptr);
    void setPen(const QPen& pen);
    void setLabel(const QString& label);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    QPen pen_;
};

}  // namespace switchyard::ui
