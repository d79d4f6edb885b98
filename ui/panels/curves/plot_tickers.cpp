// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/plot_tickers.h"

#include <algorithm>

#include "ui/models/nice_ticks.h"

namespace switchyard::ui {

std::vector<double> PlotTicker::ticksOf(const QCPRange& range) const {
    switch (kind) {
        case TickKind::kStep:
            return niceTicks(range.lower, range.upper, about, 1);
        case TickKind::kTime:
            return timeTicks(range.lower, range.upper, about);
        case TickKind::kLog:
            return logTicks(range.lower, range.upper, about + 1);
        case TickKind::kValue:
            break;
    }
    return niceTicks(range.lower, range.upper, about);
}

QString PlotTicker::labelOf(double tick, const std::vector<double>& ticks) const {
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
    if (kind == TickKind::kTime) return timeTickLabel(tick, step);
    if (kind == TickKind::kLog) return logTickLabel(tick);
    return tickLabel(tick, step, std::max(std::abs(ticks.front()), std::abs(ticks.back())), short_form);
}

QStringList PlotTicker::labels(const QCPRange& range) const {
    QStringList list;
    const std::vector<double> ticks = ticksOf(range);
    for (const double tick : ticks) list << labelOf(tick, ticks);
    return list;
}

void PlotTicker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                          QVector<double>* sub_ticks, QVector<QString>* tick_labels) {
    const std::vector<double> list = ticksOf(range);
    ticks = QVector<double>(list.begin(), list.end());
    if (sub_ticks != nullptr) sub_ticks->clear();
    if (tick_labels == nullptr) return;
    tick_labels->clear();
    for (const double tick : list) tick_labels->append(labelOf(tick, list));
}

}  // namespace switchyard::ui
