// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/asker.h"

#include <QFile>

#include "ui/models/background.h"
#include "ui/services/inference_client.h"

namespace switchyard::ui {

Asker::Asker(InferenceClient& inference, QObject* parent) : QObject(parent), inference_(inference) {}

void Asker::setModel(const QString& folder) {
    cancel();
    model_ = folder;
}

void Asker::cancel() {
    ++serial_;
    if (request_ != 0) inference_.cancel(request_);
    request_ = 0;
    busy_ = false;
}

void Asker::ask(const AskQuery& query, int top) {
    if (busy_ && query == query_) return;
    cancel();
    if (model_.isEmpty()) return;
    query_ = query;
    busy_ = true;
    clock_.start();
    const QString file = files_.next();
    QJsonObject request{{QStringLiteral("op"), QStringLiteral("ask")},
                        {QStringLiteral("checkpoint"), model_},
                        {QStringLiteral("top"), top},
                        {QStringLiteral("out"), file}};
    const auto add = [&request](const char* name, const QString& value) {
        if (!value.isEmpty()) request.insert(QLatin1String(name), value);
    };
    add("text", query.sample.text);
    add("pair", query.sample.pair);
    add("image", query.sample.image);
    add("task", query.task);
    request_ = inference_.request(
        this, request,
        [this, file](const QJsonObject& told) {
            request_ = 0;
            read(told, file);
        },
        [this, file](const Failure& failure) {
            QFile::remove(file);
            request_ = 0;
            busy_ = false;
            Q_EMIT failed(query_, failure);
        });
}

void Asker::read(const QJsonObject& told, const QString& file) {
    inBackground(
        this, [told, file, query = query_.sample, model = model_] { return readTraceFile(file, told, query, model); },
        [this, told, serial = serial_](const TraceRead& read) {
            if (serial != serial_) return;
            busy_ = false;
            if (read.sample == nullptr) return Q_EMIT failed(query_, read.failure);
            Q_EMIT answered({query_, readAnswer(told), read.sample, static_cast<double>(clock_.nsecsElapsed()) / 1e6});
        });
}

}  // namespace switchyard::ui
