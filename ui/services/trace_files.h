// SPDX-License-Identifier: GPL-3.0-or-later
// Files that the inference worker writes traces into, read and removed again.
#pragma once

#include <QJsonObject>
#include <QString>
#include <QTemporaryDir>

#include "ui/models/trace_reader.h"
#include "ui/services/failure.h"

namespace switchyard::ui {

/// A temporary folder of its own. Thread: GUI thread.
class TraceFiles {
public:
    /// Another name each time, the later the greater.
    QString next();

private:
    QTemporaryDir folder_;
    quint64 serial_ = 0;
};

struct TraceRead {
    RoutedSamplePtr sample;  ///< null = failed
    Failure failure;
};
/// Reads the file (readTrace) and removes it, with those of requests that were cancelled before it. Never throws.
/// Thread: any, but not the GUI's.
TraceRead readTraceFile(const QString& file, const QJsonObject& told, const RouteQuery& query, const QString& model);

}  // namespace switchyard::ui
