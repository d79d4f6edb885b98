// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/example_list_model.h"

#include <algorithm>

#include "ui/models/retrieval_result.h"
#include "ui/models/sample_list_model.h"

namespace switchyard::ui {

void ExampleListModel::setExamples(const QList<Example>& examples) {
    beginResetModel();
    examples_ = examples;
    endResetModel();
}

int ExampleListModel::rowOf(const AskQuery& query) const {
    const auto found =
        std::find_if(examples_.begin(), examples_.end(), [&](const Example& of) { return of.query == query; });
    return found == examples_.end() ? -1 : static_cast<int>(found - examples_.begin());
}

void ExampleListModel::setAnswer(const AskQuery& query, const AskAnswer& answer) {
    const int row = rowOf(query);
    if (row < 0) return;
    examples_[row].said = answer.words();
    examples_[row].verdict = verdictOf(answer, examples_[row].truth);
    Q_EMIT dataChanged(index(row), index(row));
}

int ExampleListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(examples_.size());
}

QString ExampleListModel::outcome(const Example& example) const {
    if (!example.said.isEmpty()) {
        switch (example.verdict) {
            case Verdict::kRight:
                return QStringLiteral("✓ ") + example.said;
            case Verdict::kWrong:
                return QStringLiteral("✗ ") + example.said;
            case Verdict::kUnknown:
                return example.said;
        }
    }
    return example.query.task.isEmpty() ? tr("not asked yet") : taskTitle(example.query.task);
}

QVariant ExampleListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= examples_.size()) return {};
    const Example& example = examples_[index.row()];
    switch (role) {
        case Qt::DisplayRole:
            return sampleTitle(example.query.sample);
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1, %2").arg(sampleTitle(example.query.sample), outcome(example));
        case Qt::ToolTipRole:
            return plainToolTip(sampleTitle(example.query.sample));
        case SampleListModel::kImageRole:
            return example.query.sample.image;
        case SampleListModel::kOutcomeRole:
            return outcome(example);
        case SampleListModel::kFailedRole:
            return example.verdict == Verdict::kWrong;
        default:
            return {};
    }
}

}  // namespace switchyard::ui
