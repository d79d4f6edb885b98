// SPDX-License-Identifier: GPL-3.0-or-later
// One sample's way through a model: its tokens and patches, and where every MoE layer sent them.
#pragma once

#include <QImage>
#include <QList>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/runs/layer_routes.h"

namespace switchyard::ui {

enum class RoutePart { kText, kVision, kFusion };

/// One of a token's experts.
struct RoutedChoice {
    int expert = 0;
    float weight = 0;  ///< after dropping
    bool dropped = false;
};

/// Rows are a layer's tokens: texts first, then what stands for the picture (a class token, if any, then the patches).
struct RoutedLayer {
    QString name;  ///< "fusion.blocks.2.moe"
    RoutePart part = RoutePart::kText;
    int block = 0;
    int experts = 0, choices = 0;       ///< E, K
    int texts = 0, images = 0;          ///< rows of each kind
    std::vector<std::int32_t> chosen;   ///< [T, K] best first; -1 = none (fewer experts took this token)
    std::vector<float> weights;         ///< [T, K]
    std::vector<std::uint8_t> dropped;  ///< [T, K]
    std::vector<float> logits;          ///< [T, E]; empty = let go to save memory
    std::vector<float> entropies;       ///< [T] bits, of probabilities()
    std::vector<float> bias;            ///< [E] selection bias; empty = none
    /// In place of the logits where they were written down by a run or worked out by a replay.
    std::shared_ptr<const runs::LayerRoutes> recorded;

    /// Fills entropies from logits. O(T E).
    void measureEntropy();

    int rows() const { return texts + images; }
    /// False: its rows are counted, but not where they went.
    bool known() const { return choices > 0; }
    /// Best first, without the places that are empty.
    QList<RoutedChoice> choicesOf(int row) const;
    /// The expert that a row's chip or patch has the colour of; -1 when no expert took it.
    int first(int row) const;
    bool takes(int row, int expert) const;
    /// It has choices and all of them were dropped.
    bool allDropped(int row) const;
    int droppedOf(int row) const;
    /// What the row's logits stand for, [E]; empty without logits. O(E).
    std::vector<double> probabilities(int row) const;
    /// In bits, log2(E) at most.
    double entropy(int row) const { return static_cast<double>(entropies[static_cast<std::size_t>(row)]); }
};

/// Thread: any; treated as immutable once it is filled.
struct RoutedSample {
    QString text;
    QStringList pieces;  ///< of the tokens, as a person reads them
    std::vector<std::int64_t> token_ids;
    int max_tokens = 0;         ///< the model reads no more; 0 = unknown
    QImage picture;             ///< as the model crops it, finer; null = no picture
    int grid = 0;               ///< patches a side, 0 = no picture
    QList<RoutedLayer> layers;  ///< in the model's order
    quint64 origin = 0;         ///< the same tokens and patches have the same, at any step and under any gate

    int patches() const { return grid * grid; }
    const RoutedLayer* layer(const QString& name) const;
    /// Row of a patch in a layer, -1 where the layer sees no picture.
    int rowOfPatch(const RoutedLayer& layer, int patch) const;
    /// The inverse, -1 for text and the class token.
    int patchOfRow(const RoutedLayer& layer, int row) const;
    /// Row of a text token, -1 where the layer sees no text.
    int rowOfToken(const RoutedLayer& layer, int token) const;
    /// The token goes on the word of the one before it.
    bool goesOn(int token) const;
    /// "·can" for a piece that goes on a word, "[CLS]" as it stands, "␣" for a blank.
    QString label(int token) const;
    std::size_t logitBytes() const;
};

using RoutedSamplePtr = std::shared_ptr<const RoutedSample>;

RoutePart partOfLayer(const QString& name);
/// The row of another layer that stands for the same token or patch, -1 where that layer does not see it. Pictures are
/// counted from their end: a class token may stand before the patches of one layer alone.
int sameRow(const RoutedLayer& from, int row, const RoutedLayer& to);
/// A number that no other sample has. Thread: any.
quint64 newOrigin();
/// Its rows alone: known() is false.
RoutedLayer layerOutline(const runs::LayerRoutes& routes);
RoutedLayer routedLayer(std::shared_ptr<const runs::LayerRoutes> routes);
/// What a worker needs to route the layer's tokens again. Throws: Error(kUsage) without logits.
runs::LayerRoutes layerRoutes(const RoutedLayer& layer);

}  // namespace switchyard::ui
