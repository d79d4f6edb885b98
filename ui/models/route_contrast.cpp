// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/route_contrast.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <limits>
#include <numeric>
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

bool sameExperts(const RoutedLayer& a, int row, const RoutedLayer& b, int other) {
    const auto of_a = setOf(a, row), of_b = setOf(b, other);
    return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                      [](const auto& x, const auto& y) { return x.first == y.first; });
}

}  // namespace

QString choiceWords(const RoutedLayer& layer, int row) {
    QStringList words;
    for (const RoutedChoice& choice : layer.choicesOf(row))
        words << (choice.dropped
                      ? QCoreApplication::translate("RouteContrast", "%1 dropped").arg(expertName(choice.expert))
                      : expertName(choice.expert));
    return words.isEmpty() ? QCoreApplication::translate("RouteContrast", "no expert")
                           : words.join(QStringLiteral(", "));
}

std::vector<int> matchedRows(const RoutedSample& a, const RoutedLayer& in_a, const RoutedSample& b,
                             const RoutedLayer& in_b, bool same_sample) {
    std::vector<int> match(static_cast<std::size_t>(in_a.rows()), -1);
    if (a.pieces == b.pieces) {
        for (int token = 0; token < std::min(in_a.texts, in_b.texts); ++token)
            match[static_cast<std::size_t>(token)] = token;
    } else {
        QHash<QString, QList<int>> places;  // of each piece in b, those not taken yet
        for (int token = 0; token < in_b.texts; ++token) places[b.label(token)].append(token);
        for (int token = 0; token < in_a.texts; ++token)
            if (QList<int>& left = places[a.label(token)]; !left.isEmpty())
                match[static_cast<std::size_t>(token)] = left.takeFirst();
    }
    if (!same_sample || in_a.images != in_b.images) return match;
    for (int image = 0; image < in_a.images; ++image)
        match[static_cast<std::size_t>(in_a.texts + image)] = in_b.texts + image;
    return match;
}

QHash<int, QString> changedRows(const RoutedLayer& shown, const RoutedLayer& other, const std::vector<int>& match) {
    QHash<int, QString> changed;
    if (!shown.known() || !other.known()) return changed;
    for (int row = 0; row < static_cast<int>(match.size()); ++row) {
        const int there = match[static_cast<std::size_t>(row)];
        if (there >= 0 && setOf(shown, row) != setOf(other, there)) changed.insert(row, choiceWords(other, there));
    }
    return changed;
}

QHash<int, QString> changedRows(const RoutedLayer& shown, const RoutedLayer& other) {
    if (shown.rows() != other.rows()) return {};
    std::vector<int> match(static_cast<std::size_t>(shown.rows()));
    std::iota(match.begin(), match.end(), 0);
    return changedRows(shown, other, match);
}

double agreement(const RoutedLayer& a, const RoutedLayer& b, const std::vector<int>& match) {
    int same = 0, all = 0;
    for (int row = 0; row < static_cast<int>(match.size()) && a.known() && b.known(); ++row) {
        const int there = match[static_cast<std::size_t>(row)];
        if (there < 0) continue;
        ++all;
        same += sameExperts(a, row, b, there) ? 1 : 0;
    }
    return all > 0 ? static_cast<double>(same) / all : std::numeric_limits<double>::quiet_NaN();
}

RoutedSamplePtr withLayer(const RoutedSample& sample, RoutedLayer layer) {
    auto made = std::make_shared<RoutedSample>(sample);
    for (RoutedLayer& place : made->layers)
        if (place.name == layer.name) place = std::move(layer);
    return made;
}

}  // namespace switchyard::ui
