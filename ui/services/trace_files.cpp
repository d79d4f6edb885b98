// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/trace_files.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <memory>
#include <new>

#include "core/base/util/error.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(TraceFiles)
};

/// The worker is done with the earlier ones by now.
void removeUpTo(const QString& file) {
    QDir folder = QFileInfo(file).dir();
    const QStringList names = folder.entryList({QStringLiteral("trace-*")}, QDir::Files, QDir::Name);
    for (const QString& name : names)
        if (name <= QFileInfo(file).fileName()) folder.remove(name);
}

}  // namespace

QString TraceFiles::next() {
    return folder_.filePath(QStringLiteral("trace-%1.safetensors").arg(++serial_, 12, 10, QLatin1Char('0')));
}

TraceRead readTraceFile(const QString& file, const QJsonObject& answer, const RouteQuery& query, const QString& model) {
    TraceRead read;
    try {
        read.sample = std::make_shared<const RoutedSample>(readTrace(file, answer, query, model));
    } catch (const Error& error) {
        read.failure = Failure::of(error);
    } catch (const std::bad_alloc&) {
        read.failure = {static_cast<int>(ExitCode::kIo),
                        Words::tr("There is not enough memory for the trace"),
                        {},
                        Words::tr("Close other programs, or trace a smaller sample")};
    }
    removeUpTo(file);
    return read;
}

}  // namespace switchyard::ui
