// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/expert_alarms.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

constexpr int kCalmRecords = 16;
constexpr std::size_t kStartRecords = 16;
constexpr int kNamedExperts = 3;

QString words(const char* text) {
    return QCoreApplication::translate("ExpertAlarms", text);
}

void take(LimitWatch& watch, const Series* record, std::size_t& taken) {
    if (record == nullptr) return;
    for (; taken < record->value.size(); ++taken)
        watch.add(static_cast<std::int64_t>(record->step[taken]), record->value[taken]);
}

}  // namespace

void LimitWatch::add(std::int64_t step, double value) {
    if (!std::isfinite(value)) return;
    const bool beyond = side_ == Side::kOver ? value > limit_ : value < limit_;
    if (!beyond) {
        ++calm_;
        return;
    }
    if (excesses_.empty() || calm_ >= kCalmRecords) {
        excesses_.push_back({step, step, value});
    } else {
        Excess& now = excesses_.back();
        const bool worse = side_ == Side::kOver ? value > now.worst : value < now.worst;
        if (worse) now.worst_step = step, now.worst = value;
    }
    calm_ = 0;
}

void ExpertAlarms::takeEntropy(Layer& layer, const Series& record, int experts) {
    for (; layer.entropy_taken < record.value.size(); ++layer.entropy_taken) {
        const double value = record.value[layer.entropy_taken];
        if (layer.entropy_taken < kStartRecords) layer.start_sum += value;
        if (layer.entropy_taken + 1 == kStartRecords) {
            const double start = layer.start_sum / static_cast<double>(kStartRecords);
            const double limit =
                std::max(expert_limit::kEntropyOfFull * std::log(experts), expert_limit::kEntropyOfStart * start);
            if (std::isfinite(limit)) layer.entropy.emplace_back(limit, LimitWatch::Side::kUnder);
        }
        if (!layer.entropy.empty())
            layer.entropy.front().add(static_cast<std::int64_t>(record.step[layer.entropy_taken]), value);
    }
}

void ExpertAlarms::sync(const LoadHistory& loads, const Lookup& lookup) {
    for (const QString& name : loads.layers()) {
        Layer& layer = layers_[name];
        const QString prefix = QStringLiteral("moe/") + name;
        take(layer.violation, lookup(prefix + QStringLiteral("/max_violation")), layer.violation_taken);
        take(layer.dropped, lookup(prefix + QStringLiteral("/dropped")), layer.dropped_taken);
        if (const Series* entropy = lookup(prefix + QStringLiteral("/entropy")))
            takeEntropy(layer, *entropy, loads.layer(name)->ring.experts());
    }
}

std::vector<ExpertAlarm> ExpertAlarms::alarms(const LoadHistory& loads) const {
    std::vector<ExpertAlarm> list;
    for (const auto& [name, layer] : layers_) {
        const auto add = [&list, &name = name](ExpertAlarm::Kind kind, const LimitWatch& watch, double scale) {
            for (const Excess& excess : watch.excesses())
                list.push_back({kind, name, excess.worst_step, excess.worst * scale, watch.limit() * scale, {}});
        };
        add(ExpertAlarm::Kind::kViolation, layer.violation, 1);
        add(ExpertAlarm::Kind::kDropped, layer.dropped, 1);
        for (const LimitWatch& entropy : layer.entropy)
            add(ExpertAlarm::Kind::kEntropy, entropy, 1 / std::numbers::ln2);
        const LayerLoads* own = loads.layer(name);
        if (own == nullptr) continue;
        const std::size_t first = list.size();
        for (const DeadSpell& spell : own->dead.spells()) {
            // Experts that fall silent together are one alarm.
            if (list.size() > first && list.back().step == spell.raised_step) {
                list.back().experts.push_back(spell.expert);
                continue;
            }
            list.push_back({ExpertAlarm::Kind::kDead,
                            name,
                            spell.raised_step,
                            static_cast<double>(spell.raised_idle),
                            0,
                            {spell.expert}});
        }
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const ExpertAlarm& a, const ExpertAlarm& b) { return a.step > b.step; });
    return list;
}

QString alarmText(const ExpertAlarm& alarm) {
    switch (alarm.kind) {
        case ExpertAlarm::Kind::kViolation:
            return words(QT_TRANSLATE_NOOP("ExpertAlarms", "Max violation %1 over %2"))
                .arg(number(alarm.value, alarm.value < 2.1 ? 2 : 1), number(alarm.limit, 1));
        case ExpertAlarm::Kind::kDropped:
            return words(QT_TRANSLATE_NOOP("ExpertAlarms", "Dropped tokens %1 % over %2 %"))
                .arg(number(100 * alarm.value, 1), number(100 * alarm.limit, 0));
        case ExpertAlarm::Kind::kEntropy:
            return words(QT_TRANSLATE_NOOP("ExpertAlarms", "Entropy %1 under %2 bits"))
                .arg(number(alarm.value, 2), number(alarm.limit, 2));
        case ExpertAlarm::Kind::kDead:
            break;
    }
    QStringList names;
    for (const int expert : alarm.experts) names << QStringLiteral("E%1").arg(expert);
    const QString who = names.size() <= kNamedExperts
                            ? names.join(QStringLiteral(", "))
                            : words(QT_TRANSLATE_NOOP("ExpertAlarms", "%1 experts")).arg(names.size());
    return words(QT_TRANSLATE_NOOP("ExpertAlarms", "%1 dead, %2 steps idle")).arg(who, number(alarm.value, 0));
}

}  // namespace switchyard::ui
