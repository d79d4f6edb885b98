// SPDX-License-Identifier: GPL-3.0-or-later
// Patches cut out of their pictures, side by side.
#pragma once

#include <QImage>
#include <QList>

#include "ui/panels/experts/focus_plot.h"

namespace switchyard::ui {

struct PatchTile {
    QImage picture;
    QString words;  ///< tooltip
};

/// Left and Right move, Enter and a click are chosen(). Thread: GUI thread.
class PatchTiles : public FocusPlot {
    Q_OBJECT
public:
    explicit PatchTiles(QWidget* parent = nullptr);
    void setTiles(const QList<PatchTile>& tiles);
    const QList<PatchTile>& tiles() const { return tiles_; }
    QRect tileRect(int tile) const;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override { return {240, heightForWidth(240)}; }

Q_SIGNALS:
    void chosen(int tile);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    int tileAt(const QPoint& point) const;

    QList<PatchTile> tiles_;
    int current_ = -1;
};

}  // namespace switchyard::ui
