// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/routed_sample.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/base/util/error.h"

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
    std::vector<float> own;
    if (recorded != nullptr && !recorded->log_sum_exp.empty() && recorded->num_logits > 0)
        own = recorded->tokenLogits(row);
    else if (!logits.empty())
        own.assign(logits.begin() + static_cast<std::ptrdiff_t>(at(row, experts, 0)),
                   logits.begin() + static_cast<std::ptrdiff_t>(at(row + 1, experts, 0)));
    if (own.empty()) return {};
    const bool sigmoid = recorded != nullptr && recorded->sigmoid;
    const double most = static_cast<double>(*std::max_element(own.begin(), own.end()));
    std::vector<double> p(own.size());
    double sum = 0;
    for (std::size_t e = 0; e < p.size(); ++e) {
        const auto logit = static_cast<double>(own[e]);
        sum += p[e] = sigmoid ? 1 / (1 + std::exp(-logit)) : std::exp(logit - most);
    }
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

RoutePart partOfLayer(const QString& name) {
    if (name.startsWith(QLatin1String("text."))) return RoutePart::kText;
    return name.startsWith(QLatin1String("vision.")) ? RoutePart::kVision : RoutePart::kFusion;
}

int sameRow(const RoutedLayer& from, int row, const RoutedLayer& to) {
    if (row < 0 || row >= from.rows()) return -1;
    if (row < from.texts) return row < to.texts ? row : -1;
    const int from_end = from.rows() - row;
    return from_end <= to.images ? to.rows() - from_end : -1;
}

quint64 newOrigin() {
    static std::atomic<quint64> last{0};
    return ++last;
}

RoutedLayer layerOutline(const runs::LayerRoutes& routes) {
    RoutedLayer layer;
    layer.name = QString::fromStdString(routes.layer);
    layer.part = partOfLayer(layer.name);
    layer.block = layer.name.section(QLatin1String(".blocks."), 1).section(u'.', 0, 0).toInt();
    layer.experts = static_cast<int>(routes.num_experts);
    layer.texts = static_cast<int>(routes.text_tokens);
    layer.images = static_cast<int>(routes.num_tokens - routes.text_tokens);
    layer.entropies.assign(static_cast<std::size_t>(routes.num_tokens), 0);
    return layer;
}

RoutedLayer routedLayer(std::shared_ptr<const runs::LayerRoutes> routes) {
    RoutedLayer layer = layerOutline(*routes);
    layer.choices = static_cast<int>(routes->num_choices);
    layer.chosen = routes->experts;
    layer.weights = routes->weights;
    layer.dropped = routes->dropped;
    layer.bias = routes->bias;
    for (std::size_t i = 0; i < layer.entropies.size(); ++i)
        layer.entropies[i] = routes->entropy[i] / std::numbers::ln2_v<float>;
    layer.recorded = std::move(routes);
    return layer;
}

runs::LayerRoutes layerRoutes(const RoutedLayer& layer) {
    if (layer.recorded != nullptr) return *layer.recorded;
    if (layer.logits.empty()) throw Error(ExitCode::kUsage, "the logits of this sample were let go", "replay");
    runs::LayerRoutes routes;
    routes.layer = layer.name.toStdString();
    routes.num_tokens = layer.rows();
    routes.text_tokens = layer.texts;
    routes.num_experts = routes.num_logits = layer.experts;
    routes.num_choices = layer.choices;
    routes.experts = layer.chosen;
    routes.weights = layer.weights;
    routes.dropped = layer.dropped;
    routes.logits = layer.logits;
    routes.bias = layer.bias;
    routes.summarise();
    return routes;
}

std::size_t RoutedSample::logitBytes() const {
    std::size_t count = 0;
    for (const RoutedLayer& layer : layers) count += layer.logits.size() * sizeof(float);
    return count;
}

}  // namespace switchyard::ui
