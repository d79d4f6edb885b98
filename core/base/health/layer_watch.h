// SPDX-License-Identifier: MIT
// What is wrong with one MoE layer's router.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "core/base/health/alarm_book.h"
#include "core/base/health/dead_watch.h"
#include "core/base/health/record.h"

namespace switchyard::health {

/// Of one thing found, others follow: a router that sends all tokens to one expert leaves the others dead, violates the
/// load and overflows. Only the first of them in this order is reported for a layer, as long as it is open: collapse,
/// starved modality, dead experts, drop burst, load violation, entropy.
class LayerWatch {
public:
    LayerWatch(std::string layer, const Setup& setup) : layer_(std::move(layer)), setup_(setup) {}
    void take(std::int64_t step, const LayerRecord& record, AlarmBook& book);

private:
    struct Seen : LayerRecord {
        std::int64_t step = 0;
    };
    Alarm about(Kind kind, const char* tag, std::int64_t first_step) const;
    /// Experts by load, the K largest.
    std::vector<int> largest(const Seen& seen, int modality) const;
    double fewInUse() const;
    bool collapse(const Seen& seen, AlarmBook& book);
    bool starved(const Seen& seen, AlarmBook& book);
    bool dead(const Seen& seen, AlarmBook& book);
    bool drops(const Seen& seen, AlarmBook& book);
    void violation(const Seen& seen, AlarmBook& book);
    void entropy(const Seen& seen, AlarmBook& book);
    void balance(const Seen& seen, AlarmBook& book);

    /// Records in a row, and the step of the first.
    struct Streak {
        int records = 0;
        std::int64_t first_step = 0;
        int count(bool on, std::int64_t step) {
            if (!on) return records = 0;
            if (++records == 1) first_step = step;
            return records;
        }
    };
    std::string layer_;
    Setup setup_;
    int records_ = 0;
    Streak collapse_, balance_, drops_, violation_, entropy_;
    struct OfModality {
        Streak same, dropped, gone;
        int present = 0;
    };
    std::array<OfModality, 2> modality_;
    DeadWatch dead_;
    std::deque<double> drop_history_, entropy_history_;
};

}  // namespace switchyard::health
