// SPDX-License-Identifier: GPL-3.0-or-later
// What the ranks that share out a layer's experts sent each other over a run, in bounded memory.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/runs/run_db.h"

namespace switchyard::ui {

/// One record's matrix. Shape: [ranks, ranks], a row the sender's.
struct Exchange {
    std::int64_t step = 0;
    std::vector<std::int32_t> tokens;
};

/// When it is full every other record goes, and from then on only every other one is taken: half as dense in time.
/// Thread: any, one object in one thread.
class ExchangeHistory {
public:
    /// Of another number of ranks than before (a resumed run): the earlier ones go.
    void add(const runs::ExpertExchange& exchange);
    int ranks() const { return ranks_; }  ///< 0 = nothing recorded
    /// The newest not after `step`; the first one before all; nullptr without any.
    const Exchange* at(double step) const;
    std::size_t size() const { return records_.size(); }

private:
    int ranks_ = 0;
    std::size_t every_ = 1, passed_ = 0;
    std::vector<Exchange> records_;
    Exchange newest_;  ///< always at hand, be it among records_ or not
};

}  // namespace switchyard::ui
