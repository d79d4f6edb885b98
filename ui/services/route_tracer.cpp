// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/route_tracer.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QTemporaryDir>
#include <algorithm>
#include <new>
#include <utility>

#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/services/inference_client.h"

namespace switchyard::ui {
namespace {

struct Read {
    RoutedSamplePtr sample;
    Failure failure;
};

/// The file, and those of requests that were cancelled before it: the worker is done with them by now.
void removeUpTo(const QString& file) {
    QDir folder = QFileInfo(file).dir();
    const QStringList names = folder.entryList({QStringLiteral("trace-*")}, QDir::Files, QDir::Name);
    for (const QString& name : names)
        if (name <= QFileInfo(file).fileName()) folder.remove(name);
}

Read readFile(const QString& file, const QJsonObject& told, const RouteQuery& query, const QString& model) {
    Read read;
    try {
        read.sample = std::make_shared<const RoutedSample>(readTrace(file, told, query, model));
    } catch (const Error& error) {
        read.failure = Failure::of(error);
    } catch (const std::bad_alloc&) {
        read.failure = {static_cast<int>(ExitCode::kIo),
                        RouteTracer::tr("There is not enough memory for the trace"),
                        {},
                        RouteTracer::tr("Close other programs, or trace a smaller sample")};
    }
    removeUpTo(file);
    return read;
}

}  // namespace

RouteTracer::RouteTracer(InferenceClient& inference, QObject* parent)
    : QObject(parent), inference_(inference), folder_(std::make_unique<QTemporaryDir>()) {}

RouteTracer::~RouteTracer() = default;

void RouteTracer::setModel(const QString& folder) {
    waiting_.clear();
    if (request_ != 0) inference_.cancel(request_);
    end();
    model_ = folder;
}

bool RouteTracer::waitsFor(int key) const {
    const auto of = [key](const Job& job) { return job.key == key; };
    return (busy_ && now_.key == key) || std::any_of(waiting_.begin(), waiting_.end(), of);
}

void RouteTracer::cancel(int key) {
    waiting_.removeIf([key](const Job& job) { return job.key == key; });
    if (!busy_ || now_.key != key) return;
    if (request_ != 0) inference_.cancel(request_);
    end();
    next();
}

void RouteTracer::trace(int key, const RouteQuery& query, bool first) {
    if (busy_ && now_.key == key && now_.query == query) return;
    waiting_.removeIf([key](const Job& job) { return job.key == key; });
    if (first)
        waiting_.prepend({key, query});
    else
        waiting_.append({key, query});
    if (busy_ && now_.key == key) {  // a text is typed on: what is being traced is not wanted any more
        if (request_ != 0) inference_.cancel(request_);
        end();
    }
    next();
}

void RouteTracer::next() {
    if (busy_ || waiting_.isEmpty() || model_.isEmpty()) return;
    now_ = waiting_.takeFirst();
    busy_ = true;
    const quint64 serial = ++serial_;
    const QString file =
        folder_->filePath(QStringLiteral("trace-%1.safetensors").arg(serial, 12, 10, QLatin1Char('0')));
    QJsonObject request{{QStringLiteral("op"), QStringLiteral("trace")},
                        {QStringLiteral("checkpoint"), model_},
                        {QStringLiteral("out"), file}};
    if (!now_.query.text.isEmpty()) request.insert(QStringLiteral("text"), now_.query.text);
    if (!now_.query.pair.isEmpty()) request.insert(QStringLiteral("pair"), now_.query.pair);
    if (!now_.query.image.isEmpty()) request.insert(QStringLiteral("image"), now_.query.image);
    request_ = inference_.request(
        this, request,
        [this, job = now_, file](const QJsonObject& answer) {
            request_ = 0;
            read(job, answer.value(QStringLiteral("samples")).toArray().first().toObject(), file);
        },
        [this, key = now_.key, file](const Failure& failure) {
            QFile::remove(file);
            end();
            Q_EMIT failed(key, failure);
            next();
        });
}

void RouteTracer::read(const Job& job, const QJsonObject& told, const QString& file) {
    inBackground(
        this, [told, file, query = job.query, model = model_] { return readFile(file, told, query, model); },
        [this, key = job.key, serial = serial_](const Read& read) {
            if (serial != serial_) return;
            end();
            if (read.sample != nullptr)
                Q_EMIT traced(key, read.sample);
            else
                Q_EMIT failed(key, read.failure);
            next();
        });
}

/// What is on its way is told no more.
void RouteTracer::end() {
    ++serial_;
    busy_ = false;
    request_ = 0;
}

}  // namespace switchyard::ui
