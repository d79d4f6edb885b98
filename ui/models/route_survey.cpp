// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/route_survey.h"

#include <algorithm>
#include <cmath>

namespace switchyard::ui {
namespace {

/// Of two patches of one weight the first one seen stays.
bool better(const SurveyPatch& a, const SurveyPatch& b) {
    if (a.weight != b.weight) return a.weight > b.weight;
    return a.sample != b.sample ? a.sample < b.sample : a.patch < b.patch;
}

template <typename T, typename Before>
void keepFirst(QList<T>& list, int most, Before before) {
    std::sort(list.begin(), list.end(), before);
    if (list.size() > most) list.resize(most);
}

bool moreOften(const ChosenWith& a, const ChosenWith& b) {
    return a.share != b.share ? a.share > b.share : a.expert < b.expert;
}

}  // namespace

void RouteSurvey::add(const RoutedSample& sample, int number) {
    ++samples_;
    std::vector<int> pieces;
    for (int token = 0; token < sample.pieces.size(); ++token) {
        const QString label = sample.label(token);
        auto at = piece_numbers_.find(label);
        if (at == piece_numbers_.end()) {
            at = piece_numbers_.insert(label, static_cast<int>(pieces_.size()));
            pieces_.append(label);
        }
        pieces.push_back(*at);
    }
    for (const RoutedLayer& layer : sample.layers) {
        if (!layer.known()) continue;
        Layer& counted = layers_[layer.name];
        counted.experts.resize(std::max(counted.experts.size(), static_cast<std::size_t>(layer.experts)));
        ++counted.samples;
        if (layer.images > 0) counted.patches += sample.patches();
        counted.text_rows += layer.texts;
        for (int row = 0; row < layer.rows(); ++row) {
            const bool text = row < layer.texts && row < static_cast<int>(pieces.size());
            const int piece = text ? pieces[static_cast<std::size_t>(row)] : -1;
            if (text) ++counted.tokens[piece];
            addRow(counted, sample, layer, row, piece, number);
        }
    }
}

void RouteSurvey::addRow(Layer& counted, const RoutedSample& sample, const RoutedLayer& layer, int row, int piece,
                         int number) {
    const QList<RoutedChoice> choices = layer.choicesOf(row);
    counted.choices += static_cast<double>(choices.size());
    for (const RoutedChoice& choice : choices) {
        Expert& expert = counted.experts[static_cast<std::size_t>(choice.expert)];
        (row < layer.texts ? expert.texts : expert.images) += 1;
        expert.entropy += layer.entropy(row);
        for (const RoutedChoice& other : choices)
            if (other.expert != choice.expert) ++expert.together[other.expert];
        if (piece >= 0) {
            Tally& tally = expert.tokens[piece];
            ++tally.count;
            tally.weight += static_cast<double>(choice.weight);
        }
        const int patch = row < layer.texts ? -1 : sample.patchOfRow(layer, row);
        if (patch < 0) continue;
        const SurveyPatch found{number, patch, choice.weight};
        const bool full = expert.patches.size() >= static_cast<std::size_t>(kPatches);
        if (full && !better(found, expert.patches.front())) continue;
        if (full) {
            std::pop_heap(expert.patches.begin(), expert.patches.end(), better);
            expert.patches.pop_back();
        }
        expert.patches.push_back(found);
        std::push_heap(expert.patches.begin(), expert.patches.end(), better);
    }
}

QList<ChosenWith> RouteSurvey::nearestTo(const Layer& layer, int expert, int most) {
    const auto countOf = [&](int a, int b) {
        const Expert& of = layer.experts[static_cast<std::size_t>(a)];
        return a == b ? of.texts + of.images : static_cast<double>(of.together.value(b));
    };
    const auto length = [&](int a) {
        double sum = countOf(a, a) * countOf(a, a);
        for (const int count : layer.experts[static_cast<std::size_t>(a)].together) sum += 1.0 * count * count;
        return std::sqrt(sum);
    };
    QList<ChosenWith> near;
    const Expert& own = layer.experts[static_cast<std::size_t>(expert)];
    const double own_length = length(expert);
    for (int other = 0; other < static_cast<int>(layer.experts.size()); ++other) {
        if (other == expert || own_length <= 0) continue;
        // Both rows' other companions, and where either one meets the other's diagonal.
        double product =
            countOf(expert, expert) * countOf(other, expert) + countOf(expert, other) * countOf(other, other);
        for (auto it = own.together.begin(); it != own.together.end(); ++it)
            if (it.key() != other) product += 1.0 * it.value() * countOf(other, it.key());
        if (product > 0) near.append({other, product / own_length / length(other)});
    }
    keepFirst(near, most, moreOften);
    return near;
}

ExpertSurvey RouteSurvey::of(const QString& layer_name, int expert, SurveyOrder order, int most_tokens,
                             int most_others) const {
    ExpertSurvey out;
    const auto at = layers_.constFind(layer_name);
    if (at == layers_.constEnd() || expert < 0 || expert >= static_cast<int>(at->experts.size())) return out;
    const Layer& layer = *at;
    const Expert& own = layer.experts[static_cast<std::size_t>(expert)];
    const double mine = own.texts + own.images;
    out.samples = layer.samples;
    out.texts = own.texts;
    out.images = own.images;
    out.ratio = layer.choices > 0 ? mine * static_cast<double>(layer.experts.size()) / layer.choices : 0;
    out.entropy_bits = mine > 0 ? own.entropy / mine : 0;
    out.patches_seen = layer.patches;
    for (auto it = own.tokens.begin(); it != own.tokens.end(); ++it) {
        if (order == SurveyOrder::kLift && it->count < kLeastForLift) continue;
        const double expected = layer.tokens.value(it.key()) / layer.text_rows;
        out.tokens.append({pieces_[it.key()], it->count, it->weight / it->count, it->count / own.texts / expected});
    }
    keepFirst(out.tokens, most_tokens, [order](const SurveyToken& a, const SurveyToken& b) {
        if (order == SurveyOrder::kLift && a.lift != b.lift) return a.lift > b.lift;
        return a.count != b.count ? a.count > b.count : a.piece < b.piece;
    });
    out.patches = QList<SurveyPatch>(own.patches.begin(), own.patches.end());
    std::sort(out.patches.begin(), out.patches.end(), better);
    for (auto it = own.together.begin(); it != own.together.end(); ++it)
        out.together.append({it.key(), it.value() / mine});
    keepFirst(out.together, most_others, moreOften);
    out.nearest = nearestTo(layer, expert, most_others);
    return out;
}

std::size_t RouteSurvey::keptPatches() const {
    std::size_t count = 0;
    for (const Layer& layer : layers_)
        for (const Expert& expert : layer.experts) count += expert.patches.size();
    return count;
}

}  // namespace switchyard::ui
