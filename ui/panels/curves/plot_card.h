// SPDX-License-Identifier: GPL-3.0-or-later
// A plot in its card: title, legend, the value at the cursor, menu.
#pragma once

#include <vector>

#include "ui/panels/curves/curve_plot.h"
#include "ui/widgets/card.h"
#include "ui/widgets/chart_menu.h"

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
    QStringList tags() const;
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

    PlotGroup& group_;
    PlotUnit unit_;
    QString unit_word_, unit_shown_;
    CurvePlot* plot_;
    std::vector<LegendEntry*> legend_;
    QLabel* value_ = nullptr;
    ChartMenu* menu_;
    QAction* log_;
};

}  // namespace switchyard::ui
