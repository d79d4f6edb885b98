// SPDX-License-Identifier: GPL-3.0-or-later
// The first samples of a run's evaluation data, as files and texts that can be traced.
#pragma once

#include <QList>
#include <QString>

#include "ui/models/trace_reader.h"

namespace switchyard::ui {

struct SampleRows {
    QList<RouteQuery> rows;
    qint64 all = 0;   ///< samples in the data
    QString name;     ///< "eval.jsonl", or "coloured shapes"; "" = the config names no evaluation data
    QString problem;  ///< why there are none: a full sentence, "" = none
};

/// Pictures that are no files of their own (made up, or inside tar shards) are written below the cache folder.
/// Never throws. Thread: any, but not the GUI's (it reads the data).
SampleRows readSampleRows(const QString& model_folder, int most);

}  // namespace switchyard::ui
