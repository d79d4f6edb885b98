// SPDX-License-Identifier: GPL-3.0-or-later
// Averages, ranges, lines and ticks behind the curves; every expected number is worked out by hand.
#include <QtTest>

#include "ui/models/curve_series.h"
#include "ui/models/nice_ticks.h"
#include "ui/models/polyline.h"
#include "ui/models/run_curves.h"

using namespace switchyard;
using namespace switchyard::ui;

namespace {

const double kNan = std::nan("");

Series series(std::vector<double> values, double first_step = 1, double seconds = 2) {
    Series s;
    s.value = std::move(values);
    for (std::size_t i = 0; i < s.value.size(); ++i) {
        s.step.push_back(first_step + static_cast<double>(i));
        s.time.push_back(1000.0 + seconds * static_cast<double>(i));
    }
    return s;
}

QStringList labels(const std::vector<double>& ticks, double step, bool short_form) {
    QStringList list;
    for (const double tick : ticks) list << tickLabel(tick, step, ticks.back(), short_form);
    return list;
}

}  // namespace

class CurveModelsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void averageIsDebiased() {
        // s = 0.5: sums 2, 3, 3.5 over weights 0.5, 0.75, 0.875.
        DebiasedEma ema(0.5);
        QCOMPARE(ema.next(4), 4.0);                  // 0.5 * 4 / 0.5
        QCOMPARE(ema.next(4), 4.0);                  // (1 + 2) / 0.75
        QCOMPARE(ema.next(8), (1.5 + 4.0) / 0.875);  // 6.2857
        DebiasedEma plain(0);
        QCOMPARE(plain.next(7), 7.0);
        QCOMPARE(plain.next(-1), -1.0);
    }

    void averageSkipsWhatIsNotFinite() {
        DebiasedEma ema(0.5);
        QVERIFY(std::isnan(ema.next(kNan)));
        QCOMPARE(ema.next(2), 2.0);
        QCOMPARE(ema.next(INFINITY), 2.0);
        QCOMPARE(ema.next(4), (0.5 * 1.0 + 2.0) / 0.75);
    }

    void rangesOfAnyStretchAreExact() {
        std::vector<double> values;
        MinMaxIndex index;
        quint32 state = 12345;
        for (int i = 0; i < 5000; ++i) {
            state = state * 1664525u + 1013904223u;
            values.push_back(i % 97 == 5 ? kNan : static_cast<double>(state >> 8) / 1000.0);
            if (i % 13 == 0) index.extend(values);  // grows in uneven pieces
        }
        index.extend(values);
        for (const auto& [first, end] : std::vector<std::pair<std::size_t, std::size_t>>{{0, 5000},
                                                                                         {0, 1},
                                                                                         {5, 6},
                                                                                         {15, 17},
                                                                                         {16, 32},
                                                                                         {255, 4097},
                                                                                         {256, 4096},
                                                                                         {1, 4999},
                                                                                         {4990, 5000},
                                                                                         {7, 7}}) {
            ValueRange plain;
            for (std::size_t i = first; i < end; ++i) plain.add(values[i]);
            const ValueRange quick = index.over(values, first, end);
            QCOMPARE(quick.empty(), plain.empty());
            if (plain.empty()) continue;
            QCOMPARE(quick.low, plain.low);
            QCOMPARE(quick.high, plain.high);
        }
        QVERIFY(index.over(values, 5, 6).empty());
    }

    void curveTakesOnlyWhatIsNew() {
        Series record = series({1, 3});
        CurveSeries curve(0.5);
        curve.setOrigin(1000);
        QVERIFY(curve.take(record));
        QVERIFY(!curve.take(record));
        record.step.push_back(3), record.value.push_back(kNan), record.time.push_back(1004);
        record.step.push_back(4), record.value.push_back(5), record.time.push_back(1003);  // a clock set back
        QVERIFY(curve.take(record));
        QCOMPARE(curve.step(), std::vector<double>({1, 2, 3, 4}));
        QCOMPARE(curve.elapsed(), std::vector<double>({0, 2, 4, 4}));
        QCOMPARE(curve.nonFinite(), std::vector<std::size_t>({2}));
        const double second = (0.25 + 1.5) / 0.75;  // 0.5 * 0.5 * 1 + 0.5 * 3
        QCOMPARE(curve.smoothed()[0], 1.0);
        QCOMPARE(curve.smoothed()[1], second);
        QCOMPARE(curve.smoothed()[2], second);
        QCOMPARE(curve.smoothed()[3], (0.5 * 1.75 + 2.5) / 0.875);
        curve.setSmoothing(0);
        QCOMPARE(curve.smoothed()[1], 3.0);
        QVERIFY(!curve.isSmoothed());
    }

    void repeatedStepsReplaceEarlierOnes() {
        Series record = series({10, 20, 30, 40, kNan});  // steps 1..5
        for (const auto& [step, value] : std::vector<std::pair<double, double>>{{3, 31}, {4, 41}}) {
            record.step.push_back(step);
            record.value.push_back(value);
            record.time.push_back(1100 + step);
        }
        CurveSeries curve;
        curve.take(record);
        QCOMPARE(curve.step(), std::vector<double>({1, 2, 3, 4}));
        QCOMPARE(curve.raw(), std::vector<double>({10, 20, 31, 41}));
        QCOMPARE(curve.seams(), std::vector<double>({2}));
        QVERIFY(curve.nonFinite().empty());
    }

    void nearestAndWithin() {
        CurveSeries curve;
        curve.take(series({1, 1, 1, 1, 1}, 10));  // steps 10..14
        QCOMPARE(curve.nearest(XAxis::kStep, 0), std::size_t(0));
        QCOMPARE(curve.nearest(XAxis::kStep, 11.4), std::size_t(1));
        QCOMPARE(curve.nearest(XAxis::kStep, 11.6), std::size_t(2));
        QCOMPARE(curve.nearest(XAxis::kStep, 99), std::size_t(4));
        QCOMPARE(curve.within(XAxis::kStep, 11, 13), (std::pair<std::size_t, std::size_t>{1, 4}));
        QCOMPARE(curve.within(XAxis::kStep, 20, 30), (std::pair<std::size_t, std::size_t>{5, 5}));
    }

    void sparseLineHasEveryRecordAndItsNeighbours() {
        const std::vector<double> x = {0, 1, 2, 3, 4, 5}, y = {0, 1, kNan, 3, 4, 5};
        MinMaxIndex index;
        index.extend(y);
        const PixelMap map{1, 4, 0, 10, 100, 0, 300, 100};
        const std::vector<QPointF> line = lineOf(x, y, index, map);
        QCOMPARE(line.size(), std::size_t(6));
        QCOMPARE(line[0], QPointF(0, 100));  // x 0: one step of 100 px left of the plot; y 0 lies at the bottom
        QCOMPARE(line[1], QPointF(100, 90));
        QVERIFY(std::isnan(line[2].y()));
        QCOMPARE(line[3], QPointF(300, 70));
        QCOMPARE(line[5], QPointF(500, 50));
    }

    void denseLineKeepsASpike() {
        const std::size_t count = 1'000'000, spike = 777'777;
        std::vector<double> x(count), y(count, 1.0);
        for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<double>(i);
        y[spike] = 5;
        MinMaxIndex index;
        index.extend(y);
        const PixelMap map{0, static_cast<double>(count - 1), 0, 10, 0, 0, 800, 100};
        QVERIFY(isDense(x, map));
        double top = 100;
        std::size_t touched = 0;
        for (const QPointF& point : lineOf(x, y, index, map)) {
            top = std::min(top, point.y());
            if (point.y() < 89) QVERIFY(std::abs(point.x() - 622.5) < 1.01);  // 777,777 of 999,999 on 800 px
            if (point.y() < 89) ++touched;
        }
        QCOMPARE(top, 50.0);
        QCOMPARE(touched, std::size_t(1));
        const std::vector<ColumnSpan> spans = spansOf(x, y, index, map);
        QCOMPARE(spans.size(), std::size_t(800));
        int tall = 0;
        for (const ColumnSpan& span : spans) tall += span.bottom - span.top > 39.9;
        QCOMPARE(tall, 1);
    }

    void aDenseSlopeStaysSmooth() {
        // A straight rise of 16,000 records over 100 px and 100 px: every column is one point, on the
        // diagonal; but where the record begins and ends both extremes are drawn, as a slope may be a spike there.
        std::vector<double> x, y;
        for (int i = 0; i < 16000; ++i) x.push_back(i), y.push_back(i);
        MinMaxIndex index;
        index.extend(y);
        const PixelMap map{0, 15999, 0, 15999, 0, 0, 100, 100};
        const std::vector<QPointF> line = lineOf(x, y, index, map);
        QCOMPARE(line.size(), std::size_t(102));
        for (std::size_t i = 2; i + 2 < line.size(); ++i) QVERIFY(std::abs(line[i].x() + line[i].y() - 100) < 0.02);
        QCOMPARE(line.front().x(), line[1].x());
        QVERIFY(std::abs(line.front().y() - 100) < 0.02 && std::abs(line.back().y()) < 0.02);
        // A spike at a column's last record breaks the slope: its top is a point of the line.
        y[799] = 16000;  // column 4 holds the records 640 to 799
        index.clear();
        index.extend(y);
        const std::vector<QPointF> spiked = lineOf(x, y, index, map);
        QVERIFY(std::any_of(spiked.begin(), spiked.end(), [](const QPointF& point) { return point.y() < 0.01; }));
    }

    void strokesAreDashedAlongTheLine() {
        const std::vector<QPointF> line = {{0, 0}, {6, 0}, {10, 0}, {0, kNan}, {20, 5}, {0, kNan}, {30, 0}, {30, 40}};
        // 4 on, 2 off: 0 to 4, gap to 6, 6 to 10; a dot for the record alone; what stands upright is whole.
        const QList<QLineF> strokes = strokesOf(line, {4, 2});
        QCOMPARE(strokes, (QList<QLineF>{{0, 0, 4, 0}, {6, 0, 10, 0}, {19.5, 5, 20.5, 5}, {30, 0, 30, 40}}));
        QCOMPARE(strokesOf(line, {}).size(), 4);
    }

    void logPlacesAndWhatHasNone() {
        const PixelMap map{0, 1, 0.1, 10, 0, 0, 100, 200, true};
        QCOMPARE(map.y(10), 0.0);
        QCOMPARE(map.y(1), 100.0);
        QCOMPARE(map.y(0.1), 200.0);
        QVERIFY(std::isnan(map.y(0)));
        QVERIFY(std::isnan(map.y(kNan)));
        PixelMap scaled = map;
        scaled.y_scale = 10;
        QCOMPARE(scaled.y(0.1), 100.0);
    }

    void ticks() {
        QCOMPARE(labels(niceTicks(0, 12600, 6), 2000, false),
                 (QStringList{"0", "2,000", "4,000", "6,000", "8,000", "10,000", "12,000"}));
        QCOMPARE(labels(niceTicks(0, 2500, 3), 1000, true), (QStringList{"0", "1k", "2k"}));
        QCOMPARE(labels(niceTicks(0, 1.1, 5), 0.2, false), (QStringList{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
        QCOMPARE(labels(niceTicks(-1, 1, 4), 0.5, false), (QStringList{"−1.0", "−0.5", "0", "0.5", "1.0"}));
        QCOMPARE(niceTicks(1, 3, 6, 1), std::vector<double>({1, 2, 3}));
        const std::vector<double> decades = logTicks(0.4, 12, 6);
        QCOMPARE(decades.size(), std::size_t(5));
        QStringList texts;
        for (const double tick : decades) texts << logTickLabel(tick);
        QCOMPARE(texts, (QStringList{"0.5", "1", "2", "5", "10"}));
        QCOMPARE(logTicks(0.9, 70, 4), std::vector<double>({1, 5, 10, 50}));
        QCOMPARE(logTicks(1e-6, 1e6, 5).size(), std::size_t(5));  // 10⁻⁶, 10⁻³, 1, 10³, 10⁶
        QCOMPARE(logTickLabel(1e-6), QStringLiteral("10⁻⁶"));
        QCOMPARE(logTickLabel(1e6), QStringLiteral("10⁶"));
        QCOMPARE(timeTicks(0, 1500, 5), std::vector<double>({0, 300, 600, 900, 1200, 1500}));
        QCOMPARE(timeTickLabel(300, 300), QStringLiteral("5 min"));
        QCOMPARE(timeTickLabel(5400, 1800), QStringLiteral("1 h 30"));
        QCOMPARE(timeTickLabel(90, 30), QStringLiteral("1:30"));
    }

    void marksOfARun() {
        QHash<QString, Series> records = {{"loss/total", series({1, kNan, 3})},
                                          {"loss/contrastive", series({1, kNan, 3})},
                                          {"optim/grad_norm", series({1, 2, INFINITY})}};
        RunCurves curves;
        curves.setTags({"loss/contrastive", "loss/total", "optim/grad_norm"}, {"optim/lr"});
        const auto lookup = [&](const QString& tag) -> const Series* {
            const auto found = records.constFind(tag);
            return found == records.constEnd() ? nullptr : &*found;
        };
        QVERIFY(curves.sync(lookup));
        QVERIFY(!curves.sync(lookup));
        QCOMPARE(curves.firstNonFinite()->tag, QStringLiteral("loss/contrastive"));  // a part before the total
        QCOMPARE(curves.firstNonFinite()->step, 2.0);
        QCOMPARE(curves.tags(), (QStringList{"loss/contrastive", "loss/total", "optim/grad_norm"}));
        QCOMPARE(curves.xOf(2.5, XAxis::kTime), 3.0);  // records lie 2 s apart: step 2 at 2 s, step 3 at 4 s
        const std::vector<runs::Event> events = {
            {0, -1, runs::Level::kInfo, "supervisor", "Started on 1 rank"},
            {0, -1, runs::Level::kInfo, "supervisor", "Resumed from step-00006000 on 4 ranks (was 2)"},
            {0, 7, runs::Level::kInfo, "supervisor", "Resumed from an older checkpoint"},
            {0, 2, runs::Level::kError, "rank 1", "The loss is not finite"}};
        QCOMPARE(resumeSteps(events, curves), std::vector<double>({7, 6000}));
        QCOMPARE(rankOfFailure(events, 2), QStringLiteral("rank 1"));
        QCOMPARE(rankOfFailure(events, 3), QString());
    }
};

QTEST_GUILESS_MAIN(CurveModelsTest)
#include "curve_models_test.moc"
