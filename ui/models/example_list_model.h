// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of the evaluation data that a model can be asked about, with what it answered.
#pragma once

#include <QAbstractListModel>

#include "ui/models/ask_answer.h"

namespace switchyard::ui {

struct Example {
    AskQuery query;
    SampleTruth truth;
    QString said;  ///< the model's answer; "" = not asked yet
    Verdict verdict = Verdict::kUnknown;
};

/// Rows as SampleListView draws them: the roles are SampleListModel's. Thread: GUI thread.
class ExampleListModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setExamples(const QList<Example>& examples);
    const QList<Example>& examples() const { return examples_; }
    /// -1 when it is none of them.
    int rowOf(const AskQuery& query) const;
    void setAnswer(const AskQuery& query, const AskAnswer& answer);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    QString outcome(const Example& example) const;
    QList<Example> examples_;
};

}  // namespace switchyard::ui
