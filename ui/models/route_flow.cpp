// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/route_flow.h"

#include <QCoreApplication>
#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "ui/models/load_history.h"

namespace switchyard::ui {
namespace {

using Keep = std::function<bool(const RoutedLayer& layer, int row)>;

bool counts(const RoutedLayer& layer, int row, FlowRows rows) {
    return rows == FlowRows::kBoth || (row < layer.texts) == (rows == FlowRows::kText);
}

/// The place of a row's first choice, -1 when no expert took it.
int firstPlace(const RoutedLayer& layer, int row) {
    for (int k = 0; k < layer.choices; ++k)
        if (const int at = row * layer.choices + k; layer.chosen[static_cast<std::size_t>(at)] >= 0) return at;
    return -1;
}

double countOf(const RoutedLayer& layer, int place, bool weighted) {
    return weighted ? static_cast<double>(layer.weights[static_cast<std::size_t>(place)]) : 1;
}

FlowColumn columnOf(const RoutedLayer& layer, const FlowOptions& options, const Keep& keep) {
    FlowColumn column;
    column.layer = layer.name;
    column.part = layer.part;
    column.experts = layer.experts;
    column.nodes.resize(static_cast<std::size_t>(layer.experts));
    for (int row = 0; row < layer.rows(); ++row) {
        if (!counts(layer, row, options.rows) || !keep(layer, row)) continue;
        const bool text = row < layer.texts;
        (text ? column.text : column.image) += 1;
        const int place = firstPlace(layer, row);
        if (place < 0) continue;
        const auto i = static_cast<std::size_t>(place);
        FlowNode& node = column.nodes[static_cast<std::size_t>(layer.chosen[i])];
        (text ? node.text : node.image) += countOf(layer, place, options.weighted);
        if (layer.dropped[i] != 0) node.dropped += countOf(layer, place, options.weighted);
    }
    return column;
}

/// The texts, or the pictures, that pass both.
FlowStep stepOf(const RoutedLayer& from, const RoutedLayer& to, bool text, const FlowOptions& options,
                const Keep& keep) {
    FlowStep step;
    std::map<std::pair<int, int>, double> between;
    for (int row = text ? 0 : to.texts; row < (text ? to.texts : to.rows()); ++row) {
        const int before = sameRow(to, row, from);
        if (before < 0 || !keep(to, row)) continue;
        const int a = firstPlace(from, before), b = firstPlace(to, row);
        if (a < 0 || b < 0) continue;
        between[{from.chosen[static_cast<std::size_t>(a)], to.chosen[static_cast<std::size_t>(b)]}] +=
            std::min(countOf(from, a, options.weighted), countOf(to, b, options.weighted));
    }
    for (const auto& [ends, count] : between)
        step.ribbons.push_back({ends.first, ends.second, text ? count : 0, text ? 0 : count});
    return step;
}

RouteFlow flowOf(const RoutedSample& sample, const FlowOptions& options, const Keep& keep) {
    RouteFlow flow;
    std::vector<const RoutedLayer*> layers;
    for (const RoutedLayer& layer : sample.layers) {
        const int rows = options.rows == FlowRows::kText    ? layer.texts
                         : options.rows == FlowRows::kImage ? layer.images
                                                            : layer.rows();
        if (!layer.known() || rows == 0) continue;
        layers.push_back(&layer);
        flow.columns.push_back(columnOf(layer, options, keep));
    }
    for (std::size_t to = 0; to < layers.size(); ++to) {
        for (const bool text : {true, false}) {
            if (options.rows == (text ? FlowRows::kImage : FlowRows::kText)) continue;
            const auto passes = [text](const RoutedLayer* layer) { return (text ? layer->texts : layer->images) > 0; };
            auto from = static_cast<std::ptrdiff_t>(to) - 1;
            while (from >= 0 && !passes(layers[static_cast<std::size_t>(from)])) --from;
            if (from < 0 || !passes(layers[to])) continue;
            FlowStep step = stepOf(*layers[static_cast<std::size_t>(from)], *layers[to], text, options, keep);
            step.from = static_cast<int>(from);
            step.to = static_cast<int>(to);
            // A text's and a picture's way between the same two layers are one step.
            FlowStep* same = flow.steps.empty() ? nullptr : &flow.steps.back();
            if (same == nullptr || same->from != step.from || same->to != step.to) {
                flow.steps.push_back(std::move(step));
                continue;
            }
            std::map<std::pair<int, int>, FlowRibbon> joined;
            for (const auto& ribbons : {same->ribbons, step.ribbons}) {
                for (const FlowRibbon& ribbon : ribbons) {
                    FlowRibbon& place = joined[{ribbon.from, ribbon.to}];
                    place = {ribbon.from, ribbon.to, place.text + ribbon.text, place.image + ribbon.image};
                }
            }
            same->ribbons.clear();
            for (const auto& entry : joined) same->ribbons.push_back(entry.second);
        }
    }
    return flow;
}

}  // namespace

RouteFlow routeFlow(const RoutedSample& sample, const FlowOptions& options) {
    return flowOf(sample, options, [](const RoutedLayer&, int) { return true; });
}

RouteFlow routeFlow(const RoutedSample& sample, const FlowOptions& options, const RoutedLayer& of,
                    const QSet<int>& only) {
    return flowOf(sample, options, [&](const RoutedLayer& layer, int row) {
        const int there = sameRow(layer, row, of);
        return there >= 0 && only.contains(there);
    });
}

RouteFlow grouped(const RouteFlow& flow, int most) {
    RouteFlow out;
    for (const FlowColumn& column : flow.columns) {
        FlowColumn made = column;
        made.group = column.group * ((static_cast<int>(column.nodes.size()) + most - 1) / std::max(1, most));
        made.group = std::max(1, made.group);
        const int by = made.group / column.group;
        made.nodes.assign((column.nodes.size() + static_cast<std::size_t>(by) - 1) / static_cast<std::size_t>(by), {});
        for (std::size_t i = 0; i < column.nodes.size(); ++i) {
            FlowNode& node = made.nodes[i / static_cast<std::size_t>(by)];
            node.text += column.nodes[i].text;
            node.image += column.nodes[i].image;
            node.dropped += column.nodes[i].dropped;
        }
        out.columns.push_back(std::move(made));
    }
    for (const FlowStep& step : flow.steps) {
        const auto by = [&](int column) {
            const auto i = static_cast<std::size_t>(column);
            return out.columns[i].group / flow.columns[i].group;
        };
        std::map<std::pair<int, int>, FlowRibbon> joined;
        for (const FlowRibbon& ribbon : step.ribbons) {
            const int from = ribbon.from / by(step.from), to = ribbon.to / by(step.to);
            FlowRibbon& place = joined[{from, to}];
            place = {from, to, place.text + ribbon.text, place.image + ribbon.image};
        }
        FlowStep made{step.from, step.to, {}};
        for (const auto& entry : joined) made.ribbons.push_back(entry.second);
        out.steps.push_back(std::move(made));
    }
    return out;
}

RouteFlow largest(const RouteFlow& flow, int most_a_step) {
    RouteFlow out = flow;
    for (FlowStep& step : out.steps) {
        if (static_cast<int>(step.ribbons.size()) <= most_a_step) continue;
        std::stable_sort(step.ribbons.begin(), step.ribbons.end(),
                         [](const FlowRibbon& a, const FlowRibbon& b) { return a.value() > b.value(); });
        step.ribbons.resize(static_cast<std::size_t>(most_a_step));
        std::sort(step.ribbons.begin(), step.ribbons.end(), [](const FlowRibbon& a, const FlowRibbon& b) {
            return std::pair(a.from, a.to) < std::pair(b.from, b.to);
        });
    }
    return out;
}

QSet<int> rowsOfRibbon(const RoutedSample& sample, const RouteFlow& flow, const FlowStep& step,
                       const FlowRibbon& ribbon, FlowRows rows) {
    QSet<int> found;
    const FlowColumn& before = flow.columns[static_cast<std::size_t>(step.from)];
    const FlowColumn& after = flow.columns[static_cast<std::size_t>(step.to)];
    const RoutedLayer* from = sample.layer(before.layer);
    const RoutedLayer* to = sample.layer(after.layer);
    if (from == nullptr || to == nullptr) return found;
    for (int row = 0; row < to->rows(); ++row) {
        const int there = sameRow(*to, row, *from);
        if (there < 0 || !counts(*to, row, rows) || from->first(there) < 0 || to->first(row) < 0) continue;
        if (from->first(there) / before.group == ribbon.from && to->first(row) / after.group == ribbon.to)
            found.insert(row);
    }
    return found;
}

std::vector<int> expertsOfNode(const RoutedSample& sample, const FlowColumn& column, int node, FlowRows rows) {
    std::vector<int> taken(static_cast<std::size_t>(column.experts), 0), experts;
    const RoutedLayer* layer = sample.layer(column.layer);
    for (int row = 0; layer != nullptr && row < layer->rows(); ++row)
        if (const int first = layer->first(row); first >= 0 && counts(*layer, row, rows))
            ++taken[static_cast<std::size_t>(first)];
    const int end = std::min(column.experts, (node + 1) * column.group);
    for (int expert = node * column.group; expert < end; ++expert)
        if (taken[static_cast<std::size_t>(expert)] > 0) experts.push_back(expert);
    std::stable_sort(experts.begin(), experts.end(), [&](int a, int b) {
        return taken[static_cast<std::size_t>(a)] > taken[static_cast<std::size_t>(b)];
    });
    return experts;
}

QString nodeName(const FlowColumn& column, int node) {
    const int first = node * column.group, last = std::min(column.experts, first + column.group) - 1;
    if (first == last) return expertName(first);
    return QCoreApplication::translate("RouteFlow", "%1 to %2").arg(expertName(first), expertName(last));
}

}  // namespace switchyard::ui
