// SPDX-License-Identifier: GPL-3.0-or-later
// What the colours on a picture mean: experts by their number of patches, or a scale.
#pragma once

#include <QAbstractScrollArea>
#include <QList>

#include "ui/panels/routing/patch_view.h"

namespace switchyard::ui {

/// Up and Down choose an expert; so does a click. Thread: GUI thread.
class PatchLegend : public QAbstractScrollArea {
    Q_OBJECT
public:
    struct Entry {
        int expert = 0, patches = 0;
    };
    PatchLegend(RouteFocus& focus, const PatchView& view, QWidget* parent = nullptr);
    /// Most patches first; those with this expert as first choice.
    const QList<Entry>& entries() const { return entries_; }
    QRect entryRect(int index) const;
    void refresh();
    QSize sizeHint() const override { return {64, 120}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void paintScale(QPainter& painter, const QString& top, const QString& bottom) const;
    void show(int index);

    RouteFocus& focus_;
    const PatchView& view_;
    QList<Entry> entries_;
    int dropped_ = 0;
    bool by_keyboard_ = false;
};

}  // namespace switchyard::ui
