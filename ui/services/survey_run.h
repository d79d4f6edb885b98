// SPDX-License-Identifier: GPL-3.0-or-later
// A checkpoint's evaluation data, sample by sample through the inference worker, counted by RouteSurvey.
#pragma once

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QString>
#include <QTimer>
#include <memory>

#include "ui/models/route_survey.h"
#include "ui/models/sample_rows.h"
#include "ui/services/failure.h"

namespace switchyard::ui {

class InferenceClient;
class RouteTracer;

/// What was counted of a checkpoint stays while this object lives (of the last kMostModels). One sample is on its way
/// at a time, so that what a person types waits for one at most. Thread: GUI thread.
class SurveyRun : public QObject {
    Q_OBJECT
public:
    static constexpr int kMostModels = 4;

    explicit SurveyRun(InferenceClient& inference, QObject* parent = nullptr);
    ~SurveyRun() override;
    /// A checkpoint or model folder, "" = none; what runs is stopped.
    void setModel(const QString& folder);
    const QString& model() const { return model_; }
    /// Until `samples` of the data are counted, or all; goes on where it was stopped.
    void start(int samples);
    void stop();

    bool running() const { return running_; }
    int done() const;        ///< samples counted or passed over
    int wanted() const;      ///< of the last start, as many as there are
    qint64 all() const;      ///< in the data; 0 before it was read
    int passedOver() const;  ///< could not be traced
    QString dataName() const;
    double secondsLeft() const;                          ///< NaN before it can be said
    const QString& problem() const { return problem_; }  ///< why it ended early, "" = it did not
    /// nullptr before anything was counted.
    const RouteSurvey* survey() const;
    /// Of a sample's number.
    RouteQuery query(int number) const;

Q_SIGNALS:
    /// Something of the above is another; a few times a second while it runs.
    void changed();

private:
    struct Entry {
        RouteSurvey survey;
        SampleRows rows;
        int next = 0, wanted = 0, passed = 0;
    };
    Entry* entry() const;
    void takeRows(const SampleRows& rows);
    void next();
    void end(const QString& problem);

    RouteTracer* tracer_;
    QString model_, problem_;
    QHash<QString, std::shared_ptr<Entry>> entries_;
    QStringList used_;  ///< models, the last used last
    bool running_ = false;
    int begun_at_ = 0;
    quint64 serial_ = 0;
    QElapsedTimer clock_;
    QTimer tell_;
};

}  // namespace switchyard::ui
