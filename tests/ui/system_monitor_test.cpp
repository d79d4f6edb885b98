// SPDX-License-Identifier: GPL-3.0-or-later
// Load of the machine: read once a second off the GUI thread, with GPUs, without the driver, without the library.
#include <QElapsedTimer>
#include <QLabel>
#include <QSignalSpy>
#include <QToolButton>
#include <QtTest>
#include <atomic>

#include "ui/main_window.h"
#include "ui/panels/system_panel.h"
#include "ui/services/system_monitor.h"
#include "ui_tools.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

constexpr const char* kNoLibrary = "libswitchyard-there-is-none.so.1";
constexpr const char* kFake = SWITCHYARD_BUILD_DIR "/tests/fake_nvml/libnvidia-ml.so.1";

SystemLoad firstLoad(SystemMonitor& monitor) {
    QSignalSpy spy(&monitor, &SystemMonitor::loadChanged);
    return spy.wait(10'000) ? spy[0][0].value<SystemLoad>() : SystemLoad();
}

QStringList wordsOf(const QWidget& widget) {
    QStringList words;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        if (label->isVisible() && !label->text().isEmpty()) words << label->text();
    return words;
}

}  // namespace

class SystemMonitorTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        qRegisterMetaType<SystemLoad>();
        Theme::instance().setDark(true);
    }
    void cleanup() { qunsetenv("FAKE_NVML"); }

    void theKernelsFiguresAreTaken() {
        SystemMonitor monitor(nullptr, QString::fromLatin1(kNoLibrary));
        monitor.setFolder(folders_.path(QString()));
        const SystemLoad load = firstLoad(monitor);
        QVERIFY(load.cpu >= 0 && load.cpu <= 1);
        QVERIFY(load.cores >= 1);
        QVERIFY(load.memory > 64e6 && load.memory_used > 0 && load.memory_used < load.memory);
        QVERIFY(load.disk > 0 && load.disk_used >= 0 && load.disk_used <= load.disk);
    }

    void withoutTheLibraryItIsSaidInWords() {
        SystemMonitor monitor(nullptr, QString::fromLatin1(kNoLibrary));
        const SystemLoad load = firstLoad(monitor);
        QVERIFY(load.gpus.empty());
        SystemPanel panel;
        panel.resize(300, 420);
        panel.QWidget::show();
        panel.setLoad(load);
        QVERIFY(wordsOf(panel).contains(
            QStringLiteral("No NVIDIA GPU is shown: the driver's library libnvidia-ml.so.1 is not on this machine")));
        QVERIFY(!SystemPanel::summary(load).contains(QStringLiteral("GPU")));
        shotInBothThemes(panel, QStringLiteral("system-no-gpu"));
    }

    void gpusAreRead() {
        SystemMonitor monitor(nullptr, QString::fromLatin1(kFake));
        monitor.setFolder(folders_.path(QString()));
        const SystemLoad load = firstLoad(monitor);
        QVERIFY2(load.gpu_problem.isEmpty(), qPrintable(load.gpu_problem));
        QCOMPARE(load.gpus.size(), std::size_t(2));
        QCOMPARE(load.gpus[0].name, std::string("Made-up GPU A"));
        QCOMPARE(load.gpus[0].busy, 0.4);
        QCOMPARE(load.gpus[1].busy, 0.9);
        QCOMPARE(load.gpus[1].memory_used, 18.0 * (1ULL << 30));
        QCOMPARE(load.gpus[0].watts, 123.4);
        QCOMPARE(load.gpus[1].watts, -1.0);
        QCOMPARE(load.gpus[1].celsius, 72.0);
        // 0.4 and 0.9 are 0.65 on average; 6 and 18 of twice 24 GiB.
        QVERIFY2(SystemPanel::summary(load).contains("2 GPUs, mean 65 %     GPU memory 24.0 of 48.0 GiB"),
                 qPrintable(SystemPanel::summary(load)));
        SystemPanel panel;
        panel.resize(300, 420);
        panel.QWidget::show();
        panel.setLoad(load);
        const QStringList words = wordsOf(panel);
        QVERIFY(words.contains("18.0 of 24.0 GiB") && words.contains("90 %"));
        QVERIFY(words.contains("51 °C, 123 W"));
        QVERIFY(words.contains("72 °C"));
        shotInBothThemes(panel, QStringLiteral("system-gpus"));
        // One is gone, then both come back: rows follow.
        SystemLoad fewer = load;
        fewer.gpus.pop_back();
        panel.setLoad(fewer);
        QTRY_VERIFY(!wordsOf(panel).contains("90 %"));
        panel.setLoad(load);
        QTRY_VERIFY(wordsOf(panel).contains("90 %"));
    }

    void aDriverThatIsNotLoadedIsToldInItsWords() {
        qputenv("FAKE_NVML", "no-driver");
        NvmlReader reader(kFake);
        QCOMPARE(reader.problem(), std::string("No NVIDIA GPU is shown: the driver says \"Driver Not Loaded\""));
        QVERIFY(reader.read().empty());
    }

    void readingsComeOnceASecondFromAnotherThread() {
        SystemMonitor monitor(nullptr, QString::fromLatin1(kFake));
        std::atomic<int> readings = 0, here = 0;
        connect(
            &monitor, &SystemMonitor::loadChanged, &monitor,
            [&readings, &here, gui = QThread::currentThread()] {
                here += QThread::currentThread() == gui;
                ++readings;
            },
            Qt::DirectConnection);
        QElapsedTimer clock;
        clock.start();
        QTRY_VERIFY_WITH_TIMEOUT(readings >= 1, 20'000);
        // They go on while this thread is held up. On a busy machine one that is late comes close before the next, but
        // there are never more than a second's each since the start.
        while (readings < 4 && clock.elapsed() < 20'000) QThread::msleep(10);
        QVERIFY(readings >= 4);
        QVERIFY2(clock.elapsed() >= (readings - 2) * 1000, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(here.load(), 0);
    }

    void theStatusBarOpensThePanel() {
        const QString runs = folders_.path(QStringLiteral("runs"));
        QDir().mkpath(runs);
        MainWindow window(runs, {}, folders_.path(QStringLiteral("system.ini")));
        window.resize(1280, 800);
        window.show();
        auto* panel = window.findChild<SystemPanel*>();
        QVERIFY(panel != nullptr && !panel->isVisible());
        QToolButton* button = nullptr;
        for (QToolButton* candidate : window.findChildren<QToolButton*>())
            if (candidate->accessibleName() == QStringLiteral("Load of this machine")) button = candidate;
        QVERIFY(button != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(button->text().contains(QStringLiteral("Memory")), 10'000);
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(panel->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(wordsOf(*panel).join(u' ').contains(QStringLiteral("GiB")), 10'000);
        shotInBothThemes(window, QStringLiteral("window-system"));
        QTest::keyClick(button, Qt::Key_Space);
        QVERIFY(!panel->isVisible());
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(SystemMonitorTest)
#include "system_monitor_test.moc"
