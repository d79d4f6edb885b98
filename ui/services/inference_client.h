// SPDX-License-Identifier: GPL-3.0-or-later
// Requests to an inference worker (switchyard-worker --channel; core/base/launch/compute_request.h), which is
// started at the first request and again when it died.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QString>
#include <chrono>
#include <functional>
#include <memory>

#include "ui/services/failure.h"

namespace switchyard::ui {

/// The worker ends with this object, when its process is killed, and after a time without requests (its model
/// takes memory). Thread: GUI thread; nothing here waits but the destructor (a moment, for the worker's end).
class InferenceClient : public QObject {
    Q_OBJECT
public:
    explicit InferenceClient(QObject* parent = nullptr);
    ~InferenceClient() override;

    using OnResult = std::function<void(const QJsonObject&)>;
    using OnError = std::function<void(const Failure&)>;
    using OnProgress = std::function<void(qint64 done, qint64 total, const QString& what)>;
    /// Callbacks run later, in the GUI thread, and only while `context` lives; when it dies the request is
    /// cancelled. Exactly one of `on_result` and `on_error` runs unless the request is cancelled.
    /// @return the request's id, for cancel().
    qint64 request(QObject* context, const QJsonObject& request, OnResult on_result, OnError on_error,
                   OnProgress on_progress = {});
    /// None of the request's callbacks runs any more; the worker stops at the next place where it can.
    void cancel(qint64 id);

    /// Time without a request after which the worker is ended; 10 minutes unless set.
    void setIdleTimeout(std::chrono::milliseconds timeout);
    /// Process id of the worker, 0 while there is none.
    qint64 workerPid() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::ui
