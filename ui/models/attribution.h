// SPDX-License-Identifier: GPL-3.0-or-later
// What each token and patch of a query and its hit adds to their score.
#pragma once

#include <QImage>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

namespace switchyard::ui {

/// A text's tokens, or a picture's patches.
struct AttributionPart {
    QStringList tokens;
    int grid = 0;    ///< patches a side
    QImage picture;  ///< as the model saw it
    QList<double> values;
    bool isPicture() const { return grid > 0; }
    /// The most that one of them adds or takes; 1 when all are 0.
    double scale() const;
    /// "red +0.031, large -0.004" of the strongest few, tokens by their text, patches by row and column.
    QString strongest(int count) const;
};

struct Attribution {
    double score = 0;
    QList<AttributionPart> query;
    AttributionPart hit;
};

/// The worker's answer to "why"; parts that do not fit are left empty.
Attribution parseAttribution(const QJsonObject& answer);

}  // namespace switchyard::ui
