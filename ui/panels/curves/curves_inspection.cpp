// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/curves_inspection.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>

#include "ui/models/alarm_words.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

QString words(const char* text) {
    return QCoreApplication::translate("CurvesInspection", text);
}

QString valueOf(const QString& tag, double value) {
    if (tag.startsWith(QLatin1String("memory/"))) return bytes(value);
    if (tag.startsWith(QLatin1String("eval/")) && tag.contains(QLatin1String("_r")))
        return number(100 * value, 1) + QStringLiteral(" %");
    return shortNumber(value);
}

/// Step of the newest "Checkpoint step-00012000 saved", "" when there is none.
QString lastCheckpoint(const std::vector<runs::Event>& events) {
    static const QRegularExpression pattern(QStringLiteral("^Checkpoint step-(\\d+) saved"));
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
        const auto match = pattern.match(QString::fromStdString(event->message));
        if (match.hasMatch())
            return words(QT_TRANSLATE_NOOP("CurvesInspection", "step %1")).arg(number(match.captured(1).toDouble(), 0));
    }
    return {};
}

InspectorSection runSection(const InspectedCurves& curves) {
    InspectorSection section;
    section.title = words(QT_TRANSLATE_NOOP("CurvesInspection", "Run"));
    const auto add = [&section](const char* name, const QString& value) {
        if (!value.isEmpty()) section.lines.append({words(name), value, {}, {}});
    };
    if (curves.status != nullptr) add(QT_TRANSLATE_NOOP("CurvesInspection", "State"), stateWord(curves.status->state));
    const RunFacts& facts = curves.facts;
    if (facts.known) {
        add(QT_TRANSLATE_NOOP("CurvesInspection", "Ranks"), number(static_cast<double>(facts.ranks), 0));
        add(QT_TRANSLATE_NOOP("CurvesInspection", "Precision"), facts.precision);
        add(QT_TRANSLATE_NOOP("CurvesInspection", "Batch"), number(static_cast<double>(facts.global_batch), 0));
        add(QT_TRANSLATE_NOOP("CurvesInspection", "Experts"),
            facts.has_moe ? words(QT_TRANSLATE_NOOP("CurvesInspection", "%1, top %2"))
                                .arg(number(static_cast<double>(facts.experts), 0))
                                .arg(facts.top_k)
                          : words(QT_TRANSLATE_NOOP("CurvesInspection", "none")));
    }
    if (curves.events != nullptr)
        add(QT_TRANSLATE_NOOP("CurvesInspection", "Last checkpoint"), lastCheckpoint(*curves.events));
    add(QT_TRANSLATE_NOOP("CurvesInspection", "Config"), facts.config_hash);
    return section;
}

/// The metric of the large plot in every run, at the same place of the axis.
InspectorSection comparedSection(const PlotGroup& group, double step,
                                 const std::vector<std::pair<QString, int>>& swatches) {
    InspectorSection section;
    if (swatches.empty()) return section;
    const QString& tag = swatches.front().first;
    section.title = words(QT_TRANSLATE_NOOP("CurvesInspection", "Compared: %1")).arg(tag);
    section.columns = {words(QT_TRANSLATE_NOOP("CurvesInspection", "Run")),
                       words(QT_TRANSLATE_NOOP("CurvesInspection", "Smoothed")),
                       words(QT_TRANSLATE_NOOP("CurvesInspection", "Raw"))};
    const double x = group.curves().xOf(step, group.axis());
    for (int index = 0; index < group.runs(); ++index) {
        const PlotRun& run = group.run(index);
        const CurveSeries* series = run.curves.find(tag);
        if (!run.visible || series == nullptr || series->size() == 0 || !run.curves.hasAxis(group.axis())) continue;
        if (index > 0 && x > series->x(group.axis()).back()) continue;  // it has ended before
        const std::size_t at = index == 0 ? series->nearest(XAxis::kStep, step) : series->nearest(group.axis(), x);
        const QString smoothed = series->isSmoothed() ? valueOf(tag, series->smoothed()[at]) : QString();
        section.lines.append(
            {run.name, smoothed, valueOf(tag, series->raw()[at]), Theme::instance().seriesPen(run.series).color()});
    }
    return section;
}

}  // namespace

Inspection inspectCurves(const InspectedCurves& curves) {
    Inspection inspection;
    const RunCurves& records = curves.group->curves();
    const CurveSeries* walk = records.longest();
    if (walk == nullptr || walk->size() == 0) return inspection;
    const double step = curves.group->cursor().step().value_or(walk->step().back());
    const double time = walk->origin() + walk->elapsed()[walk->nearest(XAxis::kStep, step)];
    inspection.heading = words(QT_TRANSLATE_NOOP("CurvesInspection", "Step %1")).arg(number(step, 0));
    inspection.caption =
        QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(time * 1000)).toString(QStringLiteral("hh:mm:ss"));
    InspectorSection metrics;
    metrics.columns = {words(QT_TRANSLATE_NOOP("CurvesInspection", "Metric")),
                       words(QT_TRANSLATE_NOOP("CurvesInspection", "Smoothed")),
                       words(QT_TRANSLATE_NOOP("CurvesInspection", "Raw"))};
    const auto add = [&](const QString& tag, const QColor& swatch) {
        const CurveSeries* series = records.find(tag);
        if (series == nullptr || series->size() == 0) return;
        const std::size_t at = series->nearest(XAxis::kStep, step);
        const QString smoothed = series->isSmoothed() ? valueOf(tag, series->smoothed()[at]) : QString();
        metrics.lines.append({tag, smoothed, valueOf(tag, series->raw()[at]), swatch});
    };
    for (const auto& [tag, series] : curves.swatches) add(tag, Theme::instance().seriesPen(series).color());
    for (const QString& tag : records.tags()) {
        const bool listed = std::any_of(curves.swatches.begin(), curves.swatches.end(),
                                        [&tag = tag](const auto& line) { return line.first == tag; });
        if (!listed) add(tag, {});
    }
    inspection.sections = {metrics};
    if (curves.group->comparing()) inspection.sections.append(comparedSection(*curves.group, step, curves.swatches));
    inspection.sections.append(runSection(curves));
    if (curves.alarms == nullptr || curves.alarms->empty()) return inspection;
    InspectorSection alarms;
    alarms.title = words(QT_TRANSLATE_NOOP("CurvesInspection", "Alarms"));
    for (auto alarm = curves.alarms->rbegin(); alarm != curves.alarms->rend(); ++alarm) {
        const QString where = words(QT_TRANSLATE_NOOP("CurvesInspection", "%1, step %2"))
                                  .arg(alarmPlace(*alarm), number(static_cast<double>(alarm->raised_step), 0));
        alarms.lines.append({where, alarmText(*alarm), {}, {}});
    }
    inspection.sections.append(alarms);
    return inspection;
}

}  // namespace switchyard::ui
