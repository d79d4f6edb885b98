// SPDX-License-Identifier: GPL-3.0-or-later
// Our ticks (ui/models/nice_ticks.h) as QCustomPlot asks for them.
#pragma once

#include "ui/panels/curves/qcp.h"

namespace switchyard::ui {

enum class TickKind { kValue, kStep, kTime, kLog };

/// Thread: GUI thread.
class PlotTicker : public QCPAxisTicker {
public:
    TickKind kind = TickKind::kValue;
    int about = 5;            ///< how many ticks there is room for
    bool short_form = false;  ///< "12k"
    QStringList labels(const QCPRange& range) const;

protected:
    void generate(const QCPRange& range, const QLocale& locale, QChar format, int precision, QVector<double>& ticks,
                  QVector<double>* sub_ticks, QVector<QString>* tick_labels) override;

private:
    std::vector<double> ticksOf(const QCPRange& range) const;
    QString labelOf(double tick, const std::vector<double>& ticks) const;
};

}  // namespace switchyard::ui
