// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/route_contrast.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "ui/models/load_history.h"

namespace switchyard::ui {
namespace {

std::vector<std::pair<int, bool>> setOf(const RoutedLayer& layer, int row) {
    std::vector<std::pair<int, bool>> set;
    for (const RoutedChoice& choice : layer.choicesOf(row)) set.emplace_back(choice.expert, choice.dropped);
    std::sort(set.begin(), set.end());
    return set;
}

bool sameExperts(const RoutedLayer& a, const RoutedLayer& b, int row) {
    const auto of_a = setOf(a, row), of_b = setOf(b, row);
    return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                      [](const auto& x, const auto& y) { return x.first == y.first; });
}

}  // namespace

QString choiceWords(const RoutedLayer& layer, int row) {
    QStringList words;
    for (const RoutedChoice& choice : layer.choicesOf(row))
        words << (choice.dropped ? QCoreApplication::translate("RouteContrast", "%1 dropped").arg(expertName(choice.expert))
                                 : expertName(choice.expert));
    return words.isEmpty() ? QCoreApplication::translate("RouteContrast", "no expert") : words.join(QStringLiteral(", "));
}

QHash<int, QString> changedRows(const RoutedLayer& shown, const RoutedLayer& other) {
    QHash<int, QString> changed;
    if (shown.rows() != other.rows() || !shown.known() || !other.known()) return changed;
    for (int row = 0; row < shown.rows(); ++row)
        if (setOf(shown, row) != setOf(other, row)) changed.insert(row, choiceWords(other, row));
    return changed;
}

double agreement(const RoutedLayer& a, const RoutedLayer& b) {
    if (a.rows() != b.rows() || a.rows() == 0 || !a.known() || !b.known()) return std::numeric_limits<double>::quiet_NaN();
    int same = 0;
    for (int row = 0; row < a.rows(); ++row) same += sameExperts(a, b, row) ? 1 : 0;
    return static_cast<double>(same) / a.rows();
}

RoutedSamplePtr withLayer(const RoutedSample& sample, RoutedLayer layer) {
    auto made = std::make_shared<RoutedSample>(sample);
    for (RoutedLayer& place : made->layers)
        if (place.name == layer.name) place = std::move(layer);
    return made;
}

}  // namespace switchyard::ui
