// SPDX-License-Identifier: GPL-3.0-or-later
// Questions to a model by the inference worker, the newest alone: an earlier one that was not answered is cancelled.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include "ui/models/ask_answer.h"
#include "ui/models/routed_sample.h"
#include "ui/services/failure.h"
#include "ui/services/trace_files.h"

namespace switchyard::ui {

class InferenceClient;

/// An answer with the routes of the same pass.
struct AskResult {
    AskQuery query;
    AskAnswer answer;
    RoutedSamplePtr routes;
    double took_ms = 0;  ///< from asking to having read the routes
};

/// Thread: GUI thread; files are read in the thread pool.
class Asker : public QObject {
    Q_OBJECT
public:
    explicit Asker(InferenceClient& inference, QObject* parent = nullptr);
    /// A checkpoint or model folder; what was asked before is not answered any more.
    void setModel(const QString& folder);
    const QString& model() const { return model_; }
    /// @param top classes told
    void ask(const AskQuery& query, int top);
    void cancel();
    bool isBusy() const { return busy_; }
    const AskQuery& asked() const { return query_; }

Q_SIGNALS:
    void answered(const switchyard::ui::AskResult& result);
    void failed(const switchyard::ui::AskQuery& query, const switchyard::ui::Failure& failure);

private:
    void read(const QJsonObject& told, const QString& file);

    InferenceClient& inference_;
    TraceFiles files_;
    QString model_;
    AskQuery query_;
    QElapsedTimer clock_;
    bool busy_ = false;
    qint64 request_ = 0;
    quint64 serial_ = 0;  ///< of the question whose answer counts
};

}  // namespace switchyard::ui
