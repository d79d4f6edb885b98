// SPDX-License-Identifier: GPL-3.0-or-later
// One side of a score: a text as chips, or a picture under its patches, tinted by what each adds.
#pragma once

#include <QList>
#include <QRect>
#include <QWidget>

#include "ui/models/attribution.h"

namespace switchyard::ui {

/// Adds: the warm end of the diverging palette; takes: the cool one. The pointer, and for a picture the arrow keys,
/// tell a part's number. Thread: GUI thread.
class AttributionPartView : public QWidget {
    Q_OBJECT
public:
    explicit AttributionPartView(QWidget* parent = nullptr);
    void setPart(const AttributionPart& part);
    const AttributionPart& part() const { return part_; }
    /// The part pointed at, -1 = none; and its number as it is told.
    int current() const { return current_; }
    QString currentText() const;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void currentChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QList<QRect> places(int width) const;
    QRect pictureRect(int width) const;
    QColor tint(double value) const;
    void setCurrent(int current);

    AttributionPart part_;
    int current_ = -1;
};

}  // namespace switchyard::ui
