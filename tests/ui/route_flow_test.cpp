// SPDX-License-Identifier: GPL-3.0-or-later
// The flow between experts: nodes and ribbons against a naive count, where they are drawn, mouse and keyboard, and how
// long a frame takes for many layers and experts.
#include <QElapsedTimer>
#include <algorithm>
#include <ctime>
#include <map>

#include "support/timing.h"
#include "ui/models/route_flow.h"
#include "ui/panels/routing/flow_view.h"
#include "ui/panels/routing/patch_view.h"
#include "ui/panels/routing/token_strip.h"
#include "ui/plot_tools.h"
#include "ui/ui_tools.h"

using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

struct Shape {
    int experts = 8, texts = 9, grid = 4, text_layers = 2, image_layers = 2, both_layers = 2;
    bool class_token = false;
};

RoutedLayer madeLayer(const QString& name, const Shape& shape, int texts, int images, std::uint64_t* seed) {
    RoutedLayer layer;
    layer.name = name;
    layer.part = partOfLayer(name);
    layer.experts = shape.experts;
    layer.choices = 2;
    layer.texts = texts;
    layer.images = images;
    const auto next = [seed] { return *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL, *seed >> 33; };
    for (int row = 0; row < layer.rows(); ++row) {
        // Some rows go to no expert, as where experts choose; a third lean to one expert.
        const bool none = next() % 11 == 0;
        const int first = next() % 3 == 0 ? 1 : static_cast<int>(next() % static_cast<std::uint64_t>(shape.experts));
        const bool lost = !none && next() % 6 == 0;
        layer.chosen.insert(layer.chosen.end(), {none ? -1 : first, none ? -1 : (first + 1) % shape.experts});
        const float weight = 0.5F + 0.05F * static_cast<float>(next() % 10);
        layer.weights.insert(layer.weights.end(), {lost || none ? 0 : weight, none ? 0 : 1 - weight});
        const auto gone = static_cast<std::uint8_t>(lost || none);
        layer.dropped.insert(layer.dropped.end(), {gone, static_cast<std::uint8_t>(none)});
        layer.entropies.push_back(1);
    }
    return layer;
}

RoutedSamplePtr madeSample(const Shape& shape, std::uint64_t seed = 7) {
    auto sample = std::make_shared<RoutedSample>();
    sample->origin = newOrigin();
    sample->text = "made up";
    for (int token = 0; token < shape.texts; ++token) sample->pieces << QString(" w%1").arg(token);
    sample->grid = shape.grid;
    const int patches = shape.grid * shape.grid;
    if (patches > 0) {
        sample->picture = QImage(64, 64, QImage::Format_RGB32);
        sample->picture.fill(Qt::lightGray);
    }
    for (int i = 0; i < shape.text_layers && shape.texts > 0; ++i)
        sample->layers << madeLayer(QString("text.blocks.%1.moe").arg(i), shape, shape.texts, 0, &seed);
    for (int i = 0; i < shape.image_layers && patches > 0; ++i)
        sample->layers << madeLayer(QString("vision.blocks.%1.moe").arg(i), shape, 0,
                                    patches + (shape.class_token ? 1 : 0), &seed);
    for (int i = 0; i < shape.both_layers; ++i)
        sample->layers << madeLayer(QString("fusion.blocks.%1.moe").arg(i), shape, shape.texts, patches, &seed);
    return sample;
}

/// First choice of text token, or patch, `index` in a layer: straight from the tables. -1 none, -2 not seen there.
int firstOf(const RoutedSample& sample, const RoutedLayer& layer, bool text, int index) {
    const int class_tokens = layer.images - sample.patches();
    if (text ? layer.texts == 0 : layer.images == 0) return -2;
    const int row = text ? index : layer.texts + class_tokens + index;
    return layer.chosen[static_cast<std::size_t>(row * layer.choices)];
}

double weightOf(const RoutedSample& sample, const RoutedLayer& layer, bool text, int index) {
    const int row = text ? index : layer.texts + layer.images - sample.patches() + index;
    return static_cast<double>(layer.weights[static_cast<std::size_t>(row * layer.choices)]);
}

}  // namespace

class RouteFlowTest : public QObject {
    Q_OBJECT

    static QPoint middle(const QRectF& rect) { return rect.center().toPoint(); }
    /// A point on a ribbon where no thinner one lies.
    static QPoint pointOn(const FlowView& view, int step, int ribbon) {
        const RibbonPlace& place =
            view.places().ribbons[static_cast<std::size_t>(step)][static_cast<std::size_t>(ribbon)];
        for (double along = 0.1; along < 0.95; along += 0.02)
            for (double y = std::min(place.left_top, place.right_top); y < view.height(); y += 0.5) {
                const QPointF at(place.left + along * (place.right - place.left), y);
                const FlowHit hit = view.places().at(at.toPoint());
                if (hit.step == step && hit.ribbon == ribbon) return at.toPoint();
            }
        return {-1, -1};
    }

private Q_SLOTS:
    void everyNodeAndRibbonIsTheNaiveCount_data() {
        QTest::addColumn<int>("experts");
        QTest::addColumn<int>("rows");
        QTest::addColumn<bool>("weighted");
        QTest::addColumn<bool>("class_token");
        for (const int experts : {8, 64, 512})
            for (int rows = 0; rows < 3; ++rows)
                for (const bool weighted : {false, true})
                    QTest::addRow("%d experts, rows %d, weighted %d", experts, rows, weighted)
                        << experts << rows << weighted << (experts == 8);
    }

    void everyNodeAndRibbonIsTheNaiveCount() {
        QFETCH(int, experts);
        QFETCH(int, rows);
        QFETCH(bool, weighted);
        QFETCH(bool, class_token);
        const RoutedSamplePtr sample =
            madeSample({experts, 23, 6, 3, 2, 3, class_token}, static_cast<std::uint64_t>(experts + rows));
        const RouteFlow flow = routeFlow(*sample, {static_cast<FlowRows>(rows), weighted});
        double ribbons = 0;
        QCOMPARE(flow.columns.size(), std::size_t{rows == 1 ? 6U : rows == 2 ? 5U : 8U});
        for (const FlowColumn& column : flow.columns) {
            const RoutedLayer& layer = *sample->layer(column.layer);
            std::vector<double> text(static_cast<std::size_t>(experts)), image = text;
            for (int i = 0; rows != 2 && i < layer.texts; ++i)
                if (const int e = firstOf(*sample, layer, true, i); e >= 0)
                    text[static_cast<std::size_t>(e)] += weighted ? weightOf(*sample, layer, true, i) : 1;
            const int class_tokens = layer.images > 0 ? layer.images - sample->patches() : 0;
            for (int i = -class_tokens; rows != 1 && i < layer.images - class_tokens; ++i)
                if (const int e = firstOf(*sample, layer, false, i); e >= 0)
                    image[static_cast<std::size_t>(e)] += weighted ? weightOf(*sample, layer, false, i) : 1;
            for (int e = 0; e < experts; ++e) {
                QCOMPARE(column.nodes[static_cast<std::size_t>(e)].text, text[static_cast<std::size_t>(e)]);
                QCOMPARE(column.nodes[static_cast<std::size_t>(e)].image, image[static_cast<std::size_t>(e)]);
            }
        }
        // Each kind's own layers one after the other.
        for (const bool text : {true, false}) {
            if (rows == (text ? 2 : 1)) continue;
            std::vector<const RoutedLayer*> way;
            for (const RoutedLayer& layer : sample->layers)
                if ((text ? layer.texts : layer.images) > 0) way.push_back(&layer);
            for (std::size_t l = 0; l + 1 < way.size(); ++l) {
                std::map<std::pair<int, int>, double> expected, found;
                for (int i = 0; i < (text ? 23 : 36); ++i) {
                    const int a = firstOf(*sample, *way[l], text, i), b = firstOf(*sample, *way[l + 1], text, i);
                    if (a < 0 || b < 0) continue;
                    expected[{a, b}] += weighted ? std::min(weightOf(*sample, *way[l], text, i),
                                                            weightOf(*sample, *way[l + 1], text, i))
                                                 : 1;
                }
                // A class token goes on where both layers have one.
                if (!text && way[l]->images > 36 && way[l + 1]->images > 36) {
                    const int a = firstOf(*sample, *way[l], false, -1), b = firstOf(*sample, *way[l + 1], false, -1);
                    if (a >= 0 && b >= 0)
                        expected[{a, b}] += weighted ? std::min(weightOf(*sample, *way[l], false, -1),
                                                                weightOf(*sample, *way[l + 1], false, -1))
                                                     : 1;
                }
                for (const FlowStep& step : flow.steps) {
                    if (flow.columns[static_cast<std::size_t>(step.from)].layer != way[l]->name ||
                        flow.columns[static_cast<std::size_t>(step.to)].layer != way[l + 1]->name)
                        continue;
                    for (const FlowRibbon& ribbon : step.ribbons)
                        if ((text ? ribbon.text : ribbon.image) > 0 || expected.contains({ribbon.from, ribbon.to}))
                            found[{ribbon.from, ribbon.to}] = text ? ribbon.text : ribbon.image;
                }
                QCOMPARE(found.size(), expected.size());
                for (const auto& [ends, count] : expected) QVERIFY(std::abs(found[ends] - count) < 1e-9);
                ribbons += static_cast<double>(expected.size());
            }
        }
        QVERIFY(ribbons > 20);
    }

    void groupsAndTheLargestKeepTheirSums() {
        const RoutedSamplePtr sample = madeSample({64, 40, 8, 2, 2, 2});
        const RouteFlow flow = routeFlow(*sample, {}), few = grouped(flow, 16);
        for (std::size_t c = 0; c < flow.columns.size(); ++c) {
            QCOMPARE(few.columns[c].nodes.size(), std::size_t{16});
            QCOMPARE(few.columns[c].group, 4);
            for (std::size_t n = 0; n < 16; ++n) {
                double sum = 0, dropped = 0;
                for (std::size_t e = 4 * n; e < 4 * n + 4; ++e) {
                    sum += flow.columns[c].nodes[e].value();
                    dropped += flow.columns[c].nodes[e].dropped;
                }
                QCOMPARE(few.columns[c].nodes[n].value(), sum);
                QCOMPARE(few.columns[c].nodes[n].dropped, dropped);
            }
        }
        const RouteFlow top = largest(few, 5);
        for (std::size_t s = 0; s < few.steps.size(); ++s) {
            double fine = 0, coarse = 0, least = 1e9;
            for (const FlowRibbon& ribbon : flow.steps[s].ribbons) fine += ribbon.value();
            for (const FlowRibbon& ribbon : few.steps[s].ribbons) coarse += ribbon.value();
            QCOMPARE(fine, coarse);
            QCOMPARE(top.steps[s].ribbons.size(), std::size_t{5});
            for (const FlowRibbon& ribbon : top.steps[s].ribbons) least = std::min(least, ribbon.value());
            QVERIFY(std::count_if(few.steps[s].ribbons.begin(), few.steps[s].ribbons.end(),
                                  [&](const auto& r) { return r.value() > least; }) < 5);
        }
        // 20 experts do not divide by 16: pairs.
        const RouteFlow odd = grouped(routeFlow(*madeSample({21, 9, 2, 1, 1, 1}), {}), 16);
        QCOMPARE(odd.columns[0].nodes.size(), std::size_t{11});
        QCOMPARE(nodeName(odd.columns[0], 10), QString("E20"));
        QCOMPARE(nodeName(odd.columns[0], 9), QString("E18 to E19"));
    }

    void heightsAreSharesAndRibbonsStayInTheirNodes() {
        RouteFocus focus;
        FlowView view(focus);
        view.resize(900, 400);
        const RoutedSamplePtr sample = madeSample({});
        focus.setSample(sample);
        view.setSample(sample);
        view.show();
        QVERIFY(!view.isMatrix());
        const RouteFlow& flow = view.drawn();
        const FlowGeometry& places = view.places();
        for (std::size_t c = 0; c < flow.columns.size(); ++c)
            for (std::size_t n = 0; n < flow.columns[c].nodes.size(); ++n) {
                const double value = flow.columns[c].nodes[n].value();
                QCOMPARE(places.nodes[c][n].isNull(), value == 0);
                QVERIFY(std::abs(places.nodes[c][n].height() - value * places.unit[c]) < 1e-9);
                QVERIFY(value == 0 || QRectF(view.rect()).contains(places.nodes[c][n]));
            }
        for (std::size_t s = 0; s < flow.steps.size(); ++s)
            for (std::size_t r = 0; r < flow.steps[s].ribbons.size(); ++r) {
                const RibbonPlace& place = places.ribbons[s][r];
                const QRectF& left = places.nodes[static_cast<std::size_t>(flow.steps[s].from)]
                                                 [static_cast<std::size_t>(flow.steps[s].ribbons[r].from)];
                const QRectF& right = places.nodes[static_cast<std::size_t>(flow.steps[s].to)]
                                                  [static_cast<std::size_t>(flow.steps[s].ribbons[r].to)];
                QVERIFY(place.left_top >= left.top() - 1e-6 &&
                        place.left_top + place.left_height <= left.bottom() + 1e-6);
                QVERIFY(place.right_top >= right.top() - 1e-6 &&
                        place.right_top + place.right_height <= right.bottom() + 1e-6);
            }
        // Texts have the upper lane to themselves, pictures the lower one.
        QVERIFY(places.nodes[0][1].bottom() < places.nodes[2][1].top());
        // A node's bar has its expert's colour.
        const QImage seen_view = seen(view);
        for (std::size_t n = 0; n < 8; ++n) {
            const FlowNode& node = flow.columns[4].nodes[n];
            const QRectF& rect = places.nodes[4][n];
            if (rect.height() < 4 || node.dropped > 0) continue;
            QCOMPARE(seen_view.pixelColor(middle(rect)), Theme::instance().expertColor(static_cast<int>(n), 8));
        }
    }

    void aClickSelectsTheExpertOrTheRibbonsRowsEverywhere() {
        RouteFocus focus;
        FlowView view(focus);
        TokenStrip strip(focus);
        PatchView patches(focus);
        const RoutedSamplePtr sample = madeSample({});
        focus.setSample(sample);
        view.setSample(sample);
        view.resize(900, 420);
        view.show();
        strip.resize(500, 300);
        patches.resize(300, 300);
        QCOMPARE(focus.layerName(), QString("fusion.blocks.1.moe"));
        QTest::mouseClick(&view, Qt::LeftButton, {}, middle(view.places().nodes[0][1]));
        QCOMPARE(focus.layerName(), QString("text.blocks.0.moe"));
        QCOMPARE(focus.expert(), 1);
        // What lights up are the rows that the expert takes, on their way through every layer.
        double lit = 0, taken = 0;
        for (const FlowNode& node : view.lit().columns[0].nodes) lit += node.value();
        for (int row = 0; row < 9; ++row) taken += sample->layers[0].takes(row, 1) ? 1 : 0;
        QCOMPARE(lit, taken);
        QVERIFY(taken > 0);
        shotInBothThemes(view, "flow-expert");
        QTest::mouseClick(&view, Qt::LeftButton, {}, middle(view.places().nodes[0][1]));
        QCOMPARE(focus.expert(), -1);
        QVERIFY(view.lit().empty());
        // A ribbon into the last layer.
        const int step = static_cast<int>(view.drawn().steps.size()) - 1;
        int largest_ribbon = 0;
        const auto& ribbons = view.drawn().steps.back().ribbons;
        for (int r = 0; r < static_cast<int>(ribbons.size()); ++r)
            if (ribbons[static_cast<std::size_t>(r)].value() >
                ribbons[static_cast<std::size_t>(largest_ribbon)].value())
                largest_ribbon = r;
        const FlowRibbon ribbon = ribbons[static_cast<std::size_t>(largest_ribbon)];
        const QImage before = strip.grab().toImage(), before_patches = patches.grab().toImage();
        const QPoint at = pointOn(view, step, largest_ribbon);
        QVERIFY(at.x() >= 0);
        QTest::mouseClick(&view, Qt::LeftButton, {}, at);
        QCOMPARE(focus.layerName(), QString("fusion.blocks.1.moe"));
        QCOMPARE(static_cast<double>(focus.picked().size()), ribbon.value());
        const RoutedLayer& last = sample->layers.last();
        const RoutedLayer& one_before = sample->layers[sample->layers.size() - 2];
        for (int row = 0; row < last.rows(); ++row)
            QCOMPARE(focus.isLit(row), last.first(row) == ribbon.to && one_before.first(row) == ribbon.from);
        QVERIFY(before != strip.grab().toImage() || before_patches != patches.grab().toImage());
        shotInBothThemes(view, "flow-ribbon");
        // The rows stay selected in another layer; an expert takes their place.
        const QSet<int> rows = focus.picked();
        focus.setLayer("fusion.blocks.0.moe");
        QCOMPARE(focus.picked(), rows);
        focus.setExpert(2);
        QVERIFY(focus.picked().isEmpty());
        focus.pickRows(rows);
        QCOMPARE(focus.expert(), -1);
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(!focus.anyLit());
    }

    void arrowsMoveOverTheNodes() {
        RouteFocus focus;
        FlowView view(focus);
        const RoutedSamplePtr sample = madeSample({});
        focus.setSample(sample);
        view.setSample(sample);
        view.resize(900, 420);
        view.show();
        view.setFocus(Qt::TabFocusReason);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.cursor().column, 0);
        const int first = view.cursor().node;
        QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(view.cursor().column == 0 && view.cursor().node > first);
        QTest::keyClick(&view, Qt::Key_Up);
        QCOMPARE(view.cursor().node, first);
        QStringList way = {view.drawn().columns[0].layer};
        for (int i = 0; i < 5; ++i) {
            QTest::keyClick(&view, Qt::Key_Right);
            const QString layer = view.drawn().columns[static_cast<std::size_t>(view.cursor().column)].layer;
            if (layer != way.last()) way << layer;
        }
        QCOMPARE(way.size(), 4);  // one of each pair of columns, to the right edge
        QCOMPARE(way.last(), QString("fusion.blocks.1.moe"));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(focus.layerName(), QString("fusion.blocks.1.moe"));
        QCOMPARE(focus.expert(), view.cursor().node);
        QTest::keyClick(&view, Qt::Key_Escape);
        QCOMPARE(focus.expert(), -1);
        QTest::keyClick(&view, Qt::Key_Home);
        for (int i = 0; i < 40; ++i) QTest::keyClick(&view, Qt::Key_Down);  // into the pictures' lane
        QCOMPARE(view.drawn().columns[static_cast<std::size_t>(view.cursor().column)].layer,
                 QString("vision.blocks.0.moe"));
    }

    void manyExpertsAreGroupsAndAClickGoesThroughThem() {
        for (const int experts : {64, 512}) {
            RouteFocus focus;
            FlowView view(focus);
            const RoutedSamplePtr sample = madeSample({experts, 30, 8, 2, 2, 3});
            focus.setSample(sample);
            view.setSample(sample);
            view.resize(1000, 420);
            view.show();
            QVERIFY(view.isMatrix());
            QCOMPARE(view.drawn().columns[0].nodes.size(), std::size_t{16});
            const FlowColumn& column = view.drawn().columns.back();
            const std::vector<int> members = expertsOfNode(*sample, column, 0, FlowRows::kBoth);
            QVERIFY(members.size() > 1);
            for (const int member : members) {
                QTest::mouseClick(&view, Qt::LeftButton, {}, middle(view.places().nodes.back()[0]));
                QCOMPARE(focus.expert(), member);
            }
            QVERIFY(view.tip({static_cast<int>(view.drawn().columns.size()) - 1, 0, -1, -1}).contains("most to E"));
            shotInBothThemes(view, QString("flow-%1").arg(experts));
        }
    }

    void theTableHoldsEveryNodeAndRibbon() {
        RouteFocus focus;
        FlowView view(focus);
        const RoutedSamplePtr sample = madeSample({64, 30, 8, 2, 2, 2});
        focus.setSample(sample);
        view.setSample(sample);
        const RouteTable table = view.table();
        std::size_t rows = 6 * 64;
        for (const FlowStep& step : view.flow().steps) rows += step.ribbons.size();
        QCOMPARE(table.rows.size(), rows);
        QCOMPARE(table.rows[1][1], QString("E1"));
        view.chooseRow(1);
        QVERIFY(focus.expert() == 1 && focus.layerName() == "text.blocks.0.moe");
        view.chooseRow(static_cast<int>(rows) - 1);
        QCOMPARE(QString::number(focus.picked().size()),
                 QString::number(table.rows.back()[4].toInt() + table.rows.back()[5].toInt()));
    }

    void kindsAndWeightsAreChosen() {
        RouteFocus focus;
        FlowView view(focus);
        const RoutedSamplePtr sample = madeSample({});
        focus.setSample(sample);
        view.setSample(sample);
        view.setOptions({FlowRows::kText, false});
        for (const FlowColumn& column : view.flow().columns) QVERIFY(column.image == 0 && column.text == 9);
        view.setOptions({FlowRows::kImage, true});
        for (const FlowColumn& column : view.flow().columns)
            for (const FlowNode& node : column.nodes) QVERIFY(node.text == 0);
        view.setSample(madeSample({8, 0, 4, 0, 1, 0}));
        QVERIFY(view.flow().columns.size() == 1 && view.flow().steps.empty());
        view.setSample({});
        QVERIFY(view.flow().empty());
    }

    void speedOfAFrame() {
        for (const Shape& shape : {Shape{16, 64, 14, 8, 8, 8, false}, Shape{512, 64, 14, 8, 8, 8, false}}) {
            RouteFocus focus;
            FlowView view(focus);
            const RoutedSamplePtr sample = madeSample(shape);
            focus.setSample(sample);
            view.setSample(sample);
            view.resize(std::max(1400, view.minimumSizeHint().width()), 420);
            view.show();
            const RoutedSamplePtr other = madeSample(shape, 99);
            QImage frame(view.size(), QImage::Format_RGB32);
            // The pointer moves; another expert is selected; another sample, as a slider's steps are.
            std::vector<double> times[3];
            double cpu[3] = {};
            for (int i = 0; i < 30; ++i) {
                for (int kind = 0; kind < 3; ++kind) {
                    QElapsedTimer timer;
                    timer.start();
                    const std::clock_t begin = std::clock();
                    if (kind == 0) moveMouse(view, {100 + 30 * i, 150});
                    if (kind == 1) focus.setExpert(i % 16);
                    if (kind == 2) view.setSample(i % 2 == 0 ? other : sample);
                    view.render(&frame);
                    cpu[kind] += 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / 30;
                    times[kind].push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
                }
            }
            std::size_t ribbons = 0;
            for (const FlowStep& step : view.drawn().steps) ribbons += step.ribbons.size();
            for (auto& of : times) std::sort(of.begin(), of.end());
            qInfo(
                "%d experts, %zu layers, %zu ribbons drawn: a frame takes %.1f ms (worst %.1f) as the pointer moves, "
                "%.1f (%.1f) with another selection, %.1f (%.1f) with another sample; processor time %.1f, %.1f, %.1f",
                shape.experts, view.drawn().columns.size(), ribbons, times[0][15], times[0].back(), times[1][15],
                times[1].back(), times[2][15], times[2].back(), cpu[0], cpu[1], cpu[2]);
            if (shape.experts == 16) shot(view, "flow-deep");
            if (!timesCount()) continue;
            for (const double of : cpu) QVERIFY(of <= 1000.0 / 60);
        }
    }
};

int main(int argc, char** argv) {
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RouteFlowTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "route_flow_test.moc"
