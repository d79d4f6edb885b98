// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing of one step gets lost: spikes, NaN and infinities at random places of long records, looked for in the pixels
// of the real plot at many zooms.
#include <QRandomGenerator>
#include <QtTest>
#include <limits>

#include "plot_tools.h"
#include "ui/panels/curves/curve_plot.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

constexpr double kGround = 1.0, kSpike = 5.0, kDip = -3.0;
const QString kTag = QStringLiteral("loss/total");

/// A plot of one metric with a record of `count` steps that waver around kGround by up to a tenth.
struct Plot {
    Plot(std::size_t count, double smoothing, QRandomGenerator& random) {
        record.step.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            record.step.push_back(static_cast<double>(i + 1));
            record.time.push_back(1000.0 + static_cast<double>(i) * 0.1);
            record.value.push_back(kGround + 0.1 * random.generateDouble());
        }
        group.setTags({kTag}, {});
        group.setSmoothing(smoothing);
    }
    void show() {
        group.curves().sync([this](const QString& tag) { return tag == kTag ? &record : nullptr; });
        plot = std::make_unique<CurvePlot>(group, PlotOptions{QStringLiteral("Loss"), true},
                                           std::vector<PlotLine>{{kTag, QStringLiteral("total"), 0}});
        plot->resize(700, 260);
        plot->show();
        group.refresh();
        settle();
    }
    void settle() const {
        for (int i = 0; i < 3; ++i) QCoreApplication::processEvents();
    }
    /// A stretch of `steps` around a record, which lies somewhere in it; at the ends of the record as they allow.
    void look(std::size_t at, double steps, QRandomGenerator& random) {
        const double share = 0.05 + 0.9 * random.generateDouble();
        const double low = record.step[at] - share * steps;
        group.choose({low, low + steps});
        settle();
    }
    bool inSight(std::size_t at) const {
        return record.step[at] > group.range().low && record.step[at] < group.range().high;
    }

    Series record;
    PlotGroup group;
    std::unique_ptr<CurvePlot> plot;
};

int distance(const QColor& a, const QColor& b) {
    return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue());
}

/// Columns of the plot in which something of the line, sharp or faint, is drawn at the height of `value`.
std::vector<int> columnsDrawn(const CurvePlot& plot, const QImage& image, double value) {
    const Palette& p = Theme::instance().palette();
    std::vector<int> columns;
    const int y = static_cast<int>(std::lround(plot.pixelOf(1, value).y()));
    for (int x = plot.plotRect().left() + 1; x <= plot.plotRect().right(); ++x) {
        const QColor c = image.pixelColor(x, y);
        // Blue more than the grid has it, towards the series' colour.
        if (distance(c, p.plot_grid) > 24 && distance(c, p.panel) > 24 && c.blue() > c.red() + 16) columns.push_back(x);
    }
    return columns;
}

}  // namespace

class CurvesSpikeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(true); }

    void aSpikeIsSeenAtEveryZoom_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<double>("smoothing");
        for (const int count : {100'000, 400'000, 1'000'000})
            for (const double smoothing : {0.0, 0.99})
                QTest::addRow("%d records, smoothing %.2f", count, smoothing) << count << smoothing;
    }
    void aSpikeIsSeenAtEveryZoom() {
        QFETCH(int, count);
        QFETCH(double, smoothing);
        QRandomGenerator random(static_cast<quint32>(count) + static_cast<quint32>(smoothing * 100));
        Plot shown(static_cast<std::size_t>(count), smoothing, random);
        // At random, and where pixel columns, index blocks and the record itself begin and end.
        std::vector<std::size_t> places = {0, 1, 16, 4095, 4096, static_cast<std::size_t>(count) - 1};
        for (int i = 0; i < 6; ++i) places.push_back(random.bounded(static_cast<quint32>(count)));
        bool up = true;
        for (const std::size_t at : places) shown.record.value[at] = (up = !up) ? kDip : kSpike;
        shown.show();
        int looked = 0;
        for (const std::size_t at : places) {
            for (const double steps : {1.0 * count, 0.37 * count, 0.04 * count, 5000.0, 1200.0, 90.0}) {
                shown.look(at, steps, random);
                if (!shown.inSight(at)) continue;
                const QImage image = seen(*shown.plot->surface());
                const double value = shown.record.value[at] * 0.9;  // the tip is as thin as its line
                const double x = shown.plot->pixelOf(shown.record.step[at], 1).x();
                const std::vector<int> columns = columnsDrawn(*shown.plot, image, value);
                const bool found =
                    std::any_of(columns.begin(), columns.end(), [x](int c) { return std::abs(c + 0.5 - x) < 4; });
                QVERIFY2(found, qPrintable(QString("record %1, %2 steps in sight").arg(at).arg(steps)));
                for (const int column : columns) {
                    // Nothing stands there that is no spike of the record.
                    const bool known = std::any_of(places.begin(), places.end(), [&](std::size_t other) {
                        const double near = shown.plot->pixelOf(shown.record.step[other], 1).x();
                        // Flanks lead to the next record, which may be many pixels away.
                        const double flank = shown.plot->pixelOf(2, 1).x() - shown.plot->pixelOf(1, 1).x();
                        return std::abs(column + 0.5 - near) < 4 + flank;
                    });
                    QVERIFY2(known, qPrintable(QString("a spike at pixel %1 that is none").arg(column)));
                }
                ++looked;
            }
        }
        QVERIFY(looked >= 50);
    }

    void whatIsNotFiniteIsMarkedAtEveryZoom_data() {
        QTest::addColumn<int>("count");
        for (const int count : {100'000, 1'000'000}) QTest::addRow("%d records", count) << count;
    }
    void whatIsNotFiniteIsMarkedAtEveryZoom() {
        QFETCH(int, count);
        QRandomGenerator random(static_cast<quint32>(count));
        Plot shown(static_cast<std::size_t>(count), 0.9, random);
        constexpr double kInfinite = std::numeric_limits<double>::infinity();
        const double kinds[] = {std::nan(""), kInfinite, -kInfinite};
        std::vector<std::size_t> places = {0, static_cast<std::size_t>(count) - 1};
        for (int i = 0; i < 7; ++i) places.push_back(random.bounded(static_cast<quint32>(count)));
        for (std::size_t i = 0; i < places.size(); ++i) shown.record.value[places[i]] = kinds[i % 3];
        shown.show();
        const QColor danger = Theme::instance().palette().danger;
        const auto marked = [&](const QImage& image, double x) {
            // The upright line, below the average and above the triangle: over a line it has another colour.
            const int y = shown.plot->plotRect().bottom() - shown.plot->plotRect().height() / 10;
            for (int dx = -1; dx <= 1; ++dx) {
                const QColor c = image.pixelColor(static_cast<int>(std::floor(x)) + dx, y);
                if (c.red() > c.blue() + 40 && c.red() > c.green() + 40) return true;
            }
            return false;
        };
        int looked = 0, triangles = 0;
        for (const std::size_t at : places) {
            for (const double steps : {1.0 * count, 0.2 * count, 3000.0, 300.0}) {
                shown.look(at, steps, random);
                if (!shown.inSight(at)) continue;
                const QImage image = seen(*shown.plot->surface());
                const double x = shown.plot->pixelOf(shown.record.step[at], 1).x();
                QVERIFY2(marked(image, x), qPrintable(QString("record %1, %2 steps in sight").arg(at).arg(steps)));
                triangles +=
                    distance(image.pixelColor(static_cast<int>(std::floor(x)) + 3, shown.plot->plotRect().bottom() - 1),
                             danger) < 12;
                // A place without a mark has none: the check can fail.
                const double empty = x + (x > shown.plot->plotRect().center().x() ? -37 : 37);
                const bool other = std::any_of(places.begin(), places.end(), [&](std::size_t place) {
                    return std::abs(shown.plot->pixelOf(shown.record.step[place], 1).x() - empty) < 12;
                });
                if (!other) QVERIFY(!marked(image, empty));
                ++looked;
            }
        }
        QVERIFY(looked >= 30);
        QVERIFY(triangles >= looked * 3 / 4);  // two within 8 px share one
        QCOMPARE(shown.group.curves().firstNonFinite()->step, 1.0);
    }

    void onALogarithmicAxisToo() {
        QRandomGenerator random(7);
        Plot shown(300'000, 0, random);
        std::vector<std::size_t> places;
        for (int i = 0; i < 8; ++i) places.push_back(1000 + random.bounded(299'000u));
        for (const std::size_t at : places) shown.record.value[at] = 40.0;
        shown.show();
        shown.plot->setLog(true);
        for (const bool x_log : {false, true}) {
            shown.group.setXLog(x_log);
            shown.group.setFollow(true);
            shown.settle();
            const QImage image = seen(*shown.plot->surface());
            const std::vector<int> columns = columnsDrawn(*shown.plot, image, 30.0);
            for (const std::size_t at : places) {
                const double x = shown.plot->pixelOf(shown.record.step[at], 1).x();
                QVERIFY(std::any_of(columns.begin(), columns.end(), [x](int c) { return std::abs(c + 0.5 - x) < 4; }));
            }
            QVERIFY(columns.size() <= places.size() * 4);
        }
    }
};

QTEST_MAIN(CurvesSpikeTest)
#include "curves_spike_test.moc"
