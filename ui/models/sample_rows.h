// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of a run's evaluation data, as files and texts that can be traced, and what the data says of them.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <optional>

#include "ui/models/trace_reader.h"

namespace switchyard::ui {

struct SampleTruth {
    QString task;                 ///< of a text model's; else ""
    QString answer;               ///< the class; "" where it is none of the model's, for numbers, and without classes
    std::optional<double> value;  ///< where a number is the answer
    QStringList people;           ///< questions: what everyone who was asked said
};

struct SampleRows {
    QList<RouteQuery> rows;
    QList<SampleTruth> truths;  ///< of each row
    qint64 all = 0;   ///< samples in the data
    QString name;     ///< "eval.jsonl", or "coloured shapes"; "" = the config names no evaluation data
    QString problem;  ///< why there are none: a full sentence, "" = none
};

/// kFirst: the first ones; kSpread: from all over the data, so that of several tasks each is there.
enum class SampleChoice { kFirst, kSpread };

/// Pictures that are no files of their own (made up, or inside tar shards) are written below the cache folder.
/// Never throws. Thread: any, but not the GUI's (it reads the data).
SampleRows readSampleRows(const QString& model_folder, int most, SampleChoice choice = SampleChoice::kFirst);

}  // namespace switchyard::ui
