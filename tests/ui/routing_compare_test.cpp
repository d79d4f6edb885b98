// SPDX-License-Identifier: GPL-3.0-or-later
// Comparison on the Routing page: two recorded steps, two checkpoints, two samples; marks, shares and numbers against
// run.db and traces.
#include <QComboBox>
#include <set>

#include "core/base/runs/probe_record.h"
#include "core/base/runs/routes_json.h"
#include "ui/models/route_contrast.h"
#include "ui/panels/routing/bar_rows.h"
#include "ui/panels/routing/compare_card.h"
#include "ui/panels/routing/compare_chooser.h"
#include "ui/panels/routing/contrast_table.h"
#include "ui/panels/routing/load_card.h"
#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/panels/routing/step_bar.h"
#include "ui/panels/routing/what_if_card.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/routing_fixture.h"

using namespace switchyard::test;
using namespace switchyard::ui;
namespace runs = switchyard::runs;

class RoutingCompareTest : public QObject, public RoutingFixture {
    Q_OBJECT
public:
    explicit RoutingCompareTest(OwnFolders& folders) : RoutingFixture(folders) {}

private:
    QString beta_;
    CompareCard& card() const { return page().compare(); }
    runs::LayerRoutes recorded(std::int64_t step, const QString& layer, std::int64_t sample) const {
        return *runs::ProbeRecord(runs::RunPaths{alpha_.toStdString()}.database())
                    .routes(step, layer.toStdString(), sample);
    }
    void chooseKind(int kind) {
        QComboBox* kinds = card().chooser()->kinds();
        kinds->setFocus();
        while (kinds->currentIndex() > kind) QTest::keyClick(kinds, Qt::Key_Up);
        while (kinds->currentIndex() < kind) QTest::keyClick(kinds, Qt::Key_Down);
    }
    void chooseSide(int side) {
        QTest::mouseClick(card().shownSide()->findChildren<QToolButton*>()[side], Qt::LeftButton);
    }
    /// Rows whose sets of experts differ, counted here.
    static int differing(const runs::LayerRoutes& a, const runs::LayerRoutes& b) {
        int count = 0;
        for (std::int64_t t = 0; t < a.num_tokens; ++t) {
            std::set<std::int32_t> of_a, of_b;
            for (std::int64_t k = 0; k < a.num_choices; ++k) {
                of_a.insert(a.experts[static_cast<std::size_t>(t * a.num_choices + k)]);
                of_b.insert(b.experts[static_cast<std::size_t>(t * b.num_choices + k)]);
            }
            count += of_a == of_b ? 0 : 1;
        }
        return count;
    }
    QString told(int same, std::int64_t all) const { return QString("%1 of %2").arg(same).arg(all); }

private Q_SLOTS:
    void initTestCase() {
        makeRuns({"probe.every=20", "probe.samples=3"});
        beta_ = train("beta", {"train.steps=20", "model.vision.moe_every=2", "run.seed=5"});
        QVERIFY(!beta_.isEmpty());
    }
    void cleanupTestCase() { endStage(); }

    void twoStepsOfTheRun() {
        makeStage();
        QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[SamplePanel::kProbe], Qt::LeftButton);
        QTRY_COMPARE(panel()->view()->model()->rowCount(), 3);
        clickRow(0);
        QTRY_VERIFY(page().probe().shownStep() == 40 && focus().layer() != nullptr && focus().layer()->known());
        QTest::mouseClick(view()->loadCard()->compareButton(), Qt::LeftButton);
        QVERIFY(card().isVisible());
        QTRY_VERIFY(card().other() != nullptr);
        QCOMPARE(card().words(), QString("step 40 with step 0"));
        for (int i = 0; i < kLayers.size(); ++i) {
            chooseLayer(kLayers[i]);
            const runs::LayerRoutes now = recorded(40, kLayers[i], 0), then = recorded(0, kLayers[i], 0);
            QTRY_COMPARE(focus().layer()->chosen, now.experts);
            QTRY_VERIFY(card().other() != nullptr);
            const int differ = differing(now, then);
            QCOMPARE(card().facts()->right(4), told(static_cast<int>(now.num_tokens) - differ, now.num_tokens));
            const double share = 1 - static_cast<double>(differ) / static_cast<double>(now.num_tokens);
            QVERIFY(std::abs(card().layerRows()->rows()[i].share - share) < 1e-9);
            QVERIFY(focus().marks().size() >= differ);  // drops count there too
            for (int e = 0; e < 8; ++e)
                QCOMPARE(card().bars()->reference().taken(e),
                         static_cast<double>(std::count(then.experts.begin(), then.experts.end(), e)));
        }
        QVERIFY(!focus().marks().isEmpty());
        // The list tells of the layer as well.
        QTRY_VERIFY(page().probe().list().index(0).data(SampleListModel::kOutcomeRole).toString().contains("dropped"));
        shotInBothThemes(*stage_, "compare-steps");
    }

    void theOtherOneIsShownInItsPlace() {
        focus().chooseRow(1);
        chooseSide(1);
        QCOMPARE(focus().layer()->chosen, recorded(0, kLayers[2], 0).experts);
        QCOMPARE(focus().row(), 1);
        for (int token = 0; token < view()->tokens()->count(); ++token)
            QCOMPARE(view()->tokens()->choices(token)[0].expert,
                     recorded(0, kLayers[2], 0).experts[static_cast<std::size_t>(2 * token)]);
        StepBar* other = card().chooser()->steps();
        other->slider()->setFocus();
        QTest::keyClick(other->slider(), Qt::Key_End);  // the same step: nothing differs
        QTRY_VERIFY(card().other() != nullptr && card().words() == "step 40 with step 40");
        QVERIFY(focus().marks().isEmpty());
        for (const BarRow& row : card().layerRows()->rows()) QCOMPARE(row.share, 1.0);
        // The page's own slider moves the one side.
        QTest::keyClick(view()->stepBar()->slider(), Qt::Key_Home);
        QTRY_VERIFY(card().other() != nullptr && card().words() == "step 0 with step 40");
        chooseSide(0);
        QCOMPARE(focus().layer()->chosen, recorded(0, kLayers[2], 0).experts);
        QTest::keyClick(view()->stepBar()->slider(), Qt::Key_End);
        QTRY_VERIFY(card().other() != nullptr && card().words().startsWith("step 40"));
    }

    void anotherSampleOfTheSameStep() {
        chooseKind(CompareChooser::kSample);
        QComboBox* samples = card().chooser()->samples();
        QCOMPARE(samples->count(), 3);
        samples->setFocus();
        QTest::keyClick(samples, Qt::Key_Down);
        QTRY_VERIFY(card().other() != nullptr && card().words().contains("“"));
        // Pieces that both have, in their order; patches of different pictures are not the same.
        const RoutedSamplePtr one = card().one(), other = card().other();
        const std::vector<int> match =
            matchedRows(*one, *one->layer(kLayers[2]), *other, *other->layer(kLayers[2]), false);
        int common = 0;
        for (int row = 0; row < static_cast<int>(match.size()); ++row) {
            if (match[static_cast<std::size_t>(row)] < 0) continue;
            ++common;
            QCOMPARE(one->label(row), other->label(match[static_cast<std::size_t>(row)]));
        }
        QVERIFY(common > 0 && common <= one->pieces.size());
        QVERIFY(card().facts()->right(4).endsWith(QString("of %1").arg(common)));
        chooseSide(1);
        QCOMPARE(focus().sample()->text,
                 QString::fromStdString(
                     runs::ProbeRecord(runs::RunPaths{alpha_.toStdString()}.database()).samples()[1].text));
        shot(*stage_, "compare-samples");
        chooseSide(0);
    }

    void anotherCheckpointTracesTheSameSample() {
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[SamplePanel::kData], Qt::LeftButton);
        clickRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 2 && !view()->stepBar()->isVisible(), kLong);
        chooseKind(CompareChooser::kCheckpoint);
        CheckpointCombo* combo = card().chooser()->checkpoints();
        QTRY_VERIFY_WITH_TIMEOUT(combo->listed(), kLong);
        const int row = combo->findText("beta", Qt::MatchStartsWith);
        QVERIFY(row >= 0);
        combo->setCurrentIndex(row);
        Q_EMIT combo->activated(row);
        QTRY_VERIFY_WITH_TIMEOUT(card().other() != nullptr && card().words().contains("beta"), kLong);
        const RouteQuery& query = page().dataSamples().entries()[1].query;
        const QString file = folders_.path("beta.safetensors");
        const Outcome outcome =
            cli({"trace", "--checkpoint", beta_, "--text", query.text, "--image", query.image, "--out", file});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const std::vector<runs::LayerRoutes> traced = runs::traceRoutes(file.toStdString());
        for (const runs::LayerRoutes& routes : traced)
            QCOMPARE(card().other()->layer(QString::fromStdString(routes.layer))->chosen, routes.experts);
        chooseLayer(kLayers[2]);
        QTRY_VERIFY(card().other() != nullptr);
        const RoutedLayer& mine = *card().one()->layer(kLayers[2]);
        const auto theirs = std::find_if(traced.begin(), traced.end(),
                                         [](const auto& of) { return of.layer == kLayers[2].toStdString(); });
        QCOMPARE(card().facts()->right(4), told(mine.rows() - differing(layerRoutes(mine), *theirs), mine.rows()));
        shotInBothThemes(*stage_, "compare-checkpoints");
    }

    void aFolderThatIsNoModelIsToldAndOneCardIsOpenAtATime() {
        QDir().mkpath(folders_.path("empty"));
        card().chooser()->checkpoints()->chooseFolder(folders_.path("empty"));
        QTRY_VERIFY_WITH_TIMEOUT(card().words().contains("empty"), kLong);
        QVERIFY(card().other() == nullptr && card().layerRows()->rows().isEmpty());
        stage_->resize(1280, 744);
        QTest::qWait(100);
        QCOMPARE(stage_->size(), QSize(1280, 744));
        shot(*stage_, "compare-small");
        for (QToolButton* button : card().findChildren<QToolButton*>())
            if (button->accessibleName() == "Close Compare") QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(!card().isVisible() && !card().isOpen() && view()->loadCard()->isVisible());
        QVERIFY(focus().marks().isEmpty());
        QTest::mouseClick(view()->loadCard()->whatIfButton(), Qt::LeftButton);
        QVERIFY(page().whatIf().isVisible() && !card().isOpen());
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RoutingCompareTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "routing_compare_test.moc"
