// SPDX-License-Identifier: GPL-3.0-or-later
// What every expert takes over a data set, counted sample by sample in bounded memory.
#pragma once

#include <QHash>
#include <QList>
#include <QString>
#include <vector>

#include "ui/models/route_stats.h"

namespace switchyard::ui {

enum class SurveyOrder { kCount, kLift };

struct SurveyToken {
    QString piece;
    int count = 0;      ///< places where the expert took it
    double weight = 0;  ///< mean over them
    double lift = 0;    ///< its share of the expert's tokens over its share of all tokens of the layer
};

struct SurveyPatch {
    int sample = 0, patch = 0;  ///< the number that add() was told
    float weight = 0;
};

/// One expert of one layer.
struct ExpertSurvey {
    int samples = 0;               ///< that passed the layer
    double texts = 0, images = 0;  ///< tokens and patches it was chosen for
    double ratio = 0;              ///< load over the fair share
    double entropy_bits = 0;       ///< mean of the router's over the tokens and patches it was chosen for
    qint64 patches_seen = 0;       ///< whoever took them
    QList<SurveyToken> tokens;     ///< in the order asked for
    QList<SurveyPatch> patches;    ///< by weight
    QList<ChosenWith> together;    ///< by share of the expert's tokens and patches
    QList<ChosenWith> nearest;     ///< `share` is the cosine of the two experts' co-activation rows
};

/// Memory: a number for each pair of expert and token and of experts that came together, and kPatches patches an
/// expert; nothing of a sample is kept. Thread: one thread.
class RouteSurvey {
public:
    static constexpr int kPatches = 18;
    static constexpr int kLeastForLift = 3;  ///< places; what is rarer has a lift by chance

    /// Cost: O(rows x choices^2) a layer.
    void add(const RoutedSample& sample, int number);
    int samples() const { return samples_; }
    /// Co-activation rows: how often an expert was chosen together with each other one, its own choices on the
    /// diagonal. Cost: O(what was counted of the layer).
    ExpertSurvey of(const QString& layer, int expert, SurveyOrder order, int most_tokens, int most_others) const;
    /// Patches that are kept, of all experts.
    std::size_t keptPatches() const;

private:
    struct Tally {
        int count = 0;
        double weight = 0;
    };
    struct Expert {
        double texts = 0, images = 0, entropy = 0;
        QHash<int, Tally> tokens;          ///< by the piece's number
        QHash<int, int> together;          ///< the diagonal is texts + images
        std::vector<SurveyPatch> patches;  ///< a heap, the least weight first
    };
    struct Layer {
        int samples = 0;
        double choices = 0, text_rows = 0;
        qint64 patches = 0;
        QHash<int, int> tokens;  ///< rows of each piece
        std::vector<Expert> experts;
    };
    void addRow(Layer& counted, const RoutedSample& sample, const RoutedLayer& layer, int row, int piece, int number);
    static QList<ChosenWith> nearestTo(const Layer& layer, int expert, int most);

    int samples_ = 0;
    QHash<QString, int> piece_numbers_;
    QList<QString> pieces_;
    QHash<QString, Layer> layers_;
};

}  // namespace switchyard::ui
