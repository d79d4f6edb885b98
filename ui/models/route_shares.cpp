// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/route_shares.h"

#include <algorithm>
#include <map>

namespace switchyard::ui {
namespace {

const RoutedLayer* layerOf(const RoutedSide& side, const QString& name) {
    const RoutedLayer* layer = side.sample != nullptr ? side.sample->layer(name) : nullptr;
    const int rows = layer == nullptr ? 0 : side.picture ? layer->images : layer->texts;
    return rows > 0 ? layer : nullptr;
}

std::map<int, double> sharesOf(const RoutedSide& side, const QString& name) {
    std::map<int, double> counts;
    const RoutedLayer* layer = layerOf(side, name);
    if (layer == nullptr) return counts;
    double all = 0;
    const int begin = side.picture ? layer->texts : 0, end = side.picture ? layer->rows() : layer->texts;
    for (int row = begin; row < end; ++row) {
        for (const RoutedChoice& choice : layer->choicesOf(row)) {
            if (choice.dropped) continue;
            counts[choice.expert] += 1;
            all += 1;
        }
    }
    for (auto& [expert, count] : counts) count /= all;
    return counts;
}

}  // namespace

QStringList layersOf(const RoutedSide& query, const RoutedSide& hit) {
    QStringList names;
    for (const RoutedSide* side : {&query, &hit}) {
        if (side->sample == nullptr) continue;
        for (const RoutedLayer& layer : side->sample->layers)
            if (layerOf(*side, layer.name) != nullptr && !names.contains(layer.name)) names.append(layer.name);
    }
    return names;
}

int expertsOf(const RoutedSide& query, const RoutedSide& hit, const QString& layer) {
    for (const RoutedSide* side : {&query, &hit})
        if (const RoutedLayer* found = layerOf(*side, layer)) return found->experts;
    return 0;
}

QList<RouteShare> routeShares(const RoutedSide& query, const RoutedSide& hit, const QString& layer) {
    std::map<int, RouteShare> both;
    for (const auto& [expert, share] : sharesOf(query, layer)) both[expert].query = share;
    for (const auto& [expert, share] : sharesOf(hit, layer)) both[expert].hit = share;
    QList<RouteShare> list;
    for (auto& [expert, share] : both) {
        share.expert = expert;
        list.append(share);
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const RouteShare& a, const RouteShare& b) { return a.query + a.hit > b.query + b.hit; });
    return list;
}

double overlapOf(const QList<RouteShare>& shares) {
    double sum = 0;
    for (const RouteShare& share : shares) sum += std::min(share.query, share.hit);
    return sum;
}

}  // namespace switchyard::ui
