// SPDX-License-Identifier: GPL-3.0-or-later
// A picture under the routing of its patches, at patch resolution.
#pragma once

#include <vector>

#include "ui/models/route_focus.h"
#include "ui/panels/experts/focus_plot.h"

namespace switchyard::ui {

enum class PatchMode { kTop, kExpert, kEntropy, kDropped };

/// What lies on each patch, and how much. Thread: GUI thread.
struct PatchOverlay {
    std::vector<int> experts;     ///< kTop: first expert, -1 = none
    std::vector<double> shares;   ///< kExpert: weight; kEntropy: of the highest possible
    std::vector<bool> dropped;    ///< all of a patch's choices
    std::vector<bool> part_lost;  ///< at least one of them
};

PatchOverlay patchOverlay(const RoutedSample& sample, const RoutedLayer& layer, PatchMode mode, int expert);

/// Arrows move over the patches, Enter takes the patch's expert, Escape lets it go. Thread: GUI thread.
class PatchView : public FocusPlot {
    Q_OBJECT
public:
    explicit PatchView(RouteFocus& focus, QWidget* parent = nullptr);
    PatchMode mode() const { return mode_; }
    void setMode(PatchMode mode);
    double strength() const { return strength_; }
    void setStrength(double strength);  ///< 0 = the picture alone, 1 = the overlay alone
    const PatchOverlay& overlay() const { return overlay_; }
    QRectF patchRect(int patch) const;
    int patchAt(const QPointF& point) const;  ///< -1 = beside the picture
    void paintAll(QPainter& painter) const;
    QSize sizeHint() const override { return {300, 300}; }
    QSize minimumSizeHint() const override { return {140, 140}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void refresh();
    QRectF picturePlace() const;
    const RoutedLayer* layerWithPicture() const;
    QColor fill(int patch, int experts) const;
    void paintSelection(QPainter& painter) const;
    QString tip(int patch) const;

    RouteFocus& focus_;
    PatchMode mode_ = PatchMode::kTop;
    double strength_ = 0.5;
    PatchOverlay overlay_;
};

}  // namespace switchyard::ui
