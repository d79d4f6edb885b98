// SPDX-License-Identifier: GPL-3.0-or-later
// The probe set on the Routing page: every recorded step against run.db, the slider by mouse, keyboard, field and
// play button, steps that come while it is looked at, damaged rows, and how many frames a second a long record gives.
#include <QElapsedTimer>
#include <ctime>

#include "core/base/runs/probe_codec.h"
#include "core/base/runs/probe_record.h"
#include "support/made_routes.h"
#include "support/timing.h"
#include "ui/panels/routing/patch_legend.h"
#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/panels/routing/step_bar.h"
#include "ui/routing_fixture.h"
#include "ui/widgets/icon_button.h"

using namespace switchyard::test;
using namespace switchyard::ui;
namespace runs = switchyard::runs;

namespace {

class PaintCount : public QObject {
public:
    int count = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

}  // namespace

class RoutingProbeTest : public QObject, public RoutingFixture {
    Q_OBJECT
public:
    explicit RoutingProbeTest(OwnFolders& folders) : RoutingFixture(folders) {}

private:
    StepBar* bar() const { return view()->stepBar(); }
    std::filesystem::path database() const { return runs::RunPaths{alpha_.toStdString()}.database(); }
    void showProbe() {
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[SamplePanel::kProbe], Qt::LeftButton);
        QCOMPARE(panel()->currentList(), SamplePanel::kProbe);
    }
    bool shows(const runs::LayerRoutes& routes) const {
        const RoutedLayer* layer = focus().layer();
        return layer != nullptr && layer->known() && layer->chosen == routes.experts &&
               layer->weights == routes.weights && layer->dropped == routes.dropped;
    }
    void addStep(std::int64_t step, std::int64_t like, std::int64_t damaged = -1) {
        runs::ProbeRecord record(database());
        runs::RunDbWriter writer(database());
        for (std::int64_t sample = 0; sample < 3; ++sample)
            for (const runs::LayerRoutes& routes : record.routes(like, sample))
                writer.add({step, routes.layer, sample,
                            sample == damaged ? std::vector<std::uint8_t>{1, 2}
                                              : runs::encodeProbe(routes, runs::ProbeWeights::kStored)});
        writer.flush();
        QVERIFY(!writer.failing());
    }

private Q_SLOTS:
    void initTestCase() { makeRuns({"probe.every=4", "probe.samples=3"}); }
    void cleanupTestCase() { endStage(); }

    void theProbeSetStandsAmongTheSamples() {
        makeStage();
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 1, kLong);
        QVERIFY(!bar()->isVisible());
        showProbe();
        QTRY_COMPARE(panel()->view()->model()->rowCount(), 3);
        clickRow(1);
        QTRY_VERIFY(content() && page().currentKey() == ProbeSamples::kFirstKey + 1 && bar()->isVisible());
        QCOMPARE(bar()->step(), 40);  // the newest
        QTRY_VERIFY(focus().layer() != nullptr && focus().layer()->known());
        runs::ProbeRecord record(database());
        QCOMPARE(bar()->steps(), record.steps());
        QTRY_COMPARE(focus().sample()->text, QString::fromStdString(record.samples()[1].text));
        QVERIFY(!focus().sample()->picture.isNull());
        QCOMPARE(bar()->field()->text(), QString("40"));
        QVERIFY(!bar()->slider()->marks().empty());
        shotInBothThemes(*stage_, "probe");
    }

    void everyStepAndLayerIsWhatTheRunRecorded() {
        runs::ProbeRecord record(database());
        bar()->slider()->setFocus(Qt::TabFocusReason);
        int differing = 0;
        for (const QString& layer : kLayers) {
            chooseLayer(layer);
            QTest::keyClick(bar()->slider(), Qt::Key_Home);
            std::vector<std::int32_t> before;
            for (const std::int64_t step : record.steps()) {
                if (step > 0) QTest::keyClick(bar()->slider(), Qt::Key_Right);
                QCOMPARE(bar()->step(), step);
                const auto routes = record.routes(step, layer.toStdString(), 1);
                QTRY_VERIFY2(shows(*routes), qPrintable(QString("%1 at %2").arg(layer).arg(step)));
                differing += !before.empty() && before != routes->experts ? 1 : 0;
                before = routes->experts;
                // Chips, patches and bars follow.
                for (int token = 0; token < view()->tokens()->count() && focus().layer()->texts > 0; ++token)
                    QCOMPARE(view()->tokens()->choices(token)[0].expert, focus().layer()->first(token));
                const int texts = focus().layer()->texts;
                for (int patch = 0; patch < 16 && focus().layer()->images > 0; ++patch)
                    QCOMPARE(view()->patches()->overlay().experts[static_cast<std::size_t>(patch)],
                             focus().layer()->first(texts + patch));
                double choices = 0;
                for (const std::int32_t expert : routes->experts) choices += expert >= 0 ? 1 : 0;
                QCOMPARE(view()->bars()->load().choices, choices);
            }
        }
        QVERIFY(differing > 3);  // the routers did learn
        // Entropy as the run has it, in bits.
        const auto last = record.routes(40, kLayers[2].toStdString(), 1);
        QVERIFY(std::abs(focus().layer()->entropy(0) - static_cast<double>(last->entropy[0]) / std::log(2.0)) < 1e-5);
        const std::vector<double> p = focus().layer()->probabilities(0);
        QCOMPARE(static_cast<int>(std::max_element(p.begin(), p.end()) - p.begin()), last->experts[0]);
    }

    void theTokenStaysSelectedWhileTheStepMoves() {
        focus().chooseRow(2);
        const int expert = focus().expert();
        QTest::keyClick(bar()->slider(), Qt::Key_PageUp);
        QTest::keyClick(bar()->slider(), Qt::Key_Home);
        runs::ProbeRecord record(database());
        QTRY_VERIFY(shows(*record.routes(0, kLayers[2].toStdString(), 1)));
        QCOMPARE(focus().row(), 2);
        QCOMPARE(focus().expert(), expert);
        // All samples of the step count on the card and in the load.
        QCOMPARE(this->expert()->profile().samples, 3);
        QTest::mouseClick(view()->scope()->findChildren<QToolButton*>()[1], Qt::LeftButton);
        double rows = 0;
        for (int s = 0; s < 3; ++s)
            rows += static_cast<double>(record.routes(0, kLayers[2].toStdString(), s)->num_tokens);
        QCOMPARE(view()->bars()->load().rows, rows);
        QTest::mouseClick(view()->scope()->findChildren<QToolButton*>()[0], Qt::LeftButton);
    }

    void theSliderIsMovedByMouseAndField() {
        StepSlider* slider = bar()->slider();
        runs::ProbeRecord record(database());
        const int place = 6;
        QTest::mouseClick(slider, Qt::LeftButton, {}, {static_cast<int>(slider->xOf(place)), slider->height() / 2});
        QCOMPARE(bar()->step(), record.steps()[place]);
        QTRY_VERIFY(shows(*record.routes(record.steps()[place], kLayers[2].toStdString(), 1)));
        QTest::mousePress(slider, Qt::LeftButton, {}, {static_cast<int>(slider->xOf(2)), 10});
        QMouseEvent drag(QEvent::MouseMove, QPointF(slider->xOf(4), 10),
                         slider->mapToGlobal(QPointF(slider->xOf(4), 10)), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(slider, &drag);
        QTest::mouseRelease(slider, Qt::LeftButton, {}, {static_cast<int>(slider->xOf(4)), 10});
        QCOMPARE(bar()->step(), record.steps()[4]);
        bar()->field()->setFocus();
        bar()->field()->selectAll();
        QTest::keyClicks(bar()->field(), "22");  // between 20 and 24
        QTest::keyClick(bar()->field(), Qt::Key_Return);
        QVERIFY(bar()->step() == 20 || bar()->step() == 24);
        QTRY_VERIFY(shows(*record.routes(bar()->step(), kLayers[2].toStdString(), 1)));
        QTest::keyClicks(bar()->field(), "x");
        QTest::keyClick(bar()->field(), Qt::Key_Return);  // no number: nothing moves
        QVERIFY(bar()->step() == 20 || bar()->step() == 24);
    }

    void playGoesToTheEndAndStops() {
        QTest::keyClick(bar()->slider(), Qt::Key_Home);
        QTest::mouseClick(bar()->playButton(), Qt::LeftButton);
        QVERIFY(bar()->isPlaying());
        QTRY_VERIFY(bar()->step() > 0);
        bar()->slider()->setFocus();
        QTest::keyClick(bar()->slider(), Qt::Key_Space);
        QVERIFY(!bar()->isPlaying());
        QTest::keyClick(bar()->slider(), Qt::Key_Space);
        QVERIFY(bar()->isPlaying());
        QTRY_VERIFY_WITH_TIMEOUT(!bar()->isPlaying() && bar()->step() == 40, kLong);
        runs::ProbeRecord record(database());
        QTRY_VERIFY(shows(*record.routes(40, kLayers[2].toStdString(), 1)));
    }

    void newStepsComeAndTheNewestStaysInSight() {
        addStep(44, 0);
        QTRY_COMPARE_WITH_TIMEOUT(bar()->steps().back(), 44, kLong);
        QCOMPARE(bar()->step(), 44);  // it was at the end
        runs::ProbeRecord record(database());
        QTRY_VERIFY(shows(*record.routes(0, kLayers[2].toStdString(), 1)));
        QTest::keyClick(bar()->slider(), Qt::Key_Left);
        addStep(48, 4);
        QTRY_COMPARE_WITH_TIMEOUT(bar()->steps().back(), 48, kLong);
        QCOMPARE(bar()->step(), 40);  // the person's own choice stays
    }

    void aDamagedRowIsToldAndTheOthersWork() {
        addStep(52, 0, 1);
        QTRY_COMPARE_WITH_TIMEOUT(bar()->steps().back(), 52, kLong);
        QTest::keyClick(bar()->slider(), Qt::Key_End);
        QCOMPARE(bar()->step(), 52);
        fails("step 52");
        QCOMPARE(page().state(), RoutingPage::State::kFailed);
        clickRow(2);
        QTRY_VERIFY(content() && page().currentKey() == ProbeSamples::kFirstKey + 2);
        QVERIFY(!banner()->isVisible());
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[0], Qt::LeftButton);
        clickRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 1 && !bar()->isVisible(), kLong);
    }

    void aRunWithoutACheckpointShowsItsProbe() {
        endStage();
        runs_ = folders_.path("young");
        QDir().mkpath(runs_);
        QVERIFY(QDir().rename(alpha_, runs_ + "/alpha"));
        alpha_ = runs_ + "/alpha";
        QVERIFY(QDir().rename(alpha_ + "/checkpoints", folders_.path("away")));
        makeStage();
        QTRY_VERIFY(content() && page().currentKey() == ProbeSamples::kFirstKey);
        QCOMPARE(panel()->currentList(), SamplePanel::kProbe);
    }

    void speedOfTheSlider() {
        endStage();
        constexpr std::int64_t kSteps = 1000, kTokens = 64, kOwnLayers = 24, kSamples = 4;
        runs_ = folders_.path("long-record");
        MadeUpRun made;
        made.name = "long";
        made.recorded = 2;
        QDir().mkpath(runs_);
        const runs::RunPaths paths = makeRun(runs_, made);
        alpha_ = QString::fromStdString(paths.dir.string());
        {
            std::vector<std::vector<std::uint8_t>> rows;
            for (std::uint64_t seed = 0; seed < 8; ++seed)
                rows.push_back(runs::encodeProbe(madeRoutes(kTokens, 512, 2, seed), runs::ProbeWeights::kStored));
            runs::ProbeSampleInfo info;
            info.text = "words of a long record";
            for (std::int64_t token = 0; token < kTokens / 3; ++token)
                info.tokens.push_back("word" + std::to_string(token));
            runs::RunDbWriter writer(paths.database());
            writer.setProbeSamples(std::vector<runs::ProbeSample>(kSamples, {runs::toJson(info), {}}));
            for (std::int64_t step = 0; step < kSteps; ++step) {
                for (std::int64_t row = 0; row < kOwnLayers * kSamples; ++row)
                    writer.add({step * 100, "fusion.blocks." + std::to_string(row % kOwnLayers) + ".moe",
                                row / kOwnLayers, rows[static_cast<std::size_t>(step + row) % rows.size()]});
                if (step % 50 == 0) writer.flush();
            }
            writer.flush();
            QVERIFY(!writer.failing());
        }
        makeStage();
        QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
        focus().setExpert(3);
        bar()->slider()->setFocus();
        QTest::keyClick(bar()->slider(), Qt::Key_Home);
        const auto shownStep = [this] { return page().probe().shownStep(); };
        QTRY_COMPARE(shownStep(), 0);
        // One step after the other, and jumps to where nothing was read ahead; each is on the page before the next.
        PaintCount paints;
        view()->tokens()->viewport()->installEventFilter(&paints);
        double seconds[2] = {}, cpu_ms[2] = {};
        constexpr int kFrames = 100;
        for (int kind = 0; kind < 2; ++kind) {
            QElapsedTimer timer;
            timer.start();
            const std::clock_t begin = std::clock();
            for (int i = 1; i <= kFrames; ++i) {
                const int place = kind == 0 ? i : (i * 379) % static_cast<int>(kSteps);
                if (kind == 0)
                    QTest::keyClick(bar()->slider(), Qt::Key_Right);
                else
                    QTest::mouseClick(bar()->slider(), Qt::LeftButton, {},
                                      {static_cast<int>(bar()->slider()->xOf(place)), 10});
                while (shownStep() != bar()->step()) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
                QCoreApplication::processEvents();  // its painting
            }
            cpu_ms[kind] = 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / kFrames;
            seconds[kind] = static_cast<double>(timer.nsecsElapsed()) / 1e9;
        }
        qInfo(
            "%lld steps x %lld layers x 512 experts, %lld samples: %.0f frames/s step by step, %.0f with jumps; "
            "processor time of all threads %.1f and %.1f ms a frame",
            static_cast<long long>(kSteps), static_cast<long long>(kOwnLayers), static_cast<long long>(kSamples),
            kFrames / seconds[0], kFrames / seconds[1], cpu_ms[0], cpu_ms[1]);
        QVERIFY(paints.count >= 2 * kFrames);  // every one was seen
        SKIP_UNLESS_TIMES_COUNT();
        QVERIFY(kFrames / seconds[0] >= 30 && kFrames / seconds[1] >= 30);
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RoutingProbeTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "routing_probe_test.moc"
