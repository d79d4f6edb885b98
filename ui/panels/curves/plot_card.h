// SPDX-License-Identifier: GPL-3.0-or-later
// A plot in its card: title, legend, the value at the cursor, menu.
#pragma once

#include <vector>

#include "ui/panels/curves/curve_plot.h"
#include "ui/widgets/card.h"
#include "ui/widgets/chart_menu.h"

class QComboBox;
class QLabel;

namespace switchyard::ui {

class LegendEntry;

/// What the axis shows beside the plain numbers.
enum class PlotUnit { kPlain, kPowerOfTen, kBytes, kPercent };

/// Thread: GUI thread.
class PlotCard : public Card {
    Q_OBJECT
public:
    PlotCard(PlotGroup& group, const PlotOptions& options, const std::vector<PlotLine>& lines, PlotUnit unit,
             const QString& unit_word, QWidget* parent = nullptr);
    CurvePlot& plot() const { return *plot_; }
    LegendEntry* legend(int line) const { return legend_[static_cast<std::size_t>(line)]; }
    ChartMenu& chartMenu() const { return *menu_; }
    QString valueText() const;
    /// Of what is shown: while runs are compared, the one metric that is.
    QStringList tags() const;
    /// Which of several metrics is shown while runs are compared; nullptr for a card of one.
    QComboBox* metricChoice() const { return metric_; }
    void setUnitWord(const QString& word);
    void setTag(int line, const QString& tag, const QString& label);

Q_SIGNALS:
    void tableAsked();
    void exportAsked(switchyard::ui::ChartExport kind);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void placeValue();
    void placeLines();
    void placeChoices();
    const CurveSeries* seriesOf(const PlotLine& line) const;

    PlotGroup& group_;
    PlotUnit unit_;
    QString unit_word_, unit_shown_;
    CurvePlot* plot_;
    std::vector<PlotLine> lines_;  ///< of one run
    std::vector<LegendEntry*> legend_;
    QComboBox* metric_ = nullptr;
    QLabel* value_ = nullptr;
    ChartMenu* menu_;
    QAction *log_, *x_log_;
};

}  // namespace switchyard::ui
