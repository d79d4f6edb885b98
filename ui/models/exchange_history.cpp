// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/exchange_history.h"

#include <algorithm>

namespace switchyard::ui {
namespace {

constexpr std::size_t kMostRecords = 2048, kMostCounts = std::size_t{1} << 20;

}  // namespace

void ExchangeHistory::add(const runs::ExpertExchange& exchange) {
    const int ranks = static_cast<int>(exchange.ranks);
    if (ranks != ranks_) {
        records_.clear();
        ranks_ = ranks;
        every_ = 1;
        passed_ = 0;
    }
    newest_ = {exchange.step, exchange.tokens};
    if (passed_++ % every_ != 0) return;
    records_.push_back(newest_);
    const std::size_t most =
        std::clamp<std::size_t>(kMostCounts / std::max<std::size_t>(1, exchange.tokens.size()), 16, kMostRecords);
    if (records_.size() < most) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < records_.size(); i += 2) std::swap(records_[kept++], records_[i]);
    records_.resize(kept);
    every_ *= 2;
    passed_ = 0;
}

const Exchange* ExchangeHistory::at(double step) const {
    if (ranks_ == 0) return nullptr;
    if (step >= static_cast<double>(newest_.step)) return &newest_;
    const auto after = std::upper_bound(records_.begin(), records_.end(), step,
                                        [](double s, const Exchange& e) { return s < static_cast<double>(e.step); });
    return after == records_.begin() ? &records_.front() : &*std::prev(after);
}

}  // namespace switchyard::ui
