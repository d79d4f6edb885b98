// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/expert_focus.h"

namespace switchyard::ui {

void ExpertFocus::setLayer(const QString& layer) {
    if (layer == layer_) return;
    layer_ = layer;
    Q_EMIT layerChanged();
}

void ExpertFocus::setModality(LoadModality modality) {
    if (modality == modality_) return;
    modality_ = modality;
    Q_EMIT modalityChanged();
}

void ExpertFocus::setOrder(ExpertOrder order) {
    if (order == order_) return;
    order_ = order;
    Q_EMIT orderChanged();
}

void ExpertFocus::setExpert(int expert) {
    if (expert == expert_) return;
    expert_ = expert;
    Q_EMIT expertChanged();
}

void ExpertFocus::setStep(double step) {
    setFollow(false);
    moveTo(step);
}

void ExpertFocus::setFollow(bool on) {
    if (on) moveTo(newest_);
    if (on == follow_) return;
    follow_ = on;
    Q_EMIT followChanged(on);
}

void ExpertFocus::setNewest(double step) {
    newest_ = step;
    if (follow_) moveTo(step);
}

void ExpertFocus::reset() {
    setExpert(-1);
    setLayer({});
    newest_ = 0;
    setFollow(true);
}

void ExpertFocus::moveTo(double step) {
    if (step == step_) return;
    step_ = step;
    Q_EMIT stepChanged();
}

}  // namespace switchyard::ui
