// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded or traced logits under another gate, worked out by the inference worker with the model's own code.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QString>
#include <QTimer>
#include <memory>

#include "ui/models/routed_sample.h"
#include "ui/services/failure.h"

namespace switchyard::ui {

class InferenceClient;

/// Where the logits lie: a run's probe, or a layer that was traced from a model.
struct ReplaySource {
    QString run;  ///< "" = `model` and `sample`
    qint64 step = -1;
    int number = -1;  ///< of the probe's sample
    QString model;    ///< folder whose gate the sample was traced under
    RoutedSamplePtr sample;
    QString layer;
};

/// What a replay told of one layer.
struct Replayed {
    std::shared_ptr<const runs::LayerRoutes> routes;
    runs::RouteSummary before, after;
    int changed = 0, changed_tokens = 0, changed_drops = 0;
};

/// Asked often, it works when the asking pauses; only the newest answer is told. Thread: GUI thread.
class GateReplay : public QObject {
    Q_OBJECT
public:
    explicit GateReplay(InferenceClient& inference, QObject* parent = nullptr);
    void ask(const ReplaySource& source, const QJsonObject& gate);
    void cancel();
    bool isBusy() const { return busy_; }

Q_SIGNALS:
    void busyChanged(bool busy);
    void replayed(const switchyard::ui::Replayed& replayed);
    void failed(const switchyard::ui::Failure& failure);

private:
    void start();
    void send(const QJsonObject& request);
    void read(const QJsonObject& answer);
    void setBusy(bool busy);

    InferenceClient& inference_;
    QTimer pause_;
    ReplaySource source_;
    QJsonObject gate_;
    bool busy_ = false;
    qint64 request_ = 0;
    quint64 serial_ = 0;  ///< of what was asked last
};

}  // namespace switchyard::ui
