// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/alarm_words.h"

#include <QCoreApplication>
#include <QStringList>
#include <numbers>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

constexpr int kNamedExperts = 3, kNamedAlarms = 3;

QString words(const char* text) {
    return QCoreApplication::translate("Alarms", text);
}

QString experts(const health::Alarm& alarm) {
    QStringList names;
    for (const int expert : alarm.experts) names << QStringLiteral("E%1").arg(expert);
    return names.size() <= kNamedExperts ? names.join(QStringLiteral(", "))
                                         : words(QT_TRANSLATE_NOOP("Alarms", "%1 experts")).arg(names.size());
}

QString percent(double share) {
    return number(100 * share, 0) + QStringLiteral(" %");
}

QString starvedText(const health::Alarm& alarm) {
    const bool image = alarm.modality == "image";
    if (alarm.tag.ends_with("/dropped")) {
        return (image ? words(QT_TRANSLATE_NOOP("Alarms", "%1 of image choices dropped"))
                      : words(QT_TRANSLATE_NOOP("Alarms", "%1 of text choices dropped")))
            .arg(percent(alarm.value));
    }
    if (alarm.tag.ends_with("/tokens"))
        return image ? words(QT_TRANSLATE_NOOP("Alarms", "No image patches any more"))
                     : words(QT_TRANSLATE_NOOP("Alarms", "No text tokens any more"));
    return (image ? words(QT_TRANSLATE_NOOP("Alarms", "Images starved, all to %1"))
                  : words(QT_TRANSLATE_NOOP("Alarms", "Text starved, all to %1")))
        .arg(experts(alarm));
}

}  // namespace

QString alarmText(const health::Alarm& alarm) {
    switch (alarm.kind) {
        case health::Kind::kNonFinite:
            return alarm.layer.empty()
                       ? words(QT_TRANSLATE_NOOP("Alarms", "Loss or gradient not finite"))
                       : words(QT_TRANSLATE_NOOP("Alarms", "Weights of %1 not finite")).arg(experts(alarm));
        case health::Kind::kLossSpike:
            return words(QT_TRANSLATE_NOOP("Alarms", "Loss leapt to %1")).arg(shortNumber(alarm.value));
        case health::Kind::kStalledData:
            return words(QT_TRANSLATE_NOOP("Alarms", "Data stalled, %1 of step time")).arg(percent(alarm.value));
        case health::Kind::kCollapse:
            return words(QT_TRANSLATE_NOOP("Alarms", "Collapsed, all tokens to %1")).arg(experts(alarm));
        case health::Kind::kStarved:
            return starvedText(alarm);
        case health::Kind::kDead:
            return words(QT_TRANSLATE_NOOP("Alarms", "%1 dead, %2 records idle"))
                .arg(experts(alarm), number(alarm.value, 0));
        case health::Kind::kBalanceLoss:
            return words(QT_TRANSLATE_NOOP("Alarms", "Balance loss disconnected"));
        case health::Kind::kDropBurst:
            return words(QT_TRANSLATE_NOOP("Alarms", "Drop burst, %1 over %2"))
                .arg(percent(alarm.value), percent(alarm.limit));
        case health::Kind::kViolation:
            return words(QT_TRANSLATE_NOOP("Alarms", "Max violation %1 over %2"))
                .arg(number(alarm.value, 1), number(alarm.limit, 1));
        case health::Kind::kEntropy:
            return words(QT_TRANSLATE_NOOP("Alarms", "Entropy fell to %1 bits"))
                .arg(number(alarm.value / std::numbers::ln2, 2));
    }
    return {};
}

QString alarmPlace(const health::Alarm& alarm) {
    return alarm.layer.empty() ? words(QT_TRANSLATE_NOOP("Alarms", "run"))
                               : layerLabel(QString::fromStdString(alarm.layer), true);
}

QString alarmTip(const health::Alarm& alarm) {
    const health::AlarmWords of = health::wordsOf(alarm);
    return QStringLiteral("%1\n%2\n%3")
        .arg(QString::fromStdString(of.what), QString::fromStdString(of.cause), QString::fromStdString(of.advice));
}

QString alarmsSummary(const std::vector<health::Alarm>& alarms) {
    if (alarms.empty()) return {};
    QStringList texts;
    for (const health::Alarm& alarm : alarms) {
        if (texts.size() == kNamedAlarms) break;
        texts << words(QT_TRANSLATE_NOOP("Alarms", "%1 (%2, step %3)"))
                     .arg(alarmText(alarm), alarmPlace(alarm), number(static_cast<double>(alarm.raised_step), 0));
    }
    if (alarms.size() > static_cast<std::size_t>(kNamedAlarms)) texts << QStringLiteral("…");
    const QString head = alarms.size() == 1 ? words(QT_TRANSLATE_NOOP("Alarms", "1 alarm"))
                                            : words(QT_TRANSLATE_NOOP("Alarms", "%1 alarms")).arg(alarms.size());
    return QStringLiteral("%1: %2").arg(head, texts.join(QStringLiteral("; ")));
}

}  // namespace switchyard::ui
