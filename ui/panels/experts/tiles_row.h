// SPDX-License-Identifier: GPL-3.0-or-later
// The layer's figures at the cursor, side by side.
#pragma once

#include <QWidget>
#include <array>

#include "ui/panels/experts/experts_view.h"

class QLabel;

namespace switchyard::ui {

/// Thread: GUI thread.
class TilesRow : public QWidget {
    Q_OBJECT
public:
    enum Tile { kText, kImage, kEntropy, kViolation, kDropped, kDead, kTiles };
    explicit TilesRow(ExpertsView& view, QWidget* parent = nullptr);
    void refresh();
    QString figure(Tile tile) const;
    QString note(Tile tile) const;
    QLabel& figureLabel(Tile tile) const { return *tiles_[tile].figure; }

private:
    struct Parts {
        QLabel *figure = nullptr, *note = nullptr;
    };
    void set(Tile tile, const QString& figure, const QString& note, const char* role = "figure");
    std::optional<double> value(const char* name) const;

    ExpertsView& view_;
    std::array<Parts, kTiles> tiles_;
};

}  // namespace switchyard::ui
