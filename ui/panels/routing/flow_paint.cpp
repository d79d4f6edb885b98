// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/flow_paint.h"

#include <QHash>
#include <QPainter>
#include <QStaticText>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/route_paint.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kNumbered = 14;  // height of a cell from which on its share is printed

QColor withAlpha(QColor color, double alpha) {
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

/// Colours of nodes: an OKLCH colour takes its time, and a flow asks for thousands.
class NodeColors {
public:
    const QColor& of(const FlowColumn& column, int node) {
        if (column.experts != experts_ || column.group != group_) {
            experts_ = column.experts;
            group_ = column.group;
            colors_.clear();
            for (std::size_t n = 0; n < column.nodes.size(); ++n)
                colors_.push_back(flowColor(column, static_cast<int>(n)));
        }
        return colors_[static_cast<std::size_t>(node)];
    }

private:
    int experts_ = 0, group_ = 0;
    std::vector<QColor> colors_;
};

/// Names of experts, each laid out once: a deep flow prints hundreds.
class Names {
public:
    explicit Names(const QFont& font) : font_(font) {}
    const QStaticText& of(int expert) {
        auto at = names_.find(expert);
        if (at == names_.end()) {
            QStaticText name(expertName(expert));
            name.setTextFormat(Qt::PlainText);
            name.prepare({}, font_);
            at = names_.insert(expert, name);
        }
        return *at;
    }

private:
    QFont font_;
    QHash<int, QStaticText> names_;
};

/// Never thinner than a pixel, but paler.
TintedRibbon tinted(RibbonPlace place, QColor color, double alpha) {
    const double thickness = place.thickness();
    color.setAlphaF(static_cast<float>(alpha * (thickness < 1 ? std::max(0.4, thickness) : 1)));
    if (thickness < 1) {
        place.left_top -= (1 - place.left_height) / 2;
        place.right_top -= (1 - place.right_height) / 2;
        place.left_height = place.right_height = 1;
    }
    return {place, color};
}

/// Where a ribbon of what is selected lies: the upper part of the whole one, or between the middles of its nodes where
/// the whole one is not drawn.
RibbonPlace litPlace(const RouteFlow& flow, const FlowGeometry& places, std::size_t step, const FlowRibbon& ribbon) {
    const auto& whole = flow.steps[step].ribbons;
    const auto found = std::find_if(whole.begin(), whole.end(),
                                    [&](const FlowRibbon& of) { return of.from == ribbon.from && of.to == ribbon.to; });
    if (found != whole.end()) {
        RibbonPlace place = places.ribbons[step][static_cast<std::size_t>(found - whole.begin())];
        const double part = found->value() > 0 ? std::min(1.0, ribbon.value() / found->value()) : 0;
        place.left_height *= part;
        place.right_height *= part;
        return place;
    }
    const auto from = static_cast<std::size_t>(flow.steps[step].from),
               to = static_cast<std::size_t>(flow.steps[step].to);
    const QRectF& left = places.nodes[from][static_cast<std::size_t>(ribbon.from)];
    const QRectF& right = places.nodes[to][static_cast<std::size_t>(ribbon.to)];
    const double at_left = ribbon.value() * places.leaving[from], at_right = ribbon.value() * places.coming[to];
    return {left.right(), right.left(), left.center().y() - at_left / 2, at_left, right.center().y() - at_right / 2,
            at_right};
}

void paintCell(QPainter& painter, const FlowColumn& column, int node, const QRectF& rect, double most_share,
               const QColor& color) {
    const FlowNode& of = column.nodes[static_cast<std::size_t>(node)];
    const double share = column.rows() > 0 ? of.value() / column.rows() : 0;
    const QColor ground = sequentialColor(most_share > 0 ? share / most_share : 0);
    painter.fillRect(rect, ground);
    painter.fillRect(QRectF(rect.left(), rect.top(), 4, rect.height()), color);
    if (of.dropped > 0) {  // along the lower edge where there is room for a number over it
        const double width = (rect.width() - 4) * of.dropped / of.value();
        const double height = rect.height() < kNumbered ? rect.height() : 4;
        paintHatch(painter, QRectF(rect.right() - width, rect.bottom() - height, width, height), Theme::textOn(ground));
    }
    if (rect.height() < kNumbered || of.value() <= 0) return;
    painter.setPen(Theme::textOn(ground));
    const QString words = share < 0.01 ? QStringLiteral("< 1 %") : number(100 * share, 0) + QStringLiteral(" %");
    painter.drawText(rect.adjusted(4, -1, 0, -1), Qt::AlignCenter, words);
}

void paintBar(QPainter& painter, const FlowColumn& column, int node, const QRectF& rect, const QColor& color) {
    const FlowNode& of = column.nodes[static_cast<std::size_t>(node)];
    const Palette& p = Theme::instance().palette();
    painter.fillRect(rect, color);
    if (of.dropped <= 0 || of.value() <= 0) return;
    const double height = rect.height() * of.dropped / of.value();
    const QRectF lost(rect.left(), rect.bottom() - height, rect.width(), height);
    painter.fillRect(lost, p.panel);
    paintHatch(painter, lost, color);
}

/// Of the groups, beside the first column of each lane.
void paintGroupNames(QPainter& painter, const RouteFlow& flow, const FlowGeometry& places) {
    double lanes[2] = {-1, -1};
    for (std::size_t c = 0; c < flow.columns.size(); ++c) {
        const FlowColumn& column = flow.columns[c];
        const double top = places.nodes[c].front().top();
        if (lanes[0] == top || lanes[1] == top) continue;
        bool first = true;
        for (std::size_t other = 0; other < flow.columns.size(); ++other)
            first &= other == c || places.nodes[other].front().left() > places.nodes[c].front().left() ||
                     std::abs(places.nodes[other].front().top() - top) > 1;
        if (!first) continue;
        (lanes[0] < 0 ? lanes[0] : lanes[1]) = top;
        const double step = places.nodes[c].front().height() + 1;
        const int every = std::max(1, static_cast<int>(std::ceil(10.0 / step)));
        for (std::size_t n = 0; n < column.nodes.size(); n += static_cast<std::size_t>(every)) {
            const QRectF& cell = places.nodes[c][n];
            const int begin = static_cast<int>(n) * column.group;
            const int end = std::min(column.experts, begin + column.group) - 1;
            painter.drawText(
                QRectF(cell.left() - 84, cell.center().y() - 7, 78, 14), Qt::AlignRight | Qt::AlignVCenter,
                begin == end ? expertName(begin) : QStringLiteral("%1–%2").arg(expertName(begin)).arg(end));
        }
    }
}

}  // namespace

QColor flowColor(const FlowColumn& column, int node) {
    const int expert = std::min(column.experts - 1, node * column.group + column.group / 2);
    return Theme::instance().expertColor(expert, column.experts);
}

std::vector<TintedRibbon> flowRibbons(const RouteFlow& flow, const FlowGeometry& places) {
    std::vector<TintedRibbon> ribbons;
    NodeColors colors;
    for (std::size_t s = 0; s < flow.steps.size(); ++s) {
        const FlowColumn& from = flow.columns[static_cast<std::size_t>(flow.steps[s].from)];
        for (std::size_t r = 0; r < flow.steps[s].ribbons.size(); ++r)
            ribbons.push_back(tinted(places.ribbons[s][r], colors.of(from, flow.steps[s].ribbons[r].from), kFlowAlpha));
    }
    return ribbons;
}

std::vector<TintedRibbon> litRibbons(const RouteFlow& flow, const FlowGeometry& places, const RouteFlow& lit) {
    std::vector<TintedRibbon> ribbons;
    NodeColors colors;
    for (const FlowStep& step : lit.steps) {
        const auto same = std::find_if(flow.steps.begin(), flow.steps.end(),
                                       [&](const FlowStep& of) { return of.from == step.from && of.to == step.to; });
        if (same == flow.steps.end()) continue;
        for (const FlowRibbon& ribbon : step.ribbons)
            ribbons.push_back(
                tinted(litPlace(flow, places, static_cast<std::size_t>(same - flow.steps.begin()), ribbon),
                       colors.of(lit.columns[static_cast<std::size_t>(step.from)], ribbon.from), kFlowLit));
    }
    return ribbons;
}

void paintFlow(QPainter& painter, const RouteFlow& flow, const FlowGeometry& places, const RouteFlow& lit,
               const RouteFocus& focus, const FlowImages* images) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const auto draw = [&painter](const std::vector<TintedRibbon>& ribbons) {
        for (const TintedRibbon& ribbon : ribbons) painter.fillPath(ribbon.place.path(), ribbon.color);
    };
    painter.setOpacity(lit.empty() ? 1 : kFlowFaded / kFlowAlpha);
    if (images == nullptr)
        draw(flowRibbons(flow, places));
    else
        painter.drawImage(0, 0, images->ribbons);
    painter.setOpacity(1);
    if (images == nullptr)
        draw(litRibbons(flow, places, lit));
    else if (!lit.empty())
        painter.drawImage(0, 0, images->lit);
    const QFont plain = theme.font(TextRole::kCaption);
    QFont bold = plain;
    bold.setWeight(QFont::DemiBold);
    Names plain_names(plain), bold_names(bold);
    const QColor veil = withAlpha(p.panel, 0.78);
    NodeColors colors;
    painter.setFont(plain);
    double most_share = 0;
    for (const FlowColumn& column : flow.columns)
        for (const FlowNode& node : column.nodes)
            if (column.rows() > 0) most_share = std::max(most_share, node.value() / column.rows());
    for (std::size_t c = 0; c < flow.columns.size(); ++c) {
        const FlowColumn& column = flow.columns[c];
        const bool shown = column.layer == focus.layerName();
        for (std::size_t n = 0; n < column.nodes.size(); ++n) {
            const QRectF& rect = places.nodes[c][n];
            const int node = static_cast<int>(n);
            if (rect.isNull()) continue;
            if (places.matrix)
                paintCell(painter, column, node, rect, most_share, colors.of(column, node));
            else
                paintBar(painter, column, node, rect, colors.of(column, node));
            const bool selected = shown && focus.expert() >= 0 && focus.expert() / column.group == node;
            if (selected) {
                painter.setPen(QPen(p.text, 2));
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(rect.adjusted(-2, -2, 2, 2));
            }
            const QRectF& label = places.labels[c][n];
            if (label.isNull()) continue;
            const QStaticText& name = (selected ? bold_names : plain_names).of(node);
            const QSizeF room = name.size();
            painter.fillRect(QRectF(label.right() - room.width() - 3, label.top(), room.width() + 3, label.height()),
                             veil);
            painter.setPen(p.text);
            if (selected) painter.setFont(bold);
            painter.drawStaticText(QPointF(label.right() - room.width() - 1, label.center().y() - room.height() / 2),
                                   name);
            if (selected) painter.setFont(plain);
        }
        if (shown) painter.setFont(bold);
        painter.setPen(shown ? p.text : p.muted);
        painter.drawText(places.heads[c], Qt::AlignHCenter | Qt::AlignTop, layerLabel(column.layer, true));
        painter.setFont(plain);
    }
    painter.setPen(p.muted);
    if (places.matrix) paintGroupNames(painter, flow, places);
    painter.restore();
}

void paintFlowHit(QPainter& painter, const FlowGeometry& places, const FlowHit& hit, const QColor& color) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    if (hit.onNode()) {
        painter.setPen(QPen(color, 2));
        painter.drawRoundedRect(
            places.nodes[static_cast<std::size_t>(hit.column)][static_cast<std::size_t>(hit.node)].adjusted(-4, -4, 4,
                                                                                                            4),
            3, 3);
    } else if (hit.onRibbon()) {
        painter.setPen(QPen(color, 1.2));
        painter.drawPath(
            places.ribbons[static_cast<std::size_t>(hit.step)][static_cast<std::size_t>(hit.ribbon)].path());
    }
    painter.restore();
}

}  // namespace switchyard::ui
