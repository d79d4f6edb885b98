// SPDX-License-Identifier: GPL-3.0-or-later
// The experts page's tool bar: layer, rows, modality, fish-eye and search of many experts, follow, table, export.
#pragma once

#include <QWidget>

#include "ui/panels/experts/experts_view.h"
#include "ui/widgets/chart_menu.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace switchyard::ui {

class SegmentedControl;

/// Thread: GUI thread.
class ExpertsToolBar : public QWidget {
    Q_OBJECT
public:
    explicit ExpertsToolBar(ExpertsView& view, QWidget* parent = nullptr);
    /// Layers and number of experts as the records have them.
    void refresh();
    QComboBox& layerBox() const { return *layer_; }
    SegmentedControl& rowsControl() const { return *rows_; }
    SegmentedControl& modalityControl() const { return *modality_; }
    QCheckBox& fishEyeBox() const { return *fish_eye_; }
    QLineEdit& searchField() const { return *search_; }
    QLabel& searchCount() const { return *found_; }
    QCheckBox& followBox() const { return *follow_; }
    QToolButton& tableButton() const { return *table_; }
    QToolButton& exportButton() const { return *export_; }

Q_SIGNALS:
    void fishEyeChosen(bool on);
    void tableAsked();
    void exportAsked(switchyard::ui::ChartExport kind);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void search(const QString& text);
    void placeWords();
    void recolor();

    ExpertsView& view_;
    QComboBox* layer_;
    SegmentedControl *rows_, *modality_;
    QLabel *layer_label_, *rows_label_, *modality_label_, *found_;
    QCheckBox *fish_eye_, *follow_;
    QLineEdit* search_;
    QAction* search_icon_;
    QToolButton *table_, *export_;
    int experts_ = 0;
};

}  // namespace switchyard::ui
