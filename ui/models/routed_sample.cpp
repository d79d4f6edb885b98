// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/routed_sample.h"

#include <algorithm>
#include <cmath>

namespace switchyard::ui {
namespace {

std::size_t at(int row, int width, int column) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column);
}

bool startsWithWord(const QString& piece) {
    return !piece.isEmpty() && piece.front().isLetterOrNumber();
}

}  // namespace

QList<RoutedChoice> RoutedLayer::choicesOf(int row) const {
    QList<RoutedChoice> found;
    for (int k = 0; k < choices; ++k) {
        const std::size_t i = at(row, choices, k);
        if (chosen[i] >= 0) found.append({chosen[i], weights[i], dropped[i] != 0});
    }
    return found;
}

int RoutedLayer::first(int row) const {
    for (int k = 0; k < choices; ++k)
        if (chosen[at(row, choices, k)] >= 0) return chosen[at(row, choices, k)];
    return -1;
}

bool RoutedLayer::takes(int row, int expert) const {
    for (int k = 0; k < choices; ++k)
        if (chosen[at(row, choices, k)] == expert) return true;
    return false;
}

int RoutedLayer::droppedOf(int row) const {
    int count = 0;
    for (int k = 0; k < choices; ++k)
        if (chosen[at(row, choices, k)] >= 0 && dropped[at(row, choices, k)] != 0) ++count;
    return count;
}

bool RoutedLayer::allDropped(int row) const {
    const int lost = droppedOf(row);
    if (lost == 0) return false;
    int made = 0;
    for (int k = 0; k < choices; ++k) made += chosen[at(row, choices, k)] >= 0 ? 1 : 0;
    return lost == made;
}

std::vector<double> RoutedLayer::probabilities(int row) const {
    if (logits.empty()) return {};
    const float* begin = logits.data() + at(row, experts, 0);
    const double most = *std::max_element(begin, begin + experts);
    std::vector<double> p(static_cast<std::size_t>(experts));
    double sum = 0;
    for (std::size_t e = 0; e < p.size(); ++e) sum += p[e] = std::exp(static_cast<double>(begin[e]) - most);
    for (double& value : p) value /= sum;
    return p;
}

void RoutedLayer::measureEntropy() {
    entropies.clear();
    for (int row = 0; row < rows(); ++row) {
        double bits = 0;
        for (const double p : probabilities(row))
            if (p > 0) bits -= p * std::log2(p);
        entropies.push_back(static_cast<float>(bits));
    }
}

const RoutedLayer* RoutedSample::layer(const QString& name) const {
    const auto found =
        std::find_if(layers.begin(), layers.end(), [&](const auto& layer) { return layer.name == name; });
    return found == layers.end() ? nullptr : &*found;
}

int RoutedSample::rowOfPatch(const RoutedLayer& layer, int patch) const {
    return layer.images < patches() || patches() == 0 ? -1 : layer.texts + (layer.images - patches()) + patch;
}

int RoutedSample::patchOfRow(const RoutedLayer& layer, int row) const {
    if (layer.images < patches()) return -1;
    const int patch = row - layer.texts - (layer.images - patches());
    return patch >= 0 && patch < patches() ? patch : -1;
}

int RoutedSample::rowOfToken(const RoutedLayer& layer, int token) const {
    return token < layer.texts ? token : -1;
}

bool RoutedSample::goesOn(int token) const {
    const QString piece = pieces.value(token);
    if (piece.startsWith(QLatin1String("##"))) return true;
    if (token == 0 || !startsWithWord(piece)) return false;
    // Tokenizers mark a word's blank before it or behind it; those with "##" mark no blanks at all.
    const auto any = [this](auto has) { return std::any_of(pieces.begin(), pieces.end(), has); };
    if (any([](const QString& of) { return of.startsWith(u' '); })) return true;
    if (any([](const QString& of) { return of.endsWith(u' '); })) return !pieces[token - 1].endsWith(u' ');
    return false;
}

QString RoutedSample::label(int token) const {
    QString piece = pieces.value(token).trimmed();
    if (piece.isEmpty()) return QStringLiteral("␣");
    if (!goesOn(token)) return piece;
    if (piece.startsWith(QLatin1String("##"))) piece.remove(0, 2);
    return QStringLiteral("·") + piece;
}

std::size_t RoutedSample::logitBytes() const {
    std::size_t count = 0;
    for (const RoutedLayer& layer : layers) count += layer.logits.size() * sizeof(float);
    return count;
}

}  // namespace switchyard::ui
