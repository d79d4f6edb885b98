// SPDX-License-Identifier: GPL-3.0-or-later
// A small tag: plain outline, or filled in a colour (an expert's id).
#pragma once

#include <QColor>
#include <QWidget>

namespace switchyard::ui {

/// Thread: GUI thread.
class Chip : public QWidget {
    Q_OBJECT
public:
    explicit Chip(const QString& text, QWidget* parent = nullptr);
    void setText(const QString& text);
    void setFill(const QColor& fill);        ///< invalid = outline only
    void setOutline(const QColor& outline);  ///< colour of outline and text; invalid = the theme's
    QSize sizeHint() const override;

    static int widthOf(const QString& text);
    /// The same chip inside another painter; 18 px high, `rect`'s left centre is its anchor.
    /// @return its width.
    static int draw(QPainter& painter, const QRect& rect, const QString& text, const QColor& fill, const QColor& outline,
                    const QColor& text_color);

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QString text_;
    QColor fill_, outline_;
};

}  // namespace switchyard::ui
