// SPDX-License-Identifier: GPL-3.0-or-later
// The views of the Routing page: modes, loads, the expert's card, exports and tables, small windows, many experts.
#include <QClipboard>
#include <QTableView>
#include <algorithm>

#include "ui/panels/routing/patch_legend.h"
#include "ui/panels/routing/patch_tiles.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/plot_tools.h"
#include "ui/routing_fixture.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard::test;
using namespace switchyard::ui;

class RoutingViewsTest : public QObject, public RoutingFixture {
    Q_OBJECT
public:
    explicit RoutingViewsTest(OwnFolders& folders) : RoutingFixture(folders) {}

private Q_SLOTS:
    void initTestCase() { makeRuns(); }
    void cleanupTestCase() { endStage(); }

    void theFirstRowIsShown() {
        makeStage();
        QTRY_COMPARE_WITH_TIMEOUT(page().dataSamples().routes().size(), 24, kLong);
        QVERIFY(content());
        chooseLayer(kLayers[2]);
    }

    void modesShowWeightsEntropyAndDrops() {
        const RoutedLayer& layer = *focus().layer();
        const RoutedSample& sample = *focus().sample();
        const auto buttons = view()->modes()->findChildren<QToolButton*>();
        QTest::mouseClick(buttons[2], Qt::LeftButton);
        QCOMPARE(view()->patches()->mode(), PatchMode::kEntropy);
        for (int patch = 0; patch < 16; ++patch)
            QVERIFY(std::abs(view()->patches()->overlay().shares[static_cast<std::size_t>(patch)] -
                             layer.entropy(sample.rowOfPatch(layer, patch)) / 3) < 1e-9);
        shotInBothThemes(*stage_, "entropy");
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        const int first = view()->patches()->overlay().experts[0];
        focus().setExpert(first);
        QCOMPARE(view()->patches()->overlay().shares[0],
                 static_cast<double>(layer.choicesOf(sample.rowOfPatch(layer, 0))[0].weight));
        shotInBothThemes(*stage_, "one-expert");
        QTest::mouseClick(buttons[3], Qt::LeftButton);
        shotInBothThemes(*stage_, "dropped");
        QTest::mouseClick(buttons[0], Qt::LeftButton);
    }

    void theLoadIsTakenOverAllSamplesAndTheCardNamesThem() {
        QTest::mouseClick(view()->scope()->findChildren<QToolButton*>()[1], Qt::LeftButton);
        double rows = 0;
        for (const RoutedSamplePtr& sample : page().dataSamples().routes()) rows += sample->layer(kLayers[2])->rows();
        QCOMPARE(view()->bars()->load().rows, rows);
        QTest::mouseClick(view()->scope()->findChildren<QToolButton*>()[0], Qt::LeftButton);
        QCOMPARE(view()->bars()->load().rows, static_cast<double>(focus().layer()->rows()));
        // The card's patches: a click shows the patch where it stands.
        focus().setExpert(view()->legend()->entries()[0].expert);
        QCOMPARE(expert()->profile().samples, 24);
        QVERIFY(!expert()->profile().patches.isEmpty());
        QTest::mouseClick(expert()->patches(), Qt::LeftButton, {}, expert()->patches()->tileRect(0).center());
        const TopPatch top = expert()->profile().patches[0];
        QTRY_COMPARE(page().currentKey(), top.sample + 1);
        QCOMPARE(focus().sample()->patchOfRow(*focus().layer(), focus().row()), top.patch);
        for (QPushButton* button : stage_->findChildren<QPushButton*>())
            if (button->text() == "Copy as table") QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(QGuiApplication::clipboard()->text().contains("Chosen together with\tShare"));
        clickRow(0);
    }

    void viewsAreExportedAndHaveTableTwins() {
        for (ChartMenu* menu : page().findChildren<ChartMenu*>()) {
            if (!menu->isVisible()) continue;  // of the cards in the load's place
            for (const char* kind : {"png", "pdf", "csv"}) {
                const QString path = folders_.path("export." + QString(kind));
                QFile::remove(path);
                QCOMPARE(exportTo(*context_, menu->menu(), QString("Export %1...").arg(QString(kind).toUpper()), path),
                         path);
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QByteArray bytes = file.readAll();
                if (kind == QByteArray("png")) QVERIFY(QImage::fromData(bytes).width() > 100);
                if (kind == QByteArray("pdf")) QVERIFY(bytes.startsWith("%PDF-"));
                if (kind == QByteArray("csv")) QVERIFY(bytes.count('\n') > 5);
            }
            action(menu->menu(), "Data table")->trigger();
        }
        const auto tables = page().findChildren<TableDialog*>();
        QCOMPARE(tables.size(), 3);
        QList<int> counts;
        for (TableDialog* table : tables) counts << table->view()->model()->rowCount();
        std::sort(counts.begin(), counts.end());
        QList<int> expected = {view()->tokens()->count(), 16, 8};
        std::sort(expected.begin(), expected.end());
        QCOMPARE(counts, expected);
        clickRow(1);  // tables of another sample close
        QTRY_COMPARE(page().findChildren<TableDialog*>().size(), 0);
        clickRow(0);
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
    }

    void nothingIsCutInASmallWindow() {
        QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
        stage_->resize(1280, 744);
        QTest::qWait(50);
        QVERIFY2(stage_->width() == 1280 && stage_->height() == 744,
                 qPrintable(QString("page %1, side %2, inspector %3")
                                .arg(page().minimumSizeHint().width())
                                .arg(panel()->minimumSizeHint().width())
                                .arg(expert()->minimumSizeHint().width())));
        for (QWidget* part : page().findChildren<QWidget*>()) {
            if (!part->isVisible() || part->parentWidget() == nullptr || part->window() != stage_.get()) continue;
            const int least = part->minimumWidth() > 0 ? part->minimumWidth() : part->minimumSizeHint().width();
            QVERIFY2(part->width() >= least || least <= 0,
                     qPrintable(QString("%1 %2").arg(part->metaObject()->className(), part->accessibleName())));
            if (qobject_cast<QAbstractScrollArea*>(part->parentWidget()->parentWidget()) != nullptr) continue;
            const QRect inside = part->parentWidget()->rect().adjusted(-2, -2, 2, 2);
            QVERIFY2(inside.contains(part->geometry()),
                     qPrintable(QString("%1 %2").arg(part->metaObject()->className(), part->accessibleName())));
        }
        focus().setExpert(view()->legend()->entries()[0].expert);
        focus().setRow(0);
        shotInBothThemes(*stage_, "small");
        QTest::mouseClick(layers()->button(kLayers[0]), Qt::LeftButton);
        shot(*stage_, "small-text");
        stage_->resize(1440, 868);
    }

    void manyExpertsAreDrawn() {
        for (const int experts : {64, 512}) {
            auto sample = std::make_shared<RoutedSample>(*focus().sample());
            QVERIFY(sample->layers.last().rows() > 0);
            RoutedLayer& layer = sample->layers.last();
            layer.experts = experts;
            layer.logits.assign(static_cast<std::size_t>(layer.rows() * experts), 0);
            for (std::size_t i = 0; i < layer.logits.size(); ++i)
                layer.logits[i] = 3 * std::sin(static_cast<float>(i) * 0.37F);
            for (std::size_t i = 0; i < layer.chosen.size(); ++i)
                layer.chosen[i] = static_cast<int>(i * i * 7 + i * 13) % experts;
            layer.measureEntropy();
            RouteFocus own;
            RoutingExports exports(*context_, own, &page());
            RoutingView wide(own, exports);
            own.setSample(sample);
            wide.setSamples({sample});
            wide.resize(850, 700);
            wide.show();
            own.chooseRow(2);
            QCOMPARE(wide.bars()->load().experts(), experts);
            QVERIFY(!wide.legend()->entries().isEmpty());
            const QRect plot = wide.bars()->plotRect();
            QCOMPARE(wide.bars()->expertAt(plot.right()), experts - 1);
            shotInBothThemes(wide, QString("experts-%1").arg(experts));
        }
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RoutingViewsTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "routing_views_test.moc"
