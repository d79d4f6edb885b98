// SPDX-License-Identifier: GPL-3.0-or-later
// What all parts of the Routing page look at: one sample, one layer, one expert, one token or patch.
#pragma once

#include <QHash>
#include <QObject>
#include <QSet>
#include <QString>

#include "ui/models/routed_sample.h"

namespace switchyard::ui {

/// The one selection of the page. Thread: GUI thread.
class RouteFocus : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    const RoutedSample* sample() const { return sample_.get(); }
    RoutedSamplePtr sharedSample() const { return sample_; }
    const QString& layerName() const { return layer_; }
    /// Of the sample; nullptr without a sample or such a layer.
    const RoutedLayer* layer() const { return sample_ == nullptr ? nullptr : sample_->layer(layer_); }
    int expert() const { return expert_; }  ///< -1 = none
    int row() const { return row_; }        ///< token or patch of layer(), -1 = none

    /// The layer that was set is taken where the sample has it, else its last one: where text and picture meet. The
    /// token or patch stays selected when it is the same sample at another step or under another gate.
    void setSample(const RoutedSamplePtr& sample);
    void setLayer(const QString& layer);
    void setExpert(int expert);
    /// The same expert again lets it go.
    void toggleExpert(int expert) { setExpert(expert == expert_ ? -1 : expert); }
    /// A token or patch, with its first expert.
    void chooseRow(int row);
    void setRow(int row);
    /// Rows of layer() that another routing sends elsewhere, with where: stay until the sample or the layer changes.
    void setMarks(const QHash<int, QString>& marks);
    const QHash<int, QString>& marks() const { return marks_; }
    /// Rows of layer() that are selected together, as those of a ribbon are; the expert is let go. They follow over the
    /// layers, and go with another sample or an expert.
    void pickRows(const QSet<int>& rows);
    const QSet<int>& picked() const { return picked_; }
    /// Outlined in every view: picked, or taken by the selected expert.
    bool isLit(int row) const;
    bool anyLit() const { return expert_ >= 0 || !picked_.isEmpty(); }
    /// Neither an expert nor rows.
    void letGo() { setExpert(-1); }
    /// The expert after the selected one among a row's choices, or the first of them.
    void cycleExpert(const QList<RoutedChoice>& choices);

Q_SIGNALS:
    void sampleChanged();
    void layerChanged();
    void expertChanged();
    void rowChanged();
    void marksChanged();
    void pickedChanged();

private:
    RoutedSamplePtr sample_;
    QString layer_, wanted_layer_;
    int expert_ = -1, row_ = -1;
    QHash<int, QString> marks_;
    QSet<int> picked_;

    void setPicked(const QSet<int>& rows);
};

}  // namespace switchyard::ui
