// SPDX-License-Identifier: GPL-3.0-or-later
// Requests to an inference worker (switchyard-worker --channel; core/base/launch/compute_request.h), which is
// started at the first request and again when it died.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QString>
#include <functional>
#include <memory>

#include "ui/services/failure.h"

namespace switchyard::ui {

/// Thread: GUI thread; nothing here waits.
class InferenceClient : public QObject {
    Q_OBJECT
public:
    explicit InferenceClient(QObject* parent = nullptr);
    ~InferenceClient() override;

    using OnResult = std::function<void(const QJsonObject&)>;
    using OnError = std::function<void(const Failure&)>;
    using OnProgress = std::function<void(qint64 done, qint64 total, const QString& what)>;
    /// Callbacks run only while `context` lives. @return the request's id, for cancel().
    qint64 request(QObject* context, const QJsonObject& request, OnResult on_result, OnError on_error,
                   OnProgress on_progress = {});
    void cancel(qint64 id);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::ui
