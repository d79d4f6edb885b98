// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/expert_delegate.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/models/expert_share_model.h"
#include "ui/models/heat_image.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kEdge = 11;       // as far from the card's frame as its title
constexpr int kLeastTint = 36;  // levels

}  // namespace

void ExpertDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (selected) {
        painter->fillRect(option.rect, p.selection);
    } else if (option.state.testFlag(QStyle::State_MouseOver)) {
        painter->fillRect(option.rect, p.hover);
    }
    const QRect cell = option.rect.adjusted(8, 0, index.column() == ExpertShareModel::kText ? -kEdge : -8, 0);
    if (index.column() == ExpertShareModel::kExpert) {
        const int expert = index.data(ExpertShareModel::kExpertRole).toInt();
        const QColor fill = theme.expertColor(expert, experts_);
        const QRect place = option.rect.adjusted(kEdge, 0, 0, 0);
        Chip::draw(*painter, place, index.data().toString(), fill, selected ? p.text : QColor(), Theme::textOn(fill));
        return;
    }
    if (index.column() == ExpertShareModel::kLoad) {
        const double ratio = index.data(ExpertShareModel::kRatioRole).toDouble();
        // The length says how much; the colour, on which side of the fair share, also close to it.
        const int level = HeatLevels::levelOf(ratio), fair = HeatLevels::kFair;
        const int shown = ratio >= 1 ? std::max(level, fair + kLeastTint) : std::min(level, fair - kLeastTint);
        const HeatColors colors = heatColors(p.diverging, p.dead);
        const QRectF bar(cell.left(), cell.center().y() - 3, cell.width(), 8);
        painter->fillRect(bar, selected ? p.panel : p.bar_track);
        QRectF filled = bar;
        filled.setWidth(std::round(bar.width() * index.data(ExpertShareModel::kBarRole).toDouble()));
        painter->fillRect(filled, QColor(colors[static_cast<std::size_t>(shown)]));
        return;
    }
    painter->setFont(theme.font(TextRole::kMono));
    painter->setPen(p.text);
    painter->drawText(cell, index.data(Qt::TextAlignmentRole).toInt(), index.data().toString());
}

}  // namespace switchyard::ui
