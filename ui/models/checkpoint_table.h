// SPDX-License-Identifier: GPL-3.0-or-later
// The checkpoints of the selected run as rows of a table, newest first.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>
#include <vector>

#include "core/base/io/checkpoint_list.h"

namespace switchyard::ui {

/// Everything the page shows of a run's checkpoints, read at once.
struct CheckpointsRead {
    QString run_dir;
    std::vector<io::ListedCheckpoint> rows;  ///< newest first
    QString best_metric;                     ///< checkpoint.best of the run, "" = none
    QString best;                            ///< name of the one with its best value, "" = none
    /// Evaluations that the run's configuration names: task and file.
    struct Evaluation {
        QString task, file, root;
        bool operator==(const Evaluation&) const = default;
    };
    QList<Evaluation> evaluations;
    QList<Evaluation> trainings;  ///< the training files, likewise, where `switchyard eval` reads their format
    qint64 experts = 0;           ///< of the largest MoE layer; 0 = none
    qint64 all_experts = 0;       ///< of all MoE layers together
    QString problem;  ///< why nothing could be read
    bool operator==(const CheckpointsRead&) const = default;
};

/// Never throws. Thread: any, but not the GUI's (it waits for files).
CheckpointsRead readCheckpoints(const QString& run_dir);

/// Thread: GUI thread.
class CheckpointTable : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kStep, kSaved, kSize, kRanks, kMetric, kVerified, kKept, kColumns };
    using QAbstractTableModel::QAbstractTableModel;

    void take(CheckpointsRead read);
    const CheckpointsRead& read() const { return read_; }
    const io::ListedCheckpoint& row(int index) const { return read_.rows[static_cast<std::size_t>(index)]; }
    int indexOf(const QString& name) const;  ///< -1 = not there
    /// Metrics of all rows, in the order of their names. The column shows the run's checkpoint.best, or a task's usual
    /// one.
    QStringList metrics() const;
    const QString& metric() const { return metric_; }
    void setMetric(const QString& metric);
    quint64 bytes() const;  ///< of all

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const io::ListedCheckpoint& row, int column) const;

    CheckpointsRead read_;
    QString metric_;
};

QString checkpointName(const io::ListedCheckpoint& row);  ///< "step 7,000", or the folder's name
QString sentenceStart(QString words);                     ///< the same with a capital
/// "eval/retrieval/text_to_image_r10" is "retrieval text to image r10".
QString metricWords(const QString& metric);
QString verifiedWords(const io::ListedCheckpoint& row);  ///< "verified 26 Nov 14:02", "not verified", "broken"

}  // namespace switchyard::ui
