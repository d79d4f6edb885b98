// SPDX-License-Identifier: GPL-3.0-or-later
// Traces as the inference worker writes them (docs/formats.md, "Trace"), read into plain samples.
#pragma once

#include <QJsonObject>
#include <QString>
#include <cstddef>

#include "ui/models/routed_sample.h"

namespace switchyard::ui {

/// What the page asks the worker for.
struct RouteQuery {
    QString text;
    QString pair;   ///< second text of text tasks; "" = none
    QString image;  ///< absolute path; "" = none
    bool isEmpty() const { return text.isEmpty() && image.isEmpty(); }
    friend bool operator==(const RouteQuery&, const RouteQuery&) = default;
};

/// Reads a trace file of one sample. `told`: the entry of the answer's "samples". `model`: folder of the checkpoint,
/// whose config says how pictures are cut; the picture itself is read again from `image`, finer than the model's own.
/// Throws: Error(kCorruptCheckpoint | kIo) when the file is not what docs/formats.md says.
/// Thread: any, but not the GUI's (it waits for files).
RoutedSample readTrace(const QString& file, const QJsonObject& told, const RouteQuery& query, const QString& model);

}  // namespace switchyard::ui
