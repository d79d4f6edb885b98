// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/id_axis.h"

#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kLabelRoom = 33;

}  // namespace

void paintIdAxis(QPainter& painter, const QRectF& place, int experts, int selected, double top, double right_edge) {
    const Palette& p = Theme::instance().palette();
    const double step = place.width() / std::max(1, experts);
    int every = 1;
    while (every * step < kLabelRoom) every *= 2;
    const auto centre = [&](int expert) { return place.left() + (expert + 0.5) * step; };
    QFont font = Theme::instance().font(TextRole::kCaption);
    const auto label = [&](int expert, bool bold) {
        font.setWeight(bold ? QFont::DemiBold : QFont::Normal);
        painter.setFont(font);
        painter.setPen(bold ? p.text : p.muted);
        const QString text = expertName(expert);
        const double width = painter.fontMetrics().horizontalAdvance(text) + 2;
        const double left = std::clamp(centre(expert) - width / 2, 0.0, std::max(0.0, right_edge - width));
        painter.drawText(QRectF(left, top, width, 16), Qt::AlignCenter, text);
    };
    const bool marked = selected >= 0 && selected < experts;
    for (int expert = 0; expert < experts; expert += every)
        if (!marked || std::abs(centre(expert) - centre(selected)) > kLabelRoom) label(expert, false);
    if (marked) label(selected, true);
}

bool moveExpert(ExpertsView& view, const QKeyEvent& event) {
    const LayerLoads* layer = view.layer();
    // What comes with Ctrl or Alt is the window's.
    if (layer == nullptr || event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        return false;
    const int now = view.focus.expert(), last = layer->ring.experts() - 1;
    switch (event.key()) {
        case Qt::Key_Left:
            view.focus.setExpert(now < 0 ? last : std::max(0, now - 1));
            return true;
        case Qt::Key_Right:
            view.focus.setExpert(std::min(last, now + 1));
            return true;
        case Qt::Key_Home:
            view.focus.setExpert(0);
            return true;
        case Qt::Key_End:
            view.focus.setExpert(last);
            return true;
        case Qt::Key_Escape:
            if (now < 0) return false;
            view.focus.setExpert(-1);
            return true;
        default:
            return false;
    }
}

}  // namespace switchyard::ui
