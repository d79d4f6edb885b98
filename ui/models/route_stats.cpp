// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/route_stats.h"

#include <QHash>
#include <algorithm>

namespace switchyard::ui {
namespace {

/// The weight with which `expert` was chosen for a row, -1 when it was not.
double weightOf(const RoutedLayer& layer, int row, int expert) {
    for (const RoutedChoice& choice : layer.choicesOf(row))
        if (choice.expert == expert) return static_cast<double>(choice.weight);
    return -1;
}

template <typename T, typename Before>
void keepFirst(QList<T>& list, int most, Before before) {
    std::stable_sort(list.begin(), list.end(), before);
    if (list.size() > most) list.resize(most);
}

QList<TopToken> tokensOf(const QHash<QString, TopToken>& seen, int most) {
    QList<TopToken> list = seen.values();
    for (TopToken& token : list) token.weight /= token.count;
    keepFirst(list, most, [](const TopToken& a, const TopToken& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.piece < b.piece;
    });
    return list;
}

}  // namespace

double RouteLoad::ratio(int expert) const {
    return choices > 0 ? taken(expert) * experts() / choices : 0;
}

double RouteLoad::maxViolation() const {
    double most = 0;
    for (int e = 0; e < experts(); ++e) most = std::max(most, ratio(e));
    return most - 1;
}

int RouteLoad::inUse() const {
    int used = 0;
    for (int e = 0; e < experts(); ++e) used += taken(e) > 0 ? 1 : 0;
    return used;
}

RouteLoad routeLoad(const QList<RoutedSamplePtr>& samples, const QString& layer_name) {
    RouteLoad load;
    for (const RoutedSamplePtr& sample : samples) {
        const RoutedLayer* layer = sample->layer(layer_name);
        if (layer == nullptr) continue;
        const auto experts = static_cast<std::size_t>(layer->experts);
        load.text.resize(std::max(load.text.size(), experts));
        load.image.resize(load.text.size());
        load.dropped.resize(load.text.size());
        for (int row = 0; row < layer->rows(); ++row) {
            for (const RoutedChoice& choice : layer->choicesOf(row)) {
                const auto e = static_cast<std::size_t>(choice.expert);
                (row < layer->texts ? load.text : load.image)[e] += 1;
                load.choices += 1;
                if (!choice.dropped) continue;
                load.dropped[e] += 1;
                load.droppedChoices += 1;
            }
            load.entropy_bits += layer->entropy(row);
        }
        load.rows += layer->rows();
    }
    if (load.rows > 0) load.entropy_bits /= load.rows;
    return load;
}

ExpertProfile expertProfile(const QList<RoutedSamplePtr>& samples, const QString& layer_name, int expert,
                            int most_tokens, int most_patches, int most_together) {
    ExpertProfile profile;
    QHash<QString, TopToken> tokens;
    QHash<int, double> others;
    double all_choices = 0, experts = 0;
    for (int s = 0; s < samples.size(); ++s) {
        const RoutedSample& sample = *samples[s];
        const RoutedLayer* layer = sample.layer(layer_name);
        if (layer == nullptr) continue;
        ++profile.samples;
        experts = std::max<double>(experts, layer->experts);
        if (layer->images > 0) profile.patches_seen += sample.patches();
        for (int row = 0; row < layer->rows(); ++row) {
            const QList<RoutedChoice> choices = layer->choicesOf(row);
            all_choices += static_cast<double>(choices.size());
            const double weight = weightOf(*layer, row, expert);
            if (weight < 0) continue;
            (row < layer->texts ? profile.texts : profile.images) += 1;
            for (const RoutedChoice& choice : choices)
                if (choice.expert != expert) others[choice.expert] += 1;
            if (row < layer->texts) {
                TopToken& token = tokens[sample.label(row)];
                token.piece = sample.label(row);
                token.weight += weight;
                ++token.count;
            } else if (const int patch = sample.patchOfRow(*layer, row); patch >= 0) {
                profile.patches.append({s, patch, weight});
            }
        }
    }
    const double mine = profile.texts + profile.images;
    profile.ratio = all_choices > 0 ? mine * experts / all_choices : 0;
    profile.tokens = tokensOf(tokens, most_tokens);
    keepFirst(profile.patches, most_patches, [](const TopPatch& a, const TopPatch& b) { return a.weight > b.weight; });
    for (auto it = others.begin(); it != others.end(); ++it) profile.together.append({it.key(), it.value() / mine});
    keepFirst(profile.together, most_together, [](const ChosenWith& a, const ChosenWith& b) {
        return a.share != b.share ? a.share > b.share : a.expert < b.expert;
    });
    return profile;
}

}  // namespace switchyard::ui
