// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/route_focus.h"

#include <utility>

namespace switchyard::ui {

void RouteFocus::setSample(const RoutedSamplePtr& sample) {
    if (sample == sample_) return;
    const bool same =
        sample != nullptr && sample_ != nullptr && sample->origin != 0 && sample->origin == sample_->origin;
    const RoutedLayer* now = layer();
    const int rows = now == nullptr ? 0 : now->rows();
    sample_ = sample;
    marks_.clear();
    if (!same || layer() == nullptr || layer()->rows() != rows) {
        row_ = -1;
        setPicked({});
    }
    if (sample_ != nullptr && !sample_->layers.isEmpty()) {
        const QString name = sample_->layer(wanted_layer_) != nullptr ? wanted_layer_ : sample_->layers.last().name;
        if (name != layer_) {
            layer_ = name;
            Q_EMIT layerChanged();
        }
    }
    if (layer() != nullptr && expert_ >= layer()->experts) setExpert(-1);
    Q_EMIT sampleChanged();
    Q_EMIT rowChanged();
}

void RouteFocus::setLayer(const QString& name) {
    wanted_layer_ = name;
    if (name == layer_) return;
    const RoutedLayer* old = layer();
    // The same token or patch, where the other layer has it too.
    int token = -1, patch = -1;
    if (old != nullptr && row_ >= 0) {
        patch = sample_->patchOfRow(*old, row_);
        if (row_ < old->texts) token = row_;
    }
    layer_ = name;
    row_ = -1;
    marks_.clear();
    QSet<int> picked;
    if (const RoutedLayer* now = layer(); now != nullptr) {
        for (const int row : std::as_const(picked_))
            if (const int there = old == nullptr ? -1 : sameRow(*old, row, *now); there >= 0) picked.insert(there);
        if (token >= 0) row_ = sample_->rowOfToken(*now, token);
        if (patch >= 0) row_ = sample_->rowOfPatch(*now, patch);
        if (expert_ >= now->experts) expert_ = -1;
    }
    Q_EMIT layerChanged();
    Q_EMIT rowChanged();
    Q_EMIT expertChanged();
    setPicked(picked);
}

void RouteFocus::setExpert(int expert) {
    setPicked({});
    if (expert == expert_) return;
    expert_ = expert;
    Q_EMIT expertChanged();
}

void RouteFocus::pickRows(const QSet<int>& rows) {
    setExpert(-1);
    setPicked(rows);
}

void RouteFocus::setPicked(const QSet<int>& rows) {
    if (rows == picked_) return;
    picked_ = rows;
    Q_EMIT pickedChanged();
}

bool RouteFocus::isLit(int row) const {
    if (!picked_.isEmpty()) return picked_.contains(row);
    return expert_ >= 0 && layer() != nullptr && row < layer()->rows() && layer()->takes(row, expert_);
}

void RouteFocus::setRow(int row) {
    if (row == row_) return;
    row_ = row;
    Q_EMIT rowChanged();
}

void RouteFocus::setMarks(const QHash<int, QString>& marks) {
    if (marks == marks_) return;
    marks_ = marks;
    Q_EMIT marksChanged();
}

void RouteFocus::chooseRow(int row) {
    setRow(row);
    if (layer() != nullptr && row >= 0 && row < layer()->rows()) setExpert(layer()->first(row));
}

void RouteFocus::cycleExpert(const QList<RoutedChoice>& choices) {
    if (choices.isEmpty()) return;
    qsizetype next = 0;
    for (qsizetype i = 0; i < choices.size(); ++i) {
        if (choices[i].expert == expert_) next = (i + 1) % choices.size();
    }
    setExpert(choices[next].expert);
}

}  // namespace switchyard::ui
