// SPDX-License-Identifier: GPL-3.0-or-later
// The curves page, driven as a person does: wheel, drag, keys, clicks, menus.
#include <QCheckBox>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QTableView>
#include <QToolButton>
#include <QWheelEvent>
#include <QtTest>

#include "ui/models/run_words.h"
#include "ui/panels/curves/curve_exports.h"
#include "ui/panels/curves/curves_tool_bar.h"
#include "ui/panels/curves/legend_entry.h"
#include "ui/panels/curves_page.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/table_dialog.h"
#include "ui_tools.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

/// A run of 400 steps, shown on a page of its own.
struct Shown {
    Shown(const OwnFolders& folders, const MadeUpRun& made, const std::function<void(runs::RunDbWriter&)>& more = {})
        : runs_dir(folders.path(QStringLiteral("runs-") + QString::fromStdString(made.name))) {
        QDir().mkpath(runs_dir);
        const runs::RunPaths paths = makeRun(runs_dir, made);
        if (more) {
            runs::RunDbWriter db(paths.database());
            more(db);
            db.flush();
        }
        dir = QString::fromStdString(paths.dir.string());
        context = std::make_unique<AppContext>(runs_dir);
        page = std::make_unique<CurvesPage>(*context);
        page->resize(876, 640);
        page->show();
        context->selectRun(dir);
    }
    bool ready() const { return context->runs().complete() && page->state() == RecordPage::State::kContent; }
    CurvePlot& plot(const char* name) const { return page->card(QLatin1String(name))->plot(); }
    /// A point of a plot in the surface's pixels.
    QPoint at(CurvePlot& plot, double x, double share_down = 0.5) const {
        const QRect place = plot.plotRect();
        return QPoint(static_cast<int>(plot.pixelOf(x, 1).x()),
                      place.top() + static_cast<int>(share_down * place.height()));
    }

    QString runs_dir, dir;
    std::unique_ptr<AppContext> context;
    std::unique_ptr<CurvesPage> page;
};

void wheel(QWidget* widget, const QPoint& at, int notches, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QWheelEvent event(at, widget->mapToGlobal(at), {}, QPoint(0, 120 * notches), Qt::NoButton, modifiers,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(widget, &event);
}

void drag(QWidget* widget, const QPoint& from, const QPoint& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mousePress(widget, Qt::LeftButton, modifiers, from);
    for (int i = 1; i <= 4; ++i) {
        const QPoint at = from + (to - from) * i / 4;
        QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, modifiers);
        QApplication::sendEvent(widget, &move);
    }
    QTest::mouseRelease(widget, Qt::LeftButton, modifiers, to);
}

void moveMouse(QWidget* widget, const QPoint& at) {
    QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(widget, &move);
}

/// Types a path into the file dialog that opens next, and accepts.
void answerFileDialog(const QString& path) {
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, path] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        if (dialog == nullptr) return;
        timer->deleteLater();
        dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->setText(path);
        QMetaObject::invokeMethod(dialog, "accept");
    });
    timer->start(20);
}

/// What a widget shows, one pixel for one logical pixel at any scale.
QImage seen(QWidget& widget) {
    QImage image = widget.grab().toImage();
    if (image.devicePixelRatio() != 1) {
        const int scale = static_cast<int>(image.devicePixelRatio());
        QImage plain(widget.size(), QImage::Format_RGB32);
        for (int y = 0; y < plain.height(); ++y)
            for (int x = 0; x < plain.width(); ++x) plain.setPixel(x, y, image.pixel(x * scale, y * scale));
        return plain;
    }
    return image;
}

QAction* action(QMenu& menu, const QString& text) {
    for (QAction* entry : menu.actions())
        if (entry->text() == text) return entry;
    return nullptr;
}

QStringList linesOf(const QString& file) {
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()).split(u'\n', Qt::SkipEmptyParts)
                                        : QStringList();
}

const InspectorSection::Line* lineOf(const Inspection& inspection, const QString& name) {
    for (const InspectorSection& section : inspection.sections)
        for (const InspectorSection::Line& line : section.lines)
            if (line.name == name) return &line;
    return nullptr;
}

}  // namespace

class CurvesPageTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        qRegisterMetaType<Inspection>();
        Theme::instance().setDark(true);
    }

    void emptyStatesSayWhatIsMissing() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-empty"));
        QDir().mkpath(runs_dir);
        const runs::RunPaths paths = makeRun(runs_dir, {.name = "nothing", .recorded = 0, .state = "failed"});
        AppContext context(runs_dir);
        CurvesPage page(context);
        page.resize(876, 640);
        page.show();
        QTRY_COMPARE(page.state(), RecordPage::State::kNoRun);
        QSignalSpy asked(&context, &AppContext::pageRequested);
        shot(page, QStringLiteral("curves-no-run"));
        const auto buttons = page.findChildren<QPushButton*>();
        const auto configure =
            std::find_if(buttons.begin(), buttons.end(), [](QPushButton* b) { return b->isVisible(); });
        QVERIFY(configure != buttons.end());
        QTest::mouseClick(*configure, Qt::LeftButton);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toString(), QStringLiteral("configure"));
        context.selectRun(QString::fromStdString(paths.dir.string()));
        QTRY_COMPARE(page.state(), RecordPage::State::kEmpty);
        QTRY_VERIFY(context.runs().listed());
        shot(page, QStringLiteral("curves-no-records"));
        const auto labels = page.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
                            [](QLabel* l) { return l->isVisible() && l->text() == "No records yet"; }));
    }

    void showsTheWholeRunAtFirst() {
        Shown shown(folders_, {.name = "whole"});
        QTRY_VERIFY(shown.ready());
        QCOMPARE(shown.page->group().range().low, 0.0);
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        QVERIFY(shown.plot("grad_norm").log());
        QVERIFY(!shown.plot("loss").log());
        QCOMPARE(shown.plot("lr").scale(), 1e4);  // the highest rate is 9.98e-4
        QVERIFY(shown.page->card("eval")->isHidden());
        QVERIFY(!shown.page->banner().isVisible());
        // The losses lie between 0.29 (matching) and 6.28 (total).
        QCOMPARE(shown.plot("loss").yRange().first, 0.0);
        QVERIFY(shown.plot("loss").yRange().second > 6.2 && shown.plot("loss").yRange().second < 7);
    }

    void wheelZoomsAllPlotsAndTurnsFollowOff() {
        Shown shown(folders_, {.name = "wheel"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        const double span = shown.page->group().range().span();
        wheel(loss.surface(), shown.at(loss, 100), 1);
        QCOMPARE(shown.page->group().range().span(), span * 0.82);
        const double at = loss.pixelOf(100, 1).x();
        QVERIFY(std::abs(at - shown.at(loss, 100).x()) < 1.5);  // what was under the mouse stays there
        QVERIFY(!shown.page->toolBar().followBox().isChecked());
        CurvePlot& lr = shown.plot("lr");
        QCOMPARE(lr.pixelOf(shown.page->group().range().low, 1).x(), static_cast<double>(lr.plotRect().left()));
        QTest::mouseClick(&shown.page->toolBar().followBox(), Qt::LeftButton, {}, QPoint(8, 10));
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        // Over the y axis the wheel zooms that axis only.
        const auto before = loss.yRange();
        wheel(loss.surface(), QPoint(10, loss.plotRect().center().y()), 1);
        QVERIFY(loss.yRange().second < before.second);
        QVERIFY(!loss.yIsAutomatic());
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        QVERIFY(shown.page->group().follow());
    }

    void dragPansAndDoubleClickFits() {
        Shown shown(folders_, {.name = "drag"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        wheel(loss.surface(), shown.at(loss, 200), 3);
        const PlotGroup::Range zoomed = shown.page->group().range();
        const QRect place = loss.plotRect();
        drag(loss.surface(), place.center(), place.center() - QPoint(place.width() / 4, 0));
        QVERIFY(std::abs(shown.page->group().range().low - zoomed.low - zoomed.span() / 4) < zoomed.span() / 100);
        QVERIFY(std::abs(shown.page->group().range().span() - zoomed.span()) < 1e-9);
        QVERIFY(!shown.page->group().cursor().pinned());  // a drag is no click
        QTest::mouseDClick(loss.surface(), Qt::LeftButton, {}, place.center());
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        QVERIFY(shown.page->group().follow());
    }

    void rubberBandSetsBothAxes() {
        Shown shown(folders_, {.name = "band"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        const QPoint from = loss.pixelOf(100, 4).toPoint(), to = loss.pixelOf(200, 2).toPoint();
        drag(loss.surface(), from, to, Qt::ShiftModifier);
        QVERIFY(std::abs(shown.page->group().range().low - 100) < 1);
        QVERIFY(std::abs(shown.page->group().range().high - 200) < 1);
        QVERIFY(std::abs(loss.yRange().first - 2) < 0.05);
        QVERIFY(std::abs(loss.yRange().second - 4) < 0.05);
        QVERIFY(!shown.page->group().follow());
        // Now that the range is the user's, dragging moves it up and down too.
        const auto before = loss.yRange();
        drag(loss.surface(), loss.plotRect().center(),
             loss.plotRect().center() + QPoint(0, loss.plotRect().height() / 2));
        QVERIFY(std::abs(loss.yRange().first - before.first - 1) < 0.05);
        QTest::mouseClick(&shown.page->toolBar().followBox(), Qt::LeftButton, {}, QPoint(8, 10));
        QVERIFY(loss.yIsAutomatic());
        QCOMPARE(loss.yRange().first, 0.0);
    }

    void cursorIsLinkedPinnedAndMovedByKeys() {
        Shown shown(folders_, {.name = "cursor"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        LinkedCursor& cursor = shown.page->group().cursor();
        moveMouse(loss.surface(), shown.at(loss, 120));
        QVERIFY(cursor.step().has_value());
        QVERIFY(std::abs(*cursor.step() - 120) <= 1);
        QVERIFY(!cursor.pinned());
        QTest::mouseClick(loss.surface(), Qt::LeftButton, {}, shown.at(loss, 200));
        QVERIFY(cursor.pinned());
        const double pinned = *cursor.step();
        QVERIFY(std::abs(pinned - 200) <= 1);
        moveMouse(loss.surface(), shown.at(loss, 50));
        QCOMPARE(*cursor.step(), pinned);
        QTest::keyClick(loss.surface(), Qt::Key_Right);
        QCOMPARE(*cursor.step(), pinned + 1);
        QTest::keyClick(loss.surface(), Qt::Key_Left);
        QTest::keyClick(loss.surface(), Qt::Key_Left);
        QCOMPARE(*cursor.step(), pinned - 1);
        QTest::keyClick(loss.surface(), Qt::Key_End);
        QCOMPARE(*cursor.step(), 400.0);
        QTest::keyClick(loss.surface(), Qt::Key_Home);
        QCOMPARE(*cursor.step(), 1.0);
        // 1e-3 / 20 at step 1 of the warm-up, times the cosine's 0.99998.
        QCOMPARE(shown.page->card("lr")->valueText(), QStringLiteral("0.50"));
        QTest::keyClick(loss.surface(), Qt::Key_Escape);
        QVERIFY(!cursor.pinned());
        QVERIFY(!cursor.step().has_value());
        // The line is drawn in every plot, in the text colour.
        cursor.pin(200);
        for (const char* name : {"loss", "lr", "grad_norm", "throughput", "memory"}) {
            CurvePlot& plot = shown.plot(name);
            const QImage image = seen(*plot.surface());
            const int x = static_cast<int>(std::floor(plot.pixelOf(200, 1).x()));
            QCOMPARE(image.pixelColor(x, plot.plotRect().top() + 2), Theme::instance().palette().text);
        }
    }

    void inspectorGetsTheValuesAtTheCursor() {
        Shown shown(folders_, {.name = "inspect"}, [](runs::RunDbWriter& db) {
            db.add(runs::Event{wallTime(), 300, runs::Level::kInfo, "rank 0", "Checkpoint step-00000300 saved"});
        });
        QSignalSpy inspected(shown.page.get(), &Page::inspect);
        QTRY_VERIFY(shown.ready());
        QTRY_VERIFY(!inspected.isEmpty());
        shown.page->toolBar().smoothingSlider().setValue(0);
        inspected.clear();
        shown.page->group().cursor().pin(123);
        QTRY_VERIFY(!inspected.isEmpty());
        const auto seen = inspected.last()[0].value<Inspection>();
        QCOMPARE(seen.heading, QStringLiteral("Step 123"));
        QCOMPARE(seen.sections[0].columns, (QStringList{"Metric", "Smoothed", "Raw"}));
        const Series* total = shown.context->runs().series(QStringLiteral("loss/total"));
        const auto* line = lineOf(seen, QStringLiteral("loss/total"));
        QVERIFY(line != nullptr);
        QCOMPARE(line->second, shortNumber(total->value[122]));
        QCOMPARE(line->swatch, Theme::instance().seriesPen(0).color());
        QVERIFY(!lineOf(seen, QStringLiteral("optim/grad_norm"))->swatch.isValid());
        QTRY_VERIFY(lineOf(inspected.last()[0].value<Inspection>(), QStringLiteral("Experts")) != nullptr);
        const auto facts = inspected.last()[0].value<Inspection>();
        QCOMPARE(lineOf(facts, QStringLiteral("Experts"))->value, QStringLiteral("64, top 2"));
        QCOMPARE(lineOf(facts, QStringLiteral("Last checkpoint"))->value, QStringLiteral("step 300"));
        QVERIFY(QRegularExpression(QStringLiteral("^[0-9a-f]{4} [0-9a-f]{4}$"))
                    .match(lineOf(facts, QStringLiteral("Config"))->value)
                    .hasMatch());
    }

    void smoothingIsComputedOnAllRecords() {
        Shown shown(folders_, {.name = "smooth"});
        QTRY_VERIFY(shown.ready());
        shown.page->toolBar().smoothingSlider().setValue(0);
        const CurveSeries* total = shown.page->group().curves().find(QStringLiteral("loss/total"));
        QVERIFY(!total->isSmoothed());
        QTest::keyClick(&shown.page->toolBar().smoothingSlider(), Qt::Key_End);
        QCOMPARE(shown.page->toolBar().smoothing(), 0.999);
        double sum = 0, weight = 0;
        for (const double value : total->raw()) sum = 0.999 * sum + 0.001 * value, weight = 0.999 * weight + 0.001;
        QVERIFY(std::abs(total->smoothed().back() - sum / weight) < 1e-12);
        QVERIFY(!shown.page->group().curves().find(QStringLiteral("optim/lr"))->isSmoothed());
    }

    void legendHidesLines() {
        Shown shown(folders_, {.name = "legend"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        QVERIFY(loss.yRange().second > 6);
        PlotCard* card = shown.page->card("loss");
        for (const int line : {0, 1, 4}) QTest::mouseClick(card->legend(line), Qt::LeftButton);
        QVERIFY(!loss.lineVisible(0));
        // What is left are matching (at most 0.62) and balance (at most 1.61).
        QVERIFY(loss.yRange().second < 2);
        QTest::keyClick(card->legend(0), Qt::Key_Space);
        QVERIFY(loss.lineVisible(0));
        QVERIFY(loss.yRange().second > 6);
    }

    void axesSwitch() {
        Shown shown(folders_, {.name = "axes"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        shown.page->toolBar().lossAxisControl().setCurrent(1);
        QVERIFY(loss.log());
        // The smallest value is 0.28 (matching); 6 % of the axis stay free below it: 0.28 / (6.3 / 0.28) ^ 0.06.
        QVERIFY(std::abs(loss.yRange().first - 0.235) < 0.01);
        // The card's own menu changes the same switch.
        action(shown.page->card("loss")->chartMenu().menu(), QStringLiteral("Logarithmic axis"))->trigger();
        QVERIFY(!loss.log());
        QCOMPARE(shown.page->toolBar().lossAxisControl().current(), 0);
        wheel(loss.surface(), shown.at(loss, 200), 4);
        const PlotGroup::Range steps = shown.page->group().range();
        shown.page->toolBar().xAxisControl().setCurrent(1);
        // Records lie 0.2 s apart: the same records stay in sight.
        QVERIFY(std::abs(shown.page->group().range().low - (std::round(steps.low) - 1) * 0.2) < 0.21);
        QVERIFY(std::abs(shown.page->group().range().high - (std::round(steps.high) - 1) * 0.2) < 0.21);
        shown.page->group().setFollow(true);
        QVERIFY(std::abs(shown.page->group().range().high - 399 * 0.2 * 1.016) < 0.01);
        shown.page->group().cursor().pin(301);
        QCOMPARE(shown.page->group().curves().xOf(301, XAxis::kTime), 60.0);
        shot(*shown.page, QStringLiteral("curves-time"));
    }

    void nonFiniteValuesAreMarkedAndShown() {
        Shown shown(folders_, {.name = "nan", .nan_step = 270});
        QTRY_VERIFY(shown.ready());
        MessageBanner& banner = shown.page->banner();
        QTRY_VERIFY(banner.isVisible());
        QCOMPARE(banner.text(),
                 QStringLiteral("First non-finite value: <code><b>loss/contrastive</b></code> at step 270 on rank 0."));
        CurvePlot& loss = shown.plot("loss");
        // The marker: a triangle of the danger colour on the axis, and a line above it.
        QTest::qWait(20);  // a replot waits for the event loop
        const QImage image = seen(*loss.surface());
        const QPointF foot(loss.pixelOf(270, 0).x(), loss.plotRect().bottom());
        QCOMPARE(image.pixelColor(static_cast<int>(foot.x()) + 3, static_cast<int>(foot.y()) - 1),
                 Theme::instance().palette().danger);
        const QColor line = image.pixelColor(static_cast<int>(std::floor(foot.x())), loss.plotRect().top() + 60);
        QVERIFY(line.red() > line.blue() + 40);
        wheel(loss.surface(), shown.at(loss, 10), 12);
        QVERIFY(shown.page->group().range().high < 270);
        const auto buttons = banner.findChildren<QPushButton*>();
        QCOMPARE(buttons.first()->text(), QStringLiteral("Show step 270"));
        QTest::mouseClick(buttons.first(), Qt::LeftButton);
        QCOMPARE(*shown.page->group().cursor().step(), 270.0);
        QVERIFY(shown.page->group().cursor().pinned());
        QVERIFY(shown.page->group().range().low < 270 && shown.page->group().range().high > 270);
        QTest::mouseClick(banner.findChildren<QToolButton*>().first(), Qt::LeftButton);
        QVERIFY(!banner.isVisible());
        shown.page->group().setFollow(true);
        shotInBothThemes(*shown.page, QStringLiteral("curves-876"));
    }

    void resumesAreMarked() {
        Shown shown(folders_, {.name = "resume"}, [](runs::RunDbWriter& db) {
            db.add(
                runs::Event{wallTime(), -1, runs::Level::kInfo, "supervisor", "Resumed from step-00000150 on 1 rank"});
            db.add(runs::Metric{150, "eval/retrieval/text_to_image_r1", 0.25, wallTime()});
            db.add(runs::Metric{150, "eval/retrieval/image_to_text_r1", 0.30, wallTime()});
            db.add(runs::Metric{300, "eval/retrieval/text_to_image_r1", 0.50, wallTime()});
            db.add(runs::Metric{300, "eval/retrieval/image_to_text_r1", 0.625, wallTime()});
            db.add(runs::Metric{300, "eval/retrieval/text_to_image_r10", 0.875, wallTime()});
        });
        QTRY_VERIFY(shown.ready());
        QTRY_COMPARE(shown.page->group().seams(), std::vector<double>({150}));
        CurvePlot& loss = shown.plot("loss");
        QTest::qWait(20);  // a replot waits for the event loop
        const QImage image = seen(*loss.surface());
        const int x = static_cast<int>(std::floor(loss.pixelOf(150, 1).x()));
        int dots = 0, gaps = 0;
        for (int y = loss.plotRect().top() + 30; y < loss.plotRect().bottom() - 20; ++y) {
            const bool on = image.pixelColor(x, y).lightness() > 150;
            dots += on;
            gaps += !on;
        }
        QVERIFY(dots > 30 && gaps > dots);  // 2 on, 3 off
        // Evaluation is a card of its own once there is one.
        PlotCard* eval = shown.page->card("eval");
        QVERIFY(eval->isVisible());
        QCOMPARE(eval->plot().scale(), 100.0);
        QCOMPARE(eval->tags().first(), QStringLiteral("eval/retrieval/text_to_image_r1"));
        shown.page->resize(990, 660);
        shotInBothThemes(*shown.page, QStringLiteral("curves-eval-990"));
        action(eval->chartMenu().menu(), QStringLiteral("Recall@10"))->trigger();
        QCOMPARE(eval->tags(), (QStringList{"eval/retrieval/text_to_image_r10", "eval/retrieval/image_to_text_r10"}));
    }

    void dataTableIsTheTwin() {
        Shown shown(folders_, {.name = "table", .nan_step = 270});
        QTRY_VERIFY(shown.ready());
        action(shown.page->card("loss")->chartMenu().menu(), QStringLiteral("Data table"))->trigger();
        auto* dialog = shown.page->findChild<TableDialog*>();
        QVERIFY(dialog != nullptr && dialog->isVisible());
        const QAbstractItemModel& model = *dialog->view()->model();
        QCOMPARE(model.rowCount(), 400);
        QCOMPARE(model.columnCount(), 7);
        QCOMPARE(model.headerData(2, Qt::Horizontal).toString(), QStringLiteral("loss/total"));
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("1"));
        QCOMPARE(model.index(269, 2).data().toString(), QStringLiteral("NaN"));
        const double value = shown.context->runs().series(QStringLiteral("loss/balance"))->value[41];
        QCOMPARE(model.index(41, 5).data().toString(), QString::number(value, 'g', 7));
        QCOMPARE(dialog->view()->currentIndex().row(), 399);
        shot(*dialog, QStringLiteral("curves-table"));
        dialog->view()->setCurrentIndex(model.index(99, 0));
        QTest::keyClick(dialog->view(), Qt::Key_Return);
        QCOMPARE(*shown.page->group().cursor().step(), 100.0);
    }

    void exportsWriteWhatIsSeen() {
        Shown shown(folders_, {.name = "export", .nan_step = 270});
        QTRY_VERIFY(shown.ready());
        PlotCard* card = shown.page->card("loss");
        QMenu& menu = card->chartMenu().menu();
        QSignalSpy reported(shown.context.get(), &AppContext::reported);
        const auto save = [&](const QString& entry, const QString& name) {
            const QString path = folders_.path(name);
            answerFileDialog(path);
            const auto before = reported.size();
            action(menu, entry)->trigger();
            if (!QTest::qWaitFor([&] { return reported.size() > before; })) return QString();
            return reported.last()[0].toString() == "info" ? path : QString();
        };
        QStringList lines = linesOf(save(QStringLiteral("Export CSV of all records..."), QStringLiteral("all.csv")));
        QCOMPARE(lines.size(), 401);
        QCOMPARE(lines[0], QStringLiteral("step,time,loss/total,loss/contrastive,loss/matching,loss/balance,loss/z"));
        const QStringList row = lines[42].split(u',');
        QCOMPARE(row[0], QStringLiteral("42"));
        QCOMPARE(row[2].toDouble(), shown.context->runs().series(QStringLiteral("loss/total"))->value[41]);
        QCOMPARE(lines[270].split(u',')[2], QStringLiteral("nan"));
        const QPoint from = card->plot().pixelOf(100, 4).toPoint(), to = card->plot().pixelOf(200, 2).toPoint();
        drag(card->plot().surface(), from, to, Qt::ShiftModifier);
        lines = linesOf(save(QStringLiteral("Export CSV of the visible range..."), QStringLiteral("some.csv")));
        QVERIFY(lines.size() > 98 && lines.size() < 104);
        QVERIFY(std::abs(lines[1].split(u',')[0].toInt() - 100) <= 1);
        QImage png(save(QStringLiteral("Export PNG..."), QStringLiteral("loss.png")));
        QCOMPARE(png.width(), card->plot().surface()->width() * 2);
        QFile svg(save(QStringLiteral("Export SVG..."), QStringLiteral("loss.svg")));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const QByteArray drawing = svg.readAll();
        QVERIFY(drawing.contains("contrastive") && drawing.contains("NaN at step 270") == false);  // out of sight now
        QFile pdf(save(QStringLiteral("Export PDF..."), QStringLiteral("loss.pdf")));
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        QVERIFY(pdf.readAll().startsWith("%PDF-"));
    }

    void aSpikeOfOneInAMillionIsSeen() {
        PlotGroup group;
        group.curves().setTags({}, {QStringLiteral("loss/total")});
        Series record;
        const std::size_t count = 1'000'000, spike = 777'777;
        for (std::size_t i = 0; i < count; ++i) {
            record.step.push_back(static_cast<double>(i));
            record.time.push_back(static_cast<double>(i));
            record.value.push_back(i == spike ? 5.0 : 1.0);
        }
        group.curves().sync([&record](const QString&) { return &record; });
        group.refresh();
        CurvePlot plot(group, {QStringLiteral("Loss"), true},
                       {{QStringLiteral("loss/total"), QStringLiteral("total"), 0}});
        plot.resize(800, 300);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        QTest::qWait(20);  // a replot waits for the event loop
        const QImage image = seen(*plot.surface());
        const QPointF top = plot.pixelOf(static_cast<double>(spike), 4.5);
        const QColor blue = Theme::instance().seriesPen(0).color(), ground = Theme::instance().palette().panel;
        int touched = 0, others = 0;
        for (int x = plot.plotRect().left() + 2; x < plot.plotRect().right() - 2; ++x) {
            const QColor color = image.pixelColor(x, static_cast<int>(top.y()));
            const bool drawn = std::abs(color.blue() - blue.blue()) < 60 && color.blue() - ground.blue() > 100;
            if (drawn) (std::abs(x - top.x()) < 3 ? touched : others) += 1;
        }
        QVERIFY(touched >= 1);
        QCOMPARE(others, 0);
    }

    void aMillionRecordsStayFluid() {
        PlotGroup group;
        const QStringList tags = {"loss/total", "loss/contrastive", "loss/matching", "loss/balance", "loss/z"};
        group.curves().setTags(tags, {});
        group.curves().setSmoothing(0.86);
        Series record;
        quint32 state = 1;
        for (int i = 0; i < 1'000'000; ++i) {
            state = state * 1664525u + 1013904223u;
            record.step.push_back(i);
            record.time.push_back(i);
            record.value.push_back(2 + std::exp(-i / 2e5) + static_cast<double>(state >> 16) / 65536.0);
        }
        QElapsedTimer clock;
        clock.start();
        group.curves().sync([&record](const QString&) { return &record; });
        const double read_ms = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        group.refresh();
        std::vector<PlotLine> lines;
        for (const QString& tag : tags) lines.push_back({tag, tag, static_cast<int>(lines.size())});
        CurvePlot plot(group, {QStringLiteral("Loss"), true}, lines);
        plot.resize(1100, 420);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        double best = 1e9, smooth_best = 1e9;
        for (int i = 0; i < 8; ++i) {
            clock.start();
            group.zoom(0.98, 500'000 + i);
            QCoreApplication::processEvents();  // the queued replot, then the paint event
            best = std::min(best, static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        for (int i = 0; i < 3; ++i) {
            clock.start();
            group.curves().setSmoothing(0.9 + 0.01 * i);
            smooth_best = std::min(smooth_best, static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        qInfo("5 lines of 1,000,000 records: read %.0f ms, repaint %.1f ms, new smoothing %.0f ms", read_ms, best,
              smooth_best);
        QVERIFY2(best < 40, "a repaint takes longer than 40 ms");
    }

    void anotherRunReplacesThisOne() {
        Shown shown(folders_, {.name = "switch", .nan_step = 30});
        QTRY_VERIFY(shown.ready());
        QTRY_VERIFY(shown.page->banner().isVisible());
        const runs::RunPaths other = makeRun(shown.runs_dir, {.name = "other", .recorded = 90});
        shown.page->group().cursor().pin(300);
        wheel(shown.plot("loss").surface(), shown.at(shown.plot("loss"), 200), 4);
        shown.context->selectRun(QString::fromStdString(other.dir.string()));
        QTRY_COMPARE(shown.page->group().range().high, 90 * 1.016);
        QVERIFY(shown.page->group().follow());
        QVERIFY(!shown.page->group().cursor().step().has_value());
        QVERIFY(!shown.page->banner().isVisible());
        shown.context->selectRun({});
        QTRY_COMPARE(shown.page->state(), RecordPage::State::kNoRun);
    }

    void liveRecordsAreFollowed() {
        Shown shown(folders_, {.name = "live", .state = ""});
        QTRY_VERIFY(shown.ready());
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        runs::RunDbWriter db(runs::RunPaths(shown.dir.toStdString()).database());
        for (int step = 401; step <= 500; ++step) db.add(runs::Metric{step, "loss/total", 1.0, wallTime()});
        db.flush();
        QTRY_COMPARE(shown.page->group().range().high, 500 * 1.016);
        wheel(shown.plot("loss").surface(), shown.at(shown.plot("loss"), 100), 2);
        const double high = shown.page->group().range().high;
        // Hidden, the page takes nothing in; shown again, it does.
        shown.page->hide();
        for (int step = 501; step <= 600; ++step) db.add(runs::Metric{step, "loss/total", 1.0, wallTime()});
        db.flush();
        QTRY_COMPARE(shown.context->runs().series(QStringLiteral("loss/total"))->value.size(), std::size_t(600));
        QCOMPARE(shown.page->group().curves().find(QStringLiteral("loss/total"))->size(), std::size_t(500));
        shown.page->show();
        QTRY_COMPARE(shown.page->group().curves().find(QStringLiteral("loss/total"))->size(), std::size_t(600));
        QCOMPARE(shown.page->group().range().high, high);
    }

    void themeSwitchesLive() {
        Shown shown(folders_, {.name = "theme"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        Theme::instance().setDark(false);
        QCOMPARE(loss.linePen(0).color(), QColor(QStringLiteral("#0996F9")));
        QTRY_COMPARE(seen(*loss.surface()).pixelColor(2, 2), Theme::instance().palette().panel);
        Theme::instance().setDark(true);
        QTRY_COMPARE(seen(*loss.surface()).pixelColor(2, 2), Theme::instance().palette().panel);
    }

    void pictures() {
        if (qEnvironmentVariableIsEmpty("SWITCHYARD_SHOTS")) QSKIP("no folder for pictures");
        Shown shown(folders_, {.name = "pictures", .nan_step = 270});
        QTRY_VERIFY(shown.ready());
        shown.page->group().cursor().pin(350);
        for (const QSize size : {QSize(876, 640), QSize(990, 660), QSize(692, 560), QSize(1600, 1100)}) {
            shown.page->resize(size);
            QTest::qWait(50);
            shotInBothThemes(*shown.page, QStringLiteral("curves-%1").arg(size.width()));
        }
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(CurvesPageTest)
#include "curves_page_test.moc"
