// SPDX-License-Identifier: GPL-3.0-or-later
// Asks how many experts of a checkpoint stay and how they are chosen, and shows what the model loses by it before
// anything is written.
#pragma once

#include "ui/models/checkpoint_table.h"
#include "ui/panels/checkpoints/output_dialog.h"

class QTableWidget;

namespace switchyard::ui {

class CommandJob;

/// Deletes itself when closed, and ends a preview that still runs. Thread: GUI thread.
class PruneDialog : public OutputDialog {
    Q_OBJECT
public:
    /// @param read of the run, with experts and trainings
    PruneDialog(const io::ListedCheckpoint& checkpoint, const CheckpointsRead& read, QWidget* parent);
    /// Of `switchyard`, without where it goes (--out or --dry-run).
    QStringList arguments() const;
    int keep() const;
    bool overAllLayers() const;  ///< keep() is of all layers together, not of each
    QSpinBox* keepBox() const { return keep_; }
    QComboBox* budgetBox() const { return budget_; }
    QComboBox* dataBox() const { return data_; }
    QPushButton* previewButton() const { return preview_; }
    QTableWidget* lossTable() const { return loss_; }
    QLabel* previewWords() const { return words_; }

private:
    void addRows();
    void changed();
    void count();  ///< of each layer, or of all
    void startPreview();
    void endPreview();
    void fit();  ///< as high as it needs to be
    void showLoss(const QJsonDocument& answer);
    const CheckpointsRead::Evaluation& comparedOn() const;

    QString folder_of_;
    CheckpointsRead read_;
    QSpinBox* keep_;
    QComboBox* budget_;
    QComboBox* data_;
    QPushButton* preview_;
    QLabel* compared_;
    QLabel* words_;
    QTableWidget* loss_;
    CommandJob* job_ = nullptr;  ///< null: no preview runs
};

/// A metric of a report of `ckpt prune`, before and after.
struct PrunedMetric {
    QString name;
    double before = 0, after = 0;
};
/// Those that people look at: of retrieval the recalls.
QList<PrunedMetric> prunedMetrics(const QJsonDocument& report);

}  // namespace switchyard::ui
