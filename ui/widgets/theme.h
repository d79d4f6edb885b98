// SPDX-License-Identifier: GPL-3.0-or-later
// Colours, fonts, sizes and icons of the window, dark and light, switched live. Numbers: docs/visual.md.
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPen>
#include <QString>
#include <vector>

namespace switchyard::ui {

/// One theme's colours by role.
struct Palette {
    bool dark = false;
    QColor window, panel, raised, hover, selection, border, bar_track, control_border;
    QColor text, muted, accent, text_on_accent, success, warning, danger;
    QColor ground_warning, ground_danger, ground_ok, plot_grid, plot_axis;
    std::vector<QColor> series;      ///< 8
    std::vector<QColor> diverging;   ///< 7 stops, log2(load / fair) -2 .. +2
    QColor dead;
    std::vector<QColor> sequential;  ///< 6 stops
};

enum class TextRole { kFigure, kHeading, kBody, kTitle, kTable, kCaption, kMono };

namespace metric {
inline constexpr int kGrid = 8, kHalf = 4, kRadius = 4;
inline constexpr int kMenuBar = 32, kPageBar = 40, kToolBar = 40, kDockTitle = 32, kStatusBar = 24;
inline constexpr int kLeftDock = 288, kRightDock = 300;
inline constexpr int kControl = 28, kControlSmall = 24, kFormRow = 32, kTableRow = 24, kRunRow = 64;
}  // namespace metric

/// The application's theme. Thread: GUI thread.
class Theme : public QObject {
    Q_OBJECT
public:
    static Theme& instance();
    const Palette& palette() const;
    bool isDark() const { return palette().dark; }
    /// Applies to the whole application: QPalette, style sheet, and changed().
    void setDark(bool dark);
    QFont font(TextRole role) const;
    /// Pen of series `index` (colour and dash of its number, modulo 8).
    QPen seriesPen(int index, qreal width = 2.0) const;
    /// Expert colour: 8 groups by id order (OKLCH hues), lightness within the group.
    QColor expertColor(int expert, int experts) const;
    /// Black or white, whichever reads better on `ground`.
    static QColor textOn(const QColor& ground);
    /// Icon of resources/icons/NAME.svg drawn in `color` (default: text colour), sharp at any scale.
    QIcon icon(const QString& name, const QColor& color = {}) const;

Q_SIGNALS:
    void changed();

private:
    Theme();
    bool dark_ = false;
};

}  // namespace switchyard::ui
