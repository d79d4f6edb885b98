// SPDX-License-Identifier: GPL-3.0-or-later
// The flow in words and as a table.
#include <algorithm>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/flow_view.h"

namespace switchyard::ui {
namespace {

QString plain(double value) {
    return QString::number(value, 'g', 6);
}

QString rowsWords(double text, double image, bool weighted) {
    const int decimals = weighted ? 2 : 0;
    QStringList words;
    if (text > 0) words << FlowView::tr("%1 text").arg(number(text, decimals));
    if (image > 0) words << FlowView::tr("%1 image").arg(number(image, decimals));
    return words.isEmpty() ? FlowView::tr("none") : words.join(QStringLiteral(", "));
}

}  // namespace

QString FlowView::tip(const FlowHit& hit) const {
    if (hit.onNode()) {
        const FlowColumn& column = drawn_.columns[static_cast<std::size_t>(hit.column)];
        const FlowNode& node = column.nodes[static_cast<std::size_t>(hit.node)];
        QString words = tr("%1, %2: first choice of %3; %4 % of the layer's")
                            .arg(layerLabel(column.layer, false), nodeName(column, hit.node),
                                 rowsWords(node.text, node.image, options_.weighted),
                                 number(column.rows() > 0 ? 100 * node.value() / column.rows() : 0, 1));
        if (node.dropped > 0) words += tr("; %1 dropped").arg(number(node.dropped, options_.weighted ? 2 : 0));
        const std::vector<int> experts = expertsOfNode(*sample_, column, hit.node, options_.rows);
        if (column.group > 1 && !experts.empty()) {
            QStringList names;
            for (std::size_t i = 0; i < std::min<std::size_t>(5, experts.size()); ++i) names << expertName(experts[i]);
            words += tr("; most to %1").arg(names.join(QStringLiteral(", ")));
        }
        return words;
    }
    if (!hit.onRibbon()) return {};
    const FlowStep& step = drawn_.steps[static_cast<std::size_t>(hit.step)];
    const FlowRibbon& ribbon = step.ribbons[static_cast<std::size_t>(hit.ribbon)];
    const FlowColumn& from = drawn_.columns[static_cast<std::size_t>(step.from)];
    const FlowColumn& to = drawn_.columns[static_cast<std::size_t>(step.to)];
    const double before = from.nodes[static_cast<std::size_t>(ribbon.from)].value();
    return tr("%1 %2 to %3 %4: %5; %6 % of what %2 takes")
        .arg(layerLabel(from.layer, true), nodeName(from, ribbon.from), layerLabel(to.layer, true),
             nodeName(to, ribbon.to), rowsWords(ribbon.text, ribbon.image, options_.weighted),
             number(before > 0 ? 100 * ribbon.value() / before : 0, 0));
}

RouteTable FlowView::table() const {
    RouteTable table{{tr("Layer"), tr("Expert"), tr("Next layer"), tr("Next expert"), tr("Text tokens"),
                      tr("Image patches"), tr("Share of the layer"), tr("Dropped")},
                     {}};
    for (const FlowColumn& column : flow_.columns)
        for (int expert = 0; expert < column.experts; ++expert) {
            const FlowNode& node = column.nodes[static_cast<std::size_t>(expert)];
            table.rows.push_back({column.layer, expertName(expert), QString(), QString(), plain(node.text),
                                  plain(node.image), plain(column.rows() > 0 ? node.value() / column.rows() : 0),
                                  plain(node.dropped)});
        }
    for (const FlowStep& step : flow_.steps) {
        const FlowColumn& from = flow_.columns[static_cast<std::size_t>(step.from)];
        const FlowColumn& to = flow_.columns[static_cast<std::size_t>(step.to)];
        for (const FlowRibbon& ribbon : step.ribbons)
            table.rows.push_back({from.layer, expertName(ribbon.from), to.layer, expertName(ribbon.to),
                                  plain(ribbon.text), plain(ribbon.image),
                                  plain(from.rows() > 0 ? ribbon.value() / from.rows() : 0), QString()});
    }
    return table;
}

void FlowView::chooseRow(int table_row) {
    int left = table_row;
    for (const FlowColumn& column : flow_.columns) {
        if (left < column.experts) return chooseNode(column, left);
        left -= column.experts;
    }
    for (const FlowStep& step : flow_.steps) {
        const auto count = static_cast<int>(step.ribbons.size());
        if (left < count) return chooseRibbon(flow_, step, step.ribbons[static_cast<std::size_t>(left)]);
        left -= count;
    }
}

}  // namespace switchyard::ui
