// SPDX-License-Identifier: MIT
#include "core/base/health/layer_watch.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/health/limits.h"
#include "core/base/health/medians.h"

namespace switchyard::health {
namespace {

constexpr std::array<const char*, 2> kModalities = {"text", "image"};

double droppedShare(const runs::ExpertLoad& load) {
    const double all = std::accumulate(load.counts.begin(), load.counts.end(), 0.0);
    return all > 0 ? static_cast<double>(load.dropped) / all : 0.0;
}

}  // namespace

Alarm LayerWatch::about(Kind kind, const char* tag, std::int64_t first_step) const {
    Alarm alarm;
    alarm.kind = kind;
    alarm.layer = layer_;
    alarm.tag = "moe/" + layer_ + "/" + tag;
    alarm.first_step = first_step;
    return alarm;
}

double LayerWatch::fewInUse() const {
    return std::min(setup_.choices + limit::kCollapseSlack, limit::kCollapseOfAll * setup_.experts);
}

std::vector<int> LayerWatch::largest(const Seen& seen, int modality) const {
    std::vector<double> counts(static_cast<std::size_t>(std::max(setup_.experts, 0)), 0.0);
    double all = 0;
    for (int m = 0; m < 2; ++m) {
        const std::optional<runs::ExpertLoad>& load = seen.load[static_cast<std::size_t>(m)];
        if (!load || (modality >= 0 && m != modality)) continue;
        for (std::size_t e = 0; e < std::min(counts.size(), load->counts.size()); ++e) {
            counts[e] += load->counts[e];
            all += load->counts[e];
        }
    }
    std::vector<int> order(counts.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return counts[static_cast<std::size_t>(a)] > counts[static_cast<std::size_t>(b)];
    });
    // One expert that every token chooses first; the second choice of a noisy gate goes anywhere.
    std::vector<int> chosen;
    for (const int e : order) {
        const double tokens = counts[static_cast<std::size_t>(e)] * setup_.choices;
        if (static_cast<int>(chosen.size()) < setup_.choices && tokens > 0.75 * all) chosen.push_back(e);
    }
    if (chosen.empty() && !order.empty()) chosen.push_back(order.front());
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

bool LayerWatch::collapse(const Seen& seen, AlarmBook& book) {
    int present = 0, few = 0;
    double most = 0;
    for (std::size_t m = 0; m < 2; ++m) {
        const std::optional<double>& in_use = seen.value[m];  // the first two slots
        if (!seen.load[m] || !in_use) continue;
        ++present;
        few += *in_use <= fewInUse() ? 1 : 0;
        most = std::max(most, *in_use);
    }
    bool all = present > 0 && few == present;
    // Two modalities with experts of their own are specialised, not collapsed.
    if (all && present == 2) all = largest(seen, 0) == largest(seen, 1);
    if (collapse_.count(all, seen.step) < limit::kCollapseRecords) return all;
    Alarm alarm = about(Kind::kCollapse, "entropy", collapse_.first_step);
    alarm.experts = largest(seen, -1);
    alarm.value = most;
    alarm.limit = fewInUse();
    book.report(std::move(alarm), false);
    return true;
}

bool LayerWatch::starved(const Seen& seen, AlarmBook& book) {
    bool found = false;
    for (std::size_t m = 0; m < 2; ++m) {
        OfModality& own = modality_[m];
        const std::optional<runs::ExpertLoad>&mine = seen.load[m], &other = seen.load[1 - m];
        const std::optional<double>&in_use = seen.value[m], &other_in_use = seen.value[1 - m];
        own.present += mine ? 1 : 0;
        const bool gone = !mine && other && own.present >= limit::kStarvedRecords;
        const bool both = mine && other;
        const bool dropped =
            both && droppedShare(*mine) >= limit::kStarvedDropped && droppedShare(*other) < limit::kStarvedOther;
        const bool same = both && in_use && other_in_use && *in_use <= fewInUse() && *other_in_use > 1.5 * fewInUse();
        const auto tell = [&](const Streak& streak, const char* tag, double value, double limit) {
            Alarm alarm = about(Kind::kStarved, tag, streak.first_step);
            alarm.modality = kModalities[m];
            alarm.value = value;
            alarm.limit = limit;
            if (mine && !dropped) alarm.experts = largest(seen, static_cast<int>(m));
            book.report(std::move(alarm), dropped);
        };
        if (own.same.count(same, seen.step) >= limit::kStarvedRecords)
            tell(own.same, m == 0 ? "experts_in_use_text" : "experts_in_use_image", *in_use, fewInUse());
        if (own.dropped.count(dropped, seen.step) >= limit::kStarvedRecords)
            tell(own.dropped, "dropped", droppedShare(*mine), limit::kStarvedDropped);
        if (own.gone.count(gone, seen.step) >= limit::kStarvedRecords) tell(own.gone, "tokens", 0, 0);
        found = found || same || dropped || gone;
    }
    return found;
}

bool LayerWatch::dead(const Seen& seen, AlarmBook& book) {
    if (seen.at(Slot::kLeastShare)) dead_.leastShare(seen.step, *seen.at(Slot::kLeastShare));
    for (const std::optional<runs::ExpertLoad>& load : seen.load)
        if (load) dead_.add(seen.step, load->counts);
    dead_.settle();
    // Experts that fall silent together are one alarm, until the last of them has a token again.
    std::map<std::int64_t, Alarm> together;
    std::map<std::int64_t, bool> still;
    for (const DeadSpell& spell : dead_.spells()) {
        Alarm& alarm =
            together.try_emplace(spell.raised_step, about(Kind::kDead, "dead", spell.first_idle_step)).first->second;
        alarm.experts.push_back(spell.expert);
        if (spell.ended_step >= 0) continue;
        still[spell.raised_step] = true;
        alarm.value = std::max(alarm.value, static_cast<double>(dead_.idleRecords(spell.expert)));
    }
    for (auto& [raised, alarm] : together)
        if (still[raised]) book.report(std::move(alarm));
    return !dead_.dead().empty();
}

bool LayerWatch::drops(const Seen& seen, AlarmBook& book) {
    if (!seen.at(Slot::kDropped)) return false;
    const double share = *seen.at(Slot::kDropped);
    bool high = false;
    double limit = 0;
    if (drop_history_.size() >= static_cast<std::size_t>(limit::kDropHistory)) {
        const std::vector<double> values(drop_history_.begin(), drop_history_.end());
        const double usual = median(values);
        const double most = *std::max_element(values.begin(), values.end());
        limit = std::max({limit::kDropped, usual + limit::kDropRise, usual + 6 * deviation(values, usual), most});
        high = share > limit;
    }
    if (drops_.count(high, seen.step) >= limit::kDropRecords) {
        Alarm alarm = about(Kind::kDropBurst, "dropped", drops_.first_step);
        alarm.value = share;
        alarm.limit = limit;
        book.report(std::move(alarm));
    }
    // A burst does not become what is usual, unless it stays.
    if (high && drops_.records <= limit::kDropWindow) return true;
    if (high) drop_history_.clear();
    drop_history_.push_back(share);
    if (drop_history_.size() > static_cast<std::size_t>(limit::kDropWindow)) drop_history_.pop_front();
    return high;
}

void LayerWatch::violation(const Seen& seen, AlarmBook& book) {
    if (!seen.at(Slot::kViolation)) return;
    const double most = limit::violation(setup_.experts, setup_.choices);
    // An untrained router may choose as it likes: what counts is that it stays so.
    const bool over = records_ > limit::kViolationStart && *seen.at(Slot::kViolation) > most;
    if (violation_.count(over, seen.step) < limit::kViolationRecords) return;
    Alarm alarm = about(Kind::kViolation, "max_violation", violation_.first_step);
    alarm.experts = {largest(seen, -1).front()};
    alarm.value = *seen.at(Slot::kViolation);
    alarm.limit = most;
    book.report(std::move(alarm));
}

void LayerWatch::entropy(const Seen& seen, AlarmBook& book) {
    if (!seen.at(Slot::kEntropy) || setup_.experts < 2) return;
    const double full = std::log(setup_.experts);
    const bool before = std::any_of(entropy_history_.begin(), entropy_history_.end(),
                                    [&](double value) { return value > limit::kEntropyBefore * full; });
    const bool low = *seen.at(Slot::kEntropy) < limit::kEntropyOfFull * full && (before || entropy_.records > 0);
    entropy_history_.push_back(*seen.at(Slot::kEntropy));
    if (entropy_history_.size() > static_cast<std::size_t>(limit::kEntropyWindow)) entropy_history_.pop_front();
    if (entropy_.count(low, seen.step) < limit::kEntropyRecords) return;
    Alarm alarm = about(Kind::kEntropy, "entropy", entropy_.first_step);
    alarm.value = *seen.at(Slot::kEntropy);
    alarm.limit = limit::kEntropyOfFull * full;
    book.report(std::move(alarm), false);
}

void LayerWatch::balance(const Seen& seen, AlarmBook& book) {
    if (!seen.at(Slot::kBalancePull)) return;
    if (balance_.count(setup_.balanced && *seen.at(Slot::kBalancePull) < limit::kBalancePull, seen.step) <
        limit::kBalanceRecords)
        return;
    Alarm alarm = about(Kind::kBalanceLoss, "balance_pull", balance_.first_step);
    alarm.value = *seen.at(Slot::kBalancePull);
    alarm.limit = limit::kBalancePull;
    book.report(std::move(alarm), false);
}

void LayerWatch::take(std::int64_t step, const LayerRecord& record, AlarmBook& book) {
    if (!record.load[0] && !record.load[1]) return;
    const Seen seen{record, step};
    setup_.experts = static_cast<int>((record.load[0] ? record.load[0] : record.load[1])->counts.size());
    ++records_;
    if (setup_.experts_choose) return;
    balance(seen, book);
    // Every detector takes every record; the first that finds something keeps the others from reporting.
    AlarmBook unheard;
    bool heard = true;
    const auto where = [&]() -> AlarmBook& { return heard ? book : unheard; };
    heard = !collapse(seen, where()) && !book.open(Kind::kCollapse, layer_);
    const bool starving = starved(seen, where());
    heard = heard && !starving && !book.open(Kind::kStarved, layer_);
    const bool dying = dead(seen, where());
    heard = heard && !dying && !book.open(Kind::kDead, layer_);
    const bool dropping = drops(seen, where());
    heard = heard && !dropping && !book.open(Kind::kDropBurst, layer_);
    violation(seen, where());
    heard = heard && !book.open(Kind::kViolation, layer_);
    entropy(seen, where());
}

}  // namespace switchyard::health
