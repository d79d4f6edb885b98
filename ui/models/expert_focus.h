// SPDX-License-Identifier: GPL-3.0-or-later
// What all parts of the experts page look at: layer, modality, one expert, one step.
#pragma once

#include <QObject>
#include <QString>

#include "ui/models/expert_shares.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class ExpertFocus : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    const QString& layer() const { return layer_; }
    LoadModality modality() const { return modality_; }
    ExpertOrder order() const { return order_; }
    int expert() const { return expert_; }  ///< -1 = none
    double step() const { return step_; }
    bool follow() const { return follow_; }  ///< the step is the newest

    void setLayer(const QString& layer);
    void setModality(LoadModality modality);
    void setOrder(ExpertOrder order);
    void setExpert(int expert);
    /// The user looks at a step: Follow goes off.
    void setStep(double step);
    void setFollow(bool on);
    /// The newest step; moves the cursor while following.
    void setNewest(double step);
    /// Another run: nothing chosen, following.
    void reset();

Q_SIGNALS:
    void layerChanged();
    void modalityChanged();
    void orderChanged();
    void expertChanged();
    void stepChanged();
    void followChanged(bool on);

private:
    void moveTo(double step);

    QString layer_;
    LoadModality modality_ = LoadModality::kAll;
    ExpertOrder order_ = ExpertOrder::kById;
    int expert_ = -1;
    double step_ = 0, newest_ = 0;
    bool follow_ = true;
};

}  // namespace switchyard::ui
