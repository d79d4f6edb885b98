// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/nice_ticks.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

constexpr std::size_t kMostTicks = 200;

std::vector<double> multiples(double step, double low, double high) {
    std::vector<double> ticks;
    if (!(step > 0) || !std::isfinite(low) || !std::isfinite(high)) return ticks;
    const double slack = step * 1e-9;
    for (double i = std::ceil((low - slack) / step); i * step <= high + slack && ticks.size() < kMostTicks; ++i)
        ticks.push_back(i * step + 0.0);  // + 0.0: no minus before zero
    return ticks;
}

QString words(const char* text) {
    return QCoreApplication::translate("Ticks", text);
}

}  // namespace

double niceStep(double span, int about, double least) {
    if (!(span > 0) || !std::isfinite(span)) return std::max(1.0, least);
    const double rough = span / std::max(1, about);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double part = rough / power;
    // Halfway between the candidates in proportion, so that the number of ticks stays near what was asked for.
    const double step = part < 1.42 ? 1 : part < 3.17 ? 2 : part < 7.08 ? 5 : 10;
    return std::max(step * power, least);
}

std::vector<double> niceTicks(double low, double high, int about, double least) {
    return multiples(niceStep(high - low, about, least), low, high);
}

std::vector<double> logTicks(double low, double high, int most) {
    std::vector<double> ticks;
    if (!(low > 0) || !(high > low)) return ticks;
    const int first = static_cast<int>(std::floor(std::log10(low))),
              last = static_cast<int>(std::ceil(std::log10(high)));
    const auto collect = [&](std::initializer_list<double> parts, int every) {
        ticks.clear();
        for (int decade = first; decade <= last; ++decade) {
            if (decade % every != 0) continue;
            for (const double part : parts) {
                const double tick = part * std::pow(10.0, decade);
                if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push_back(tick);
            }
        }
        return ticks.size() <= static_cast<std::size_t>(std::max(1, most));
    };
    if (collect({1, 2, 5}, 1)) {
        // Less than a third of a decade in sight: 1, 2, 5 may all lie outside.
        return ticks.size() >= 2 ? ticks : niceTicks(low, high, most);
    }
    if (high / low < 1000 && collect({1, 5}, 1)) return ticks;
    for (int every = 1; every < 400; ++every)
        if (collect({1}, every)) break;
    return ticks;
}

std::vector<double> timeTicks(double low, double high, int about) {
    static constexpr double kSteps[] = {1,     2,     5,      10,     15,     30,      60,     120,
                                        300,   600,   900,    1800,   3600,   7200,    10800,  21600,
                                        43200, 86400, 172800, 432000, 864000, 1728000, 8640000};
    const double span = high - low;
    if (span < about) return niceTicks(low, high, about);
    double step = kSteps[0];
    for (const double candidate : kSteps) {
        step = candidate;
        if (span / candidate <= about + 0.5) break;
    }
    return multiples(step, low, high);
}

QString tickLabel(double value, double step, double largest, bool short_form) {
    double unit = 1;
    QString suffix;
    if (short_form && largest >= 1000) {
        static constexpr std::pair<double, char16_t> kUnits[] = {{1e18, u'E'}, {1e15, u'P'}, {1e12, u'T'},
                                                                 {1e9, u'G'},  {1e6, u'M'},  {1e3, u'k'}};
        const auto* fitting = std::find_if(std::begin(kUnits), std::end(kUnits),
                                           [largest](const auto& candidate) { return largest >= candidate.first; });
        unit = fitting->first;
        suffix = QChar(fitting->second);
    }
    if (value == 0) return QStringLiteral("0");
    const double size = std::abs(step) / unit;
    const int decimals = size > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(size) - 1e-9)), 0, 9) : 0;
    if (decimals > 5) return shortNumber(value);
    return number(value / unit, decimals) + suffix;
}

QString logTickLabel(double value) {
    const double size = std::abs(value);
    if (size >= 1e-3 && size < 1e5) {
        const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(size) - 1e-9)));
        // A tick such as 0.25 or 1.5 stands between the decades' own.
        const double scaled = value * std::pow(10.0, decimals);
        const bool whole = std::abs(scaled - std::round(scaled)) < 1e-6;
        return number(value, whole ? decimals : decimals + 1);
    }
    const int power = static_cast<int>(std::floor(std::log10(size) + 1e-9));
    const double part = value / std::pow(10.0, power);
    const QString ten = QStringLiteral("10") + superscript(power);
    return std::abs(part - 1) < 1e-6 ? ten : number(part, 0) + QStringLiteral("·") + ten;
}

QString timeTickLabel(double seconds, double step) {
    const auto total = static_cast<qint64>(std::llround(seconds));
    if (total == 0 && step >= 1) return QStringLiteral("0");
    if (step < 1) return number(seconds, 1) + words(QT_TRANSLATE_NOOP("Ticks", " s"));
    if (step >= 86400) return QString::number(total / 86400) + words(QT_TRANSLATE_NOOP("Ticks", " d"));
    if (total >= 3600) {
        const QString hours = QString::number(total / 3600) + words(QT_TRANSLATE_NOOP("Ticks", " h"));
        return total % 3600 == 0 ? hours
                                 : hours + QStringLiteral(" %1").arg(total % 3600 / 60, 2, 10, QLatin1Char('0'));
    }
    if (total < 60) return QString::number(total) + words(QT_TRANSLATE_NOOP("Ticks", " s"));
    if (total % 60 == 0) return QString::number(total / 60) + words(QT_TRANSLATE_NOOP("Ticks", " min"));
    return QStringLiteral("%1:%2").arg(total / 60).arg(total % 60, 2, 10, QLatin1Char('0'));
}

QString superscript(int value) {
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text;
    for (const QChar c : QString::number(value)) text += c == u'-' ? QChar(u'⁻') : digits[c.digitValue()];
    return text;
}

}  // namespace switchyard::ui
