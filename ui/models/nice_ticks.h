// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks of axes and their labels.
#pragma once

#include <QString>
#include <vector>

namespace switchyard::ui {

/// 1, 2 or 5 times a power of ten, so that `span` holds about `about` steps; never below `least`.
double niceStep(double span, int about, double least = 0);
/// Multiples of niceStep() within [low, high].
std::vector<double> niceTicks(double low, double high, int about, double least = 0);
/// Of a log axis: 1, 2, 5 of each decade, or whole decades where that would be more than `most`.
std::vector<double> logTicks(double low, double high, int most);
/// Seconds: multiples of 1, 2, 5, 10, 15, 30 s, min, 1, 2, 3, 6, 12 h, days.
std::vector<double> timeTicks(double low, double high, int about);

/// "0.25" with as many decimals as the step needs, "12,000" or, when short, "12k"; `largest` = largest tick's size,
/// which decides the unit.
QString tickLabel(double value, double step, double largest, bool short_form);
QString logTickLabel(double value);                  ///< "0.5", "100", "10⁶"
QString timeTickLabel(double seconds, double step);  ///< "0", "30 s", "5 min", "1 h 30"
QString superscript(int number);                     ///< "⁻⁴"

}  // namespace switchyard::ui
