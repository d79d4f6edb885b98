// SPDX-License-Identifier: GPL-3.0-or-later
// Long and large runs in the real pages: what they show is right (CI), and quick and small enough (label bench).
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QMouseEvent>
#include <QtTest>
#include <fstream>

#include "plot_tools.h"
#include "support/timing.h"
#include "ui/main_window.h"
#include "ui/panels/curves_page.h"
#include "ui/panels/experts/load_heatmap.h"
#include "ui/panels/experts_page.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

constexpr int kPoints = 1'000'000;
constexpr int kLayers = 24, kExperts = 512, kSteps = 100'000, kEvery = 80;

double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// "VmRSS" or "VmHWM" of this process in MiB.
double memoryMiB(const char* name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name)) return std::stod(line.substr(line.find(':') + 1)) / 1024;
    return 0;
}

double valueAt(int step) {
    return step == 777'777 ? 25.0 : 1.0 + 4.0 * std::exp(-step / 2e5) + 0.2 * std::sin(step * 12.9898);
}

/// A page and its event loop until everything due is drawn.
void draw() {
    QCoreApplication::sendPostedEvents();
    QCoreApplication::processEvents();
}

double threadCpu_ms() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// Frames by the time this thread works on them, which other programs on the same core do not stretch.
struct Frames {
    std::vector<double> ms;
    double begun = 0;
    void begin() { begun = threadCpu_ms(); }
    void end() { ms.push_back(threadCpu_ms() - begun); }
    double worst() const { return *std::max_element(ms.begin(), ms.end()); }
    double median() const {
        std::vector<double> sorted = ms;
        std::sort(sorted.begin(), sorted.end());
        return sorted[sorted.size() / 2];
    }
};

}  // namespace

class ScaleTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(true); }

    void aMillionPointsOpenAndPan() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-million"));
        QDir().mkpath(runs_dir);
        const runs::RunPaths paths = makeRun(runs_dir, {.name = "million", .steps = kPoints, .recorded = 0});
        {
            runs::RunDbWriter db(paths.database());
            for (int step = 1; step <= kPoints; ++step) {
                db.add(runs::Metric{step, "loss/total", valueAt(step), 1e9 + step * 0.01});
                if (step % 100'000 == 0) db.flush();
            }
        }
        AppContext context(runs_dir);
        CurvesPage page(context);
        page.resize(1100, 760);
        page.show();
        QTRY_VERIFY(context.runs().listed());
        const QString dir = QString::fromStdString(paths.dir.string());
        double opened_ms = 1e9, opened_cpu_ms = 1e9;
        const int rounds = timesCount() ? 5 : 1;
        for (int round = 0; round < rounds; ++round) {
            context.selectRun({});
            QTRY_COMPARE(page.state(), RecordPage::State::kNoRun);
            QElapsedTimer clock;
            clock.start();
            const double cpu = cpuSeconds();
            context.selectRun(dir);
            // Open = every point is in the curve, and the plot has been drawn with it.
            QVERIFY(QTest::qWaitFor(
                [&] {
                    const CurveSeries* total = page.group().curves().find(QStringLiteral("loss/total"));
                    return page.state() == RecordPage::State::kContent && total != nullptr &&
                           total->size() == std::size_t(kPoints);
                },
                60'000));
            draw();
            opened_ms = std::min(opened_ms, static_cast<double>(clock.nsecsElapsed()) / 1e6);
            opened_cpu_ms = std::min(opened_cpu_ms, (cpuSeconds() - cpu) * 1e3);
        }
        const CurveSeries& total = *page.group().curves().find(QStringLiteral("loss/total"));
        for (const int step : {1, 500'000, 777'777, kPoints}) {
            QCOMPARE(total.step()[static_cast<std::size_t>(step - 1)], static_cast<double>(step));
            QCOMPARE(total.raw()[static_cast<std::size_t>(step - 1)], valueAt(step));
        }
        // Panning by the mouse: each frame moves all plots and draws them.
        CurvePlot& loss = page.card(QStringLiteral("loss"))->plot();
        page.group().zoom(0.5, 500'000);
        draw();
        const QRect place = loss.plotRect();
        QTest::mousePress(loss.surface(), Qt::LeftButton, {}, place.center());
        Frames frames;
        const double before = page.group().range().low;
        for (int i = 1; i <= 60; ++i) {
            const QPoint at = place.center() - QPoint(i * 3, 0);
            frames.begin();
            QMouseEvent move(QEvent::MouseMove, at, loss.surface()->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
            QApplication::sendEvent(loss.surface(), &move);
            draw();
            frames.end();
        }
        QTest::mouseRelease(loss.surface(), Qt::LeftButton, {}, place.center() - QPoint(180, 0));
        const double span = page.group().range().span();
        QVERIFY(std::abs(page.group().range().low - before - 180.0 / place.width() * span) < span / 200);
        qInfo(
            "1,000,000 points: opened in %.0f ms (%.0f ms of CPU in all threads), a frame of panning %.1f ms (longest "
            "%.1f)",
            opened_ms, opened_cpu_ms, frames.median(), frames.worst());
        SKIP_UNLESS_TIMES_COUNT();
        QVERIFY2(opened_cpu_ms < 1000, "a run of a million points opens in over a second");
        QVERIFY2(frames.median() < 20, "panning draws less than 50 frames a second");
    }

    void largeHeatmapScrubs() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-large"));
        QDir().mkpath(runs_dir);
        const runs::RunPaths paths =
            makeRun(runs_dir, {.name = "large", .steps = kSteps, .recorded = 0, .experts = kExperts});
        const auto count = [](int step, int layer, int expert) {
            return static_cast<std::int32_t>(64 + 40 * std::sin(expert * 1.7 + layer) +
                                             (expert == step / kEvery % 512));
        };
        const int every = timesCount() ? kEvery : kEvery * 10;  // the picture is the same with a tenth of the records
        {
            runs::RunDbWriter db(paths.database());
            for (int step = every; step <= kSteps; step += every) {
                for (int layer = 0; layer < kLayers; ++layer) {
                    runs::ExpertLoad load{step, "fusion.blocks." + std::to_string(layer) + ".moe", "text", {}, 0};
                    for (int e = 0; e < kExperts; ++e) load.counts.push_back(count(step, layer, e));
                    db.add(std::move(load));
                }
                db.add(runs::Metric{step, "loss/total", valueAt(step), 1e9 + step * 0.01});
                if (step / every % 50 == 0) db.flush();
            }
        }
        MainWindow window(runs_dir, QString::fromStdString(paths.dir.string()),
                          folders_.path(QStringLiteral("scale.ini")));
        window.resize(1280, 800);
        window.show();
        window.showPage(QStringLiteral("experts"));
        auto* page = qobject_cast<ExpertsPage*>(window.page(QStringLiteral("experts")));
        QVERIFY(QTest::qWaitFor([&] { return window.context().runs().complete(); }, 300'000));
        QTRY_COMPARE(page->state(), RecordPage::State::kContent);
        QCOMPARE(window.context().runs().loads().layers().size(), kLayers);
        const LoadRing& ring = window.context().runs().loads().layer(QStringLiteral("fusion.blocks.7.moe"))->ring;
        QCOMPARE(ring.experts(), kExperts);
        QCOMPARE(ring.lastStep(), static_cast<std::int64_t>(kSteps / every * every));
        std::uint64_t sum = 0, expected = 0;
        for (int column = 0; column < ring.size(); ++column) sum += ring.count(column, LoadModality::kAll, 100);
        for (int step = every; step <= kSteps; step += every)
            expected += static_cast<std::uint64_t>(count(step, 7, 100));
        QCOMPARE(sum, expected);
        // The mouse is dragged over the heatmap: the cursor follows, and with it every part of the page.
        LoadHeatmap& heatmap = page->heatmap();
        draw();
        Frames frames;
        const QPoint from(heatmap.width() / 4, heatmap.height() / 2);
        QTest::mousePress(&heatmap, Qt::LeftButton, {}, from);
        double last = -1;
        int moved = 0;
        for (int i = 1; i <= 60; ++i) {
            const QPoint at = from + QPoint(i * heatmap.width() / 140, (i * 7) % 60 - 30);
            frames.begin();
            QMouseEvent move(QEvent::MouseMove, at, heatmap.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
            QApplication::sendEvent(&heatmap, &move);
            draw();
            frames.end();
            moved += page->focus().step() != last;
            last = page->focus().step();
        }
        QTest::mouseRelease(&heatmap, Qt::LeftButton, {}, from);
        QVERIFY(moved > 40);
        const double rss = memoryMiB("VmRSS"), peak = memoryMiB("VmHWM");
        qInfo(
            "%d layers x %d experts x %d steps (a record every %d): a frame of scrubbing %.1f ms (longest %.1f), "
            "memory %.0f MiB, at most %.0f",
            kLayers, kExperts, kSteps, every, frames.median(), frames.worst(), rss, peak);
        shotInBothThemes(window, QStringLiteral("scale-experts"));
        SKIP_UNLESS_TIMES_COUNT();
        QVERIFY2(frames.median() < 20, "scrubbing draws less than 50 frames a second");
        QVERIFY2(rss < 400, "the window takes more than 400 MiB");
    }

    void eightLiveRunsAreFollowed() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-live"));
        QDir().mkpath(runs_dir);
        constexpr int kRuns = 8;
        const int seconds = timesCount() ? 12 : 4;
        std::vector<runs::RunPaths> paths;
        for (int i = 0; i < kRuns; ++i)
            paths.push_back(makeRun(
                runs_dir, {.name = "live-" + std::to_string(i), .steps = 100'000, .recorded = 50, .state = ""}));
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t writer = ::fork();
        if (writer == 0) {
            // Another process, as a run's rank 0 is: what it costs is not the window's.
            char go = 0;
            ::close(ready[1]);
            if (::read(ready[0], &go, 1) != 1) ::_exit(1);
            std::vector<std::unique_ptr<runs::RunDbWriter>> writers;
            for (const runs::RunPaths& run : paths)
                writers.push_back(std::make_unique<runs::RunDbWriter>(run.database()));
            for (int step = 51; step < 51 + seconds * 10; ++step) {
                for (const auto& db : writers) {
                    for (const char* tag : {"loss/total", "loss/contrastive", "loss/matching", "loss/balance", "loss/z",
                                            "optim/lr", "optim/grad_norm", "perf/samples_per_s", "perf/tokens_per_s",
                                            "perf/step_ms", "memory/peak_bytes"})
                        db->add(runs::Metric{step, tag, 1.0 + std::sin(step), wallTime()});
                    runs::ExpertLoad load{step, "fusion.blocks.0.moe", "text", std::vector<std::int32_t>(64, 9), 0};
                    db->add(std::move(load));
                    db->flush();
                }
                ::usleep(100'000);
            }
            for (;;) ::pause();  // the runs live on until the test ends them
        }
        QVERIFY(writer > 0);
        const auto end = qScopeGuard([writer] {
            ::kill(writer, SIGKILL);
            ::waitpid(writer, nullptr, 0);
        });
        for (const runs::RunPaths& run : paths) {
            runs::SupervisorRecord record;
            record.pid = writer;
            record.start_ticks = runs::processStartTicks(writer);
            record.boot_id = runs::bootId();
            record.phase = "running";
            record.started_at = wallTime();
            runs::writeSupervisorRecord(run, record);
        }
        MainWindow window(runs_dir, QString::fromStdString(paths[0].dir.string()),
                          folders_.path(QStringLiteral("live.ini")));
        window.resize(1280, 800);
        window.show();
        window.showPage(QStringLiteral("curves"));
        auto* page = qobject_cast<CurvesPage*>(window.page(QStringLiteral("curves")));
        QTRY_COMPARE(page->state(), RecordPage::State::kContent);
        QTRY_COMPARE(window.context().runs().statuses().size(), std::size_t(kRuns));
        for (const runs::RunStatus& status : window.context().runs().statuses())
            QCOMPARE(status.state, runs::RunState::kRunning);
        // All of them in the plots: the most that the window can be asked to follow.
        QStringList others;
        for (int i = 1; i < kRuns; ++i)
            others << QString::fromStdString(paths[static_cast<std::size_t>(i)].dir.string());
        page->setCompared(others);
        QTRY_COMPARE(page->group().runs(), kRuns);
        QTest::qWait(1500);  // the start is not what is measured
        QCOMPARE(::write(ready[1], "g", 1), 1);
        QElapsedTimer clock;
        clock.start();
        const double before = cpuSeconds();
        while (clock.elapsed() < seconds * 1000) QTest::qWait(50);
        const double share = (cpuSeconds() - before) / (static_cast<double>(clock.elapsed()) / 1000);
        qInfo("8 live runs at 10 steps/s, all in the plots: %.1f %% of a core", 100 * share);
        const auto last = std::size_t(50 + seconds * 10);
        for (int i = 0; i < kRuns; ++i)
            QTRY_COMPARE_WITH_TIMEOUT(page->group().run(i).curves.find(QStringLiteral("loss/total"))->size(), last,
                                      60'000);
        SKIP_UNLESS_TIMES_COUNT();
        QVERIFY2(share < 0.15, "following 8 live runs takes more than 15 % of a core");
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(ScaleTest)
#include "scale_test.moc"
