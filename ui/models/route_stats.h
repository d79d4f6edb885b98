// SPDX-License-Identifier: GPL-3.0-or-later
// What experts did over one sample or several: loads, and what one of them takes.
#pragma once

#include <QList>
#include <QString>
#include <vector>

#include "ui/models/routed_sample.h"

namespace switchyard::ui {

/// Choices of each expert in one layer. Thread: any.
struct RouteLoad {
    std::vector<double> text, image;  ///< [E] choices, those that were dropped among them
    std::vector<double> dropped;      ///< [E] of both kinds
    double choices = 0;               ///< sum of all
    double droppedChoices = 0;
    double rows = 0;          ///< tokens and patches
    double entropy_bits = 0;  ///< mean over the rows

    int experts() const { return static_cast<int>(text.size()); }
    double taken(int expert) const {
        return text[static_cast<std::size_t>(expert)] + image[static_cast<std::size_t>(expert)];
    }
    /// Choices over the fair share; 0 when there is none at all.
    double ratio(int expert) const;
    double maxViolation() const;  ///< highest ratio - 1
    int inUse() const;            ///< experts chosen at least once
};

/// Samples without the layer are passed over.
RouteLoad routeLoad(const QList<RoutedSamplePtr>& samples, const QString& layer);

/// A piece that an expert takes, over all its places.
struct TopToken {
    QString piece;
    double weight = 0;  ///< mean over its places
    int count = 0;
};

struct TopPatch {
    int sample = 0, patch = 0;  ///< index into the samples given
    double weight = 0;
};

struct ChosenWith {
    int expert = 0;
    double share = 0;  ///< of the expert's tokens and patches
};

struct ExpertProfile {
    double ratio = 0;                   ///< load over the fair share
    double texts = 0, images = 0;       ///< what it was chosen for
    QList<TopToken> tokens;             ///< by weight
    QList<TopPatch> patches;            ///< by weight
    QList<ChosenWith> together;         ///< by share
    int patches_seen = 0, samples = 0;  ///< in all, whoever took them
};

ExpertProfile expertProfile(const QList<RoutedSamplePtr>& samples, const QString& layer, int expert, int most_tokens,
                            int most_patches, int most_together);

}  // namespace switchyard::ui
