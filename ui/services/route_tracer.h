// SPDX-License-Identifier: GPL-3.0-or-later
// Samples traced by the inference worker, one at a time: what is looked at first, the others after it.
#pragma once

#include <QHash>
#include <QList>
#include <QObject>
#include <QString>

#include "ui/models/routed_sample.h"
#include "ui/models/trace_reader.h"
#include "ui/services/failure.h"
#include "ui/services/trace_files.h"

namespace switchyard::ui {

class InferenceClient;

/// Each sample has a key of the caller's. Trace files are read in the thread pool and removed. Thread: GUI thread.
class RouteTracer : public QObject {
    Q_OBJECT
public:
    explicit RouteTracer(InferenceClient& inference, QObject* parent = nullptr);
    ~RouteTracer() override;
    /// A checkpoint or model folder; nothing asked for before is told any more.
    void setModel(const QString& folder);
    const QString& model() const { return model_; }
    /// Takes the place of what was asked under this key. `first`: before all that wait.
    void trace(int key, const RouteQuery& query, bool first);
    void cancel(int key);
    bool waitsFor(int key) const;

Q_SIGNALS:
    void traced(int key, const switchyard::ui::RoutedSamplePtr& sample);
    void failed(int key, const switchyard::ui::Failure& failure);

private:
    struct Job {
        int key = 0;
        RouteQuery query;
    };
    void next();
    void read(const Job& job, const QJsonObject& answer, const QString& file);
    void end();

    InferenceClient& inference_;
    TraceFiles files_;
    QString model_;
    QList<Job> waiting_;
    Job now_;
    bool busy_ = false;
    qint64 request_ = 0;
    quint64 serial_ = 0;  ///< of the request whose answer counts
};

}  // namespace switchyard::ui
