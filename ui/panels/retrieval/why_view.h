// SPDX-License-Identifier: GPL-3.0-or-later
// "Why this result": query and hit by what their words and patches add to the score.
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/models/attribution.h"
#include "ui/models/retrieval_result.h"
#include "ui/services/failure.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace switchyard::ui {

class AttributionPartView;
class ElidedLabel;
class InferenceClient;

/// Asks the worker when the person wants to know, and again for each hit that is looked at while it is open.
/// Thread: GUI thread.
class WhyView : public QWidget {
    Q_OBJECT
public:
    explicit WhyView(InferenceClient& inference, QWidget* parent = nullptr);
    /// Row -1 = no hit.
    void setHit(const QString& checkpoint, const RetrievalResult& result, int row);
    const Attribution& shown() const { return shown_; }

Q_SIGNALS:
    void failed(const switchyard::ui::Failure& failure);

private:
    void ask();
    void stop();
    void show(const Attribution& attribution);
    void add(const QString& title, const AttributionPart& part);
    void clear();

    InferenceClient& inference_;
    QString checkpoint_;
    RetrievalQuery query_;
    RetrievalHit hit_;
    bool has_hit_ = false;
    qint64 request_ = 0;
    QTimer rested_;
    Attribution shown_;
    QPushButton* open_;
    QLabel* state_;
    QWidget* parts_;
    QVBoxLayout* rows_;
    QLabel* told_;
};

}  // namespace switchyard::ui
