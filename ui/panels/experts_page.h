// SPDX-License-Identifier: GPL-3.0-or-later
// The experts of the selected run: load over time, alarms, hot and cold, modality shares, layers.
#pragma once

#include "ui/panels/experts/experts_view.h"
#include "ui/panels/record_page.h"
#include "ui/widgets/chart_menu.h"

class QLabel;

namespace switchyard::ui {

class AlarmsCard;
class Card;
class DeadCard;
class ExpertExports;
class ExpertsToolBar;
class HotColdCard;
class LayerGrid;
class LoadHeatmap;
class ModalityBars;
class RankMatrix;
class TilesRow;

/// Thread: GUI thread.
class ExpertsPage : public RecordPage {
    Q_OBJECT
public:
    explicit ExpertsPage(AppContext& context, QWidget* parent = nullptr);
    ExpertFocus& focus() { return view_.focus; }
    ExpertsToolBar& toolBar() const { return *tool_bar_; }
    TilesRow& tiles() const { return *tiles_; }
    LoadHeatmap& heatmap() const { return *heatmap_; }
    AlarmsCard& alarms() const { return *alarms_card_; }
    HotColdCard& hotCold() const { return *hot_cold_; }
    /// Shown beside hotCold() where there is room for both.
    HotColdCard& cold() const { return *cold_; }
    DeadCard& dead() const { return *dead_; }
    ModalityBars& modality() const { return *modality_; }
    LayerGrid& layers() const { return *layers_; }
    /// In a card that is there only where ranks share out the experts.
    RankMatrix& rankMatrix() const { return *ranks_; }
    ChartMenu& rankMenu() const { return *ranks_menu_; }
    ChartMenu& heatmapMenu() const { return *heatmap_menu_; }
    ChartMenu& modalityMenu() const { return *modality_menu_; }
    ChartMenu& layersMenu() const { return *layers_menu_; }

protected:
    bool takeRecords(bool restart) override;
    void showAlarm(const health::Alarm& alarm) override;
    std::pair<QString, QString> emptyWords() const override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeLeft(QWidget* parent);
    QWidget* makeRight(QWidget* parent);
    void layerChosen();
    void takeMetrics();
    void updateWords();
    QString preferredLayer() const;

    ExpertsView view_;
    QString run_dir_;
    ExpertExports* exports_;
    ExpertsToolBar* tool_bar_;
    TilesRow* tiles_;
    Card *heatmap_card_, *layers_card_, *ranks_card_;
    LoadHeatmap* heatmap_;
    AlarmsCard* alarms_card_;
    HotColdCard *hot_cold_, *cold_;
    DeadCard* dead_;
    ModalityBars* modality_;
    LayerGrid* layers_;
    RankMatrix* ranks_;
    ChartMenu *heatmap_menu_, *modality_menu_, *layers_menu_, *ranks_menu_;
    QLabel* fair_;
    QWidget* right_;
};

}  // namespace switchyard::ui
