// SPDX-License-Identifier: GPL-3.0-or-later
// A plan in the window's words, and its parts with their colours.
#pragma once

#include <QColor>
#include <QList>
#include <QString>

#include "core/base/plan/plan.h"

namespace switchyard::ui {

struct PlanPart {
    QString name;
    double at_peak = 0, most = 0;
    QColor color;  ///< in the current theme
    bool there() const { return most >= 512; }
};
/// In the order that bars and tables show them; always the same parts.
QList<PlanPart> planParts(const plan::Plan& plan);

QString countText(double count);          ///< "1.28 G", "71.4 M", "390,402"
QString ranksText(int ranks);             ///< "1 rank", "4 ranks"
QString fitText(const plan::Plan& plan);  ///< "fits", "does not fit, +2.2 GiB"
/// "1.28 G parameters, 15.7 GiB a rank, fits"
QString planSentence(const plan::Plan& plan);
QString planBytes(double count);  ///< "21.4 GiB", from 1,000 GiB on "4.1 TiB"
/// "micro-batch 8 and activation checkpointing block", by the keys' labels.
QString changeText(const plan::Alternative& alternative);
/// "train.micro_batch=8 train.activation_checkpointing=block", as --set takes them.
QString setsText(const plan::Alternative& alternative);

}  // namespace switchyard::ui
