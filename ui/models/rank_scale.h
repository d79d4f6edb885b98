// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration on more and more ranks: what each then takes, and how long a step is.
#pragma once

#include <QString>
#include <vector>

#include "core/base/plan/data_facts.h"
#include "core/base/plan/simulate.h"

namespace switchyard::ui {

struct RankScale {
    struct Point {
        int ranks = 1;
        double peak_bytes = 0, limit_bytes = 0;  ///< of a rank
        double step_s = 0;                       ///< 0: no profile
        bool fits() const { return peak_bytes <= limit_bytes; }
    };
    std::vector<Point> points;  ///< rising
    int samples = 1;            ///< of a step; beyond as many ranks each has one
    QString hardware;           ///< "": this machine, without times
    bool timed() const { return !hardware.isEmpty(); }
};

/// 1, 2, 4 ... 1,024 ranks, or multiples of parallel.expert. Cost: some milliseconds each. Thread: any.
/// @param hardware null: this machine's memory, shared among the ranks
RankScale rankScale(const RunConfig& config, const plan::DataFacts& facts, const plan::Hardware* hardware);

QString stepText(double seconds);  ///< "1.25 s", "340 ms"
/// "64 ranks: 3.5 GiB a rank of 80 GiB, fits, 340 ms a step"
QString pointText(const RankScale& scale, const RankScale::Point& point);

}  // namespace switchyard::ui
