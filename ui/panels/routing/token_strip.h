// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens of a text as chips in the colours of their experts.
#pragma once

#include <QAbstractScrollArea>
#include <QList>
#include <QRectF>

#include "ui/models/route_focus.h"

namespace switchyard::ui {

/// Filled tag: first choice; outlined: the others; line: the first one's weight; hatch: dropped. Arrows move over the
/// tokens, Enter goes through a token's experts, Escape lets the expert go. Thread: GUI thread.
class TokenStrip : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit TokenStrip(RouteFocus& focus, QWidget* parent = nullptr);
    int count() const { return static_cast<int>(chips_.size()); }
    /// As they are drawn, best first; empty where the layer sees no text.
    const QList<RoutedChoice>& choices(int token) const { return chips_[token].choices; }
    /// In the viewport.
    QRect chipRect(int token) const;
    QRect tagRect(int token, int choice) const;  ///< an empty one when it is not drawn
    /// Every chip, whether in sight or not.
    void paintAll(QPainter& painter) const;
    QSize contentSize() const { return {viewport()->width(), height_}; }
    QSize sizeHint() const override { return {360, 160}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    struct Chip {
        QString text;
        QList<RoutedChoice> choices;
        int tags = 0;       ///< of the choices, how many are drawn
        bool lost = false;  ///< all were dropped
        QRectF rect;        ///< in the content
    };
    void rebuild();
    void place();
    int chipAt(const QPoint& point) const;
    int tagAt(int token, const QPoint& point) const;
    QRectF tagPlace(const Chip& chip, int choice) const;  ///< in the content
    void paintChip(QPainter& painter, int token) const;
    void move(int token);
    int above(int token, int direction) const;
    QString tip(int token) const;

    RouteFocus& focus_;
    QList<Chip> chips_;
    int height_ = 0;
    bool by_keyboard_ = false;
};

}  // namespace switchyard::ui
