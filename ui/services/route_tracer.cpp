// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/route_tracer.h"

#include <QFile>
#include <QJsonArray>
#include <algorithm>

#include "ui/models/background.h"
#include "ui/services/inference_client.h"

namespace switchyard::ui {

RouteTracer::RouteTracer(InferenceClient& inference, QObject* parent)
    : QObject(parent), inference_(inference) {}

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
    ++serial_;
    const QString file = files_.next();
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
        this, [told, file, query = job.query, model = model_] { return readTraceFile(file, told, query, model); },
        [this, key = job.key, serial = serial_](const TraceRead& read) {
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
