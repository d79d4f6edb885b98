// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page's flow and the expert's card over a data set, with trained runs of 8, 64 and 512 experts: against
// the samples' own traces and `switchyard trace`, by mouse and keyboard, stopped and begun again.
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFileInfo>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollArea>
#include <algorithm>
#include <csignal>
#include <map>
#include <set>

#include "ui/models/sample_rows.h"
#include "ui/panels/routing/bar_rows.h"
#include "ui/panels/routing/flow_card.h"
#include "ui/panels/routing/flow_view.h"
#include "ui/panels/routing/load_card.h"
#include "ui/panels/routing/patch_tiles.h"
#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/step_bar.h"
#include "ui/panels/routing/survey_bar.h"
#include "ui/plot_tools.h"
#include "ui/routing_fixture.h"
#include "ui/services/survey_run.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard::test;
using namespace switchyard::ui;

namespace {

/// What an expert takes, counted from the command line's JSON in the plainest way.
struct NaiveExpert {
    double texts = 0, images = 0;
    std::map<QString, int> tokens;
    std::map<int, int> together;
};

}  // namespace

class RoutingFlowTest : public QObject, public RoutingFixture {
    Q_OBJECT
public:
    explicit RoutingFlowTest(OwnFolders& folders) : RoutingFixture(folders) {}

private:
    FlowView* flow() const { return page().flow().view(); }
    void openFlow() { QTest::mouseClick(view()->loadCard()->flowButton(), Qt::LeftButton); }
    void useData(bool data) {
        QTest::mouseClick(expert()->scope()->findChildren<QToolButton*>()[data ? 1 : 0], Qt::LeftButton);
    }

    void compareWithTheCommandLine() {
        const SampleRows rows = readSampleRows(newest(), 100);
        const QString file = folders_.path("rows.jsonl");
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        for (const RouteQuery& row : rows.rows)
            out.write(
                QJsonDocument(QJsonObject{{"id", "x"}, {"image", QFileInfo(row.image).fileName()}, {"text", row.text}})
                    .toJson(QJsonDocument::Compact) +
                "\n");
        out.close();
        const Outcome outcome =
            cli({"trace", "--checkpoint", newest(), "--data", file, "--root", QFileInfo(rows.rows[0].image).path(),
                 "--limit", "100", "--out", folders_.path("rows.safetensors"), "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const QJsonArray samples = outcome.json()["samples"].toArray();
        QCOMPARE(samples.size(), 100);
        for (const QString& layer : kLayers) {
            std::map<int, NaiveExpert> naive;
            std::map<QString, int> seen;
            double text_rows = 0, choices = 0;
            for (const QJsonValue sample : samples) {
                RoutedSample of;
                for (const QJsonValue piece : sample["tokens"].toArray()) of.pieces << piece.toString();
                const QJsonArray told = sample["layers"][layer].toArray();
                for (int row = 0; row < told.size(); ++row) {
                    const bool text = told[row]["modality"].toString() == "text";
                    if (text) ++seen[of.label(row)];
                    text_rows += text ? 1 : 0;
                    std::set<int> taking;
                    for (const QJsonValue choice : told[row]["choices"].toArray())
                        taking.insert(choice["expert"].toInt());
                    choices += static_cast<double>(taking.size());
                    for (const int e : taking) {
                        (text ? naive[e].texts : naive[e].images) += 1;
                        if (text) ++naive[e].tokens[of.label(row)];
                        for (const int other : taking)
                            if (other != e) ++naive[e].together[other];
                    }
                }
            }
            int with_tokens = 0;
            for (int e = 0; e < 8; ++e) {
                const ExpertSurvey counted = page().survey().survey()->of(layer, e, SurveyOrder::kCount, 1000, 8);
                QCOMPARE(counted.texts, naive[e].texts);
                QCOMPARE(counted.images, naive[e].images);
                QVERIFY(std::abs(counted.ratio - (naive[e].texts + naive[e].images) * 8 / choices) < 1e-9);
                QCOMPARE(counted.tokens.size(), static_cast<qsizetype>(naive[e].tokens.size()));
                for (const SurveyToken& token : counted.tokens) {
                    QCOMPARE(token.count, naive[e].tokens[token.piece]);
                    const double lift = (token.count / naive[e].texts) / (seen[token.piece] / text_rows);
                    QVERIFY2(std::abs(token.lift - lift) < 1e-9, qPrintable(token.piece));
                    ++with_tokens;
                }
                for (qsizetype i = 1; i < counted.tokens.size(); ++i)
                    QVERIFY(counted.tokens[i - 1].count >= counted.tokens[i].count);
                for (const ChosenWith& other : counted.together)
                    QVERIFY(std::abs(other.share -
                                     naive[e].together[other.expert] / (naive[e].texts + naive[e].images)) < 1e-9);
                // The cosine from the whole table.
                for (const ChosenWith& near : counted.nearest) {
                    double product = 0, a = 0, b = 0;
                    for (int c = 0; c < 8; ++c) {
                        const auto cell = [&](int x) {
                            return c == x ? naive[x].texts + naive[x].images : naive[x].together[c];
                        };
                        product += cell(e) * cell(near.expert);
                        a += cell(e) * cell(e);
                        b += cell(near.expert) * cell(near.expert);
                    }
                    QVERIFY(std::abs(near.share - product / std::sqrt(a) / std::sqrt(b)) < 1e-9);
                }
            }
            QVERIFY(layer.startsWith("vision") || with_tokens > 20);
        }
    }

private Q_SLOTS:
    void initTestCase() { makeRuns({"probe.every=20", "probe.samples=2", "data.synthetic.eval_samples=120"}); }
    void cleanupTestCase() { endStage(); }

    void theFlowStandsInTheLoadsPlace() {
        makeStage();
        QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
        openFlow();
        QVERIFY(page().flow().isVisible() && page().flow().isOpen() && !view()->loadCard()->isVisible());
        QCOMPARE(flow()->flow().columns.size(), std::size_t{3});
        QCOMPARE(flow()->flow().steps.size(), std::size_t{2});
        // The drawn counts are the shown sample's.
        for (const FlowColumn& column : flow()->drawn().columns) {
            const RoutedLayer& layer = *focus().sample()->layer(column.layer);
            for (int e = 0; e < 8; ++e) {
                int first = 0;
                for (int row = 0; row < layer.rows(); ++row) first += layer.first(row) == e ? 1 : 0;
                QCOMPARE(column.nodes[static_cast<std::size_t>(e)].value(), static_cast<double>(first));
            }
        }
        shotInBothThemes(*stage_, "page-flow-8");
    }

    void oneSelectionOverAllViews() {
        const FlowGeometry& places = flow()->places();
        int node = 0;
        while (places.nodes[2][static_cast<std::size_t>(node)].isNull()) ++node;
        QTest::mouseClick(flow(), Qt::LeftButton, {},
                          places.nodes[2][static_cast<std::size_t>(node)].center().toPoint());
        QCOMPARE(focus().expert(), node);
        QVERIFY(!flow()->lit().empty());
        shotInBothThemes(*stage_, "page-flow-selected");
        QTest::mouseClick(view()->tokens()->viewport(), Qt::LeftButton, {}, view()->tokens()->tagRect(0, 0).center());
        QCOMPARE(focus().expert(), view()->tokens()->choices(0)[0].expert);
        QTest::keyClick(view()->tokens(), Qt::Key_Escape);
        QVERIFY(flow()->lit().empty());
        // A ribbon by its table row: its rows light up, and Escape in another view lets them go.
        flow()->chooseRow(static_cast<int>(flow()->table().rows.size()) - 1);
        QVERIFY(!focus().picked().isEmpty());
        shot(*stage_, "page-flow-ribbon");
        QTest::keyClick(view()->patches(), Qt::Key_Escape);
        QVERIFY(focus().picked().isEmpty());
    }

    void kindsWeightsAndExports() {
        const auto kinds = page().flow().kinds()->findChildren<QToolButton*>();
        QTest::mouseClick(kinds[1], Qt::LeftButton);
        QCOMPARE(flow()->options().rows, FlowRows::kText);
        QCOMPARE(flow()->flow().columns.size(), std::size_t{2});
        QTest::mouseClick(page().flow().weighted(), Qt::LeftButton);
        QVERIFY(flow()->options().weighted);
        QTest::mouseClick(page().flow().weighted(), Qt::LeftButton);
        QTest::mouseClick(kinds[0], Qt::LeftButton);
        auto* menu = page().flow().findChild<ChartMenu*>();
        for (const char* kind : {"png", "pdf", "csv"}) {
            const QString path = folders_.path("flow." + QString(kind));
            QCOMPARE(exportTo(*context_, menu->menu(), QString("Export %1...").arg(QString(kind).toUpper()), path),
                     path);
        }
        QCOMPARE(linesOf(folders_.path("flow.csv")).size(), static_cast<int>(flow()->table().rows.size()) + 1);
        QVERIFY(QImage(folders_.path("flow.png")).width() > 400);
        action(menu->menu(), "Data table")->trigger();
        const auto tables = page().findChildren<TableDialog*>();
        QCOMPARE(tables.size(), 1);
        tables[0]->close();
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
    }

    void ofARecordedSampleAllLayersAreRead() {
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[SamplePanel::kProbe], Qt::LeftButton);
        QTRY_COMPARE(panel()->view()->model()->rowCount(), 2);
        clickRow(0);
        QTRY_VERIFY(content() && page().currentKey() == ProbeSamples::kFirstKey);
        QTRY_COMPARE(flow()->flow().columns.size(), std::size_t{3});
        const RouteFlow last = flow()->flow();
        QTest::keyClick(view()->stepBar()->slider(), Qt::Key_Home);
        const auto other = [&] {
            if (flow()->flow().columns.size() != 3) return false;
            for (std::size_t c = 0; c < 3; ++c)
                for (std::size_t e = 0; e < 8; ++e)
                    if (flow()->flow().columns[c].nodes[e].value() != last.columns[c].nodes[e].value()) return true;
            return false;
        };
        QTRY_VERIFY(other());
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[SamplePanel::kData], Qt::LeftButton);
        clickRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 1, kLong);
    }

    void theFlowFitsASmallWindowAndCloses() {
        stage_->resize(1280, 744);
        QTest::qWait(50);
        QCOMPARE(stage_->width(), 1280);
        shotInBothThemes(*stage_, "page-flow-small");
        stage_->resize(1440, 868);
        for (QToolButton* button : page().flow().findChildren<QToolButton*>())
            if (button->accessibleName() == "Close Flow") QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(view()->loadCard()->isVisible() && !page().flow().isOpen());
    }

    void theCardTellsOfTheDataAsTheCommandLineDoes() {
        chooseLayer(kLayers[2]);
        focus().setExpert(0);
        useData(true);
        QVERIFY(expert()->surveyBar()->isVisible());
        shot(*stage_, "card-before");
        expert()->surveyBar()->samples()->setCurrentIndex(0);
        QTest::mouseClick(expert()->surveyBar()->button(), Qt::LeftButton);
        QVERIFY(page().survey().running());
        QTRY_VERIFY_WITH_TIMEOUT(page().survey().done() > 5, kLong);
        QTRY_VERIFY(expert()->surveyBar()->words()->text().contains("of 100 samples"));
        shot(*stage_, "card-running");
        // Stopped: what was counted stays; begun again, it goes on from there.
        QTest::mouseClick(expert()->surveyBar()->button(), Qt::LeftButton);
        QVERIFY(!page().survey().running());
        const int stopped = page().survey().done();
        QVERIFY(stopped > 0 && stopped < 100);
        QVERIFY(expert()->counted().samples > 0);
        QTest::mouseClick(expert()->surveyBar()->button(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!page().survey().running(), kLong);
        QCOMPARE(page().survey().done(), 100);
        QCOMPARE(page().survey().survey()->samples(), 100);
        QVERIFY(page().survey().problem().isEmpty());
        compareWithTheCommandLine();
        QTRY_COMPARE(static_cast<int>(expert()->patches()->tiles().size()),
                     static_cast<int>(expert()->counted().patches.size()));
        QTRY_VERIFY(!expert()->patches()->tiles().isEmpty() && !expert()->patches()->tiles()[0].picture.isNull());
        shotInBothThemes(*stage_, "card-data");
    }

    void theCardsPartsAreUsed() {
        // By lift nothing rare leads.
        QTest::mouseClick(expert()->order()->findChildren<QToolButton*>()[1], Qt::LeftButton);
        for (int e = 0; e < 8; ++e) {
            focus().setExpert(e);
            const auto& tokens = expert()->counted().tokens;
            for (qsizetype i = 0; i < tokens.size(); ++i) {
                QVERIFY(tokens[i].count >= RouteSurvey::kLeastForLift);
                QVERIFY(i == 0 || tokens[i - 1].lift >= tokens[i].lift);
            }
        }
        // An expert near to this one is chosen by its row; a patch of a sample that is in no list becomes the person's.
        int of = 0;
        while (expert()->counted().nearest.isEmpty() && of < 8) focus().setExpert(of++);
        const int near = expert()->counted().nearest[0].expert;
        expert()->nearest()->parentWidget()->updateGeometry();
        QTest::mouseClick(expert()->nearest(), Qt::LeftButton, {}, expert()->nearest()->rowRect(0).center());
        QCOMPARE(focus().expert(), near);
        of = 0;
        while (expert()->counted().patches.isEmpty() && of < 8) focus().setExpert(of++);
        QTRY_COMPARE(static_cast<int>(expert()->patches()->tiles().size()),
                     static_cast<int>(expert()->counted().patches.size()));
        const SurveyPatch top = expert()->counted().patches[0];
        const RouteQuery query = page().survey().query(top.sample);
        QTest::mouseClick(expert()->patches(), Qt::LeftButton, {}, expert()->patches()->tileRect(0).center());
        QTRY_VERIFY_WITH_TIMEOUT(content() && focus().sample()->text == query.text &&
                                     focus().sample()->patchOfRow(*focus().layer(), focus().row()) == top.patch,
                                 kLong);
        for (QPushButton* button : stage_->findChildren<QPushButton*>())
            if (button->text() == "Copy as table") QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(QGuiApplication::clipboard()->text().contains("Nearest\tCosine of co-activation"));
        useData(false);
        QVERIFY(!expert()->surveyBar()->isVisible());
    }

    void aWorkerThatDiesIsToldAndItGoesOn() {
        SurveyRun run(context_->inference());
        run.setModel(newest());
        run.start(60);
        QTRY_VERIFY_WITH_TIMEOUT(run.done() > 3, kLong);
        QVERIFY(::kill(static_cast<pid_t>(context_->inference().workerPid()), SIGKILL) == 0);
        QTRY_VERIFY_WITH_TIMEOUT(!run.running(), kLong);
        QVERIFY(!run.problem().isEmpty() && run.done() < 60);
        run.start(60);
        QTRY_VERIFY_WITH_TIMEOUT(!run.running(), kLong);
        QVERIFY2(run.problem().isEmpty(), qPrintable(run.problem()));
        QCOMPARE(run.survey()->samples(), 60);
        // Every sample once: as many text tokens as without the interruption.
        QCOMPARE(run.survey()->of(kLayers[0], 0, SurveyOrder::kCount, 9, 9).samples, 60);
        double whole = 0, own = 0;
        SurveyRun other(context_->inference());
        other.setModel(newest());
        other.start(60);
        QTRY_VERIFY_WITH_TIMEOUT(!other.running(), kLong);
        for (int e = 0; e < 8; ++e) {
            whole += other.survey()->of(kLayers[2], e, SurveyOrder::kCount, 9, 9).texts * (e + 1);
            own += run.survey()->of(kLayers[2], e, SurveyOrder::kCount, 9, 9).texts * (e + 1);
        }
        QCOMPARE(own, whole);
    }

    void withoutACheckpointOrDataItSaysSo() {
        SurveyRun run(context_->inference());
        QSignalSpy changed(&run, &SurveyRun::changed);
        run.start(100);
        QVERIFY(!run.running());
        const QString bare = folders_.path("bare-model");
        QDir().mkpath(bare);
        run.setModel(bare);
        run.start(100);
        QTRY_VERIFY(!run.running());
        QVERIFY2(run.problem().contains("config"), qPrintable(run.problem()));
        QVERIFY(!changed.isEmpty());
    }

    void manyExperts() {
        for (const int experts : {64, 512}) {
            endStage();
            runs_ = folders_.path(QString("runs-%1").arg(experts));
            alpha_ = train(QString("many-%1").arg(experts),
                           {"train.steps=20", "model.vision.moe_every=1", "model.text.moe_every=1",
                            "model.fusion.layers=2", QString("model.moe.experts=%1").arg(experts),
                            "model.moe.hidden_dim=16", "model.moe.eval_capacity_factor=1.0", "model.moe.min_capacity=1",
                            "model.vision.image_size=64", "eval.tasks=[]"});
            QVERIFY(!alpha_.isEmpty());
            makeStage();
            QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
            shotInBothThemes(*stage_, QString("page-load-%1").arg(experts));
            openFlow();
            QVERIFY(flow()->isMatrix());
            QCOMPARE(flow()->drawn().columns[0].group, experts / 16);
            QTest::mouseClick(flow(), Qt::LeftButton, {}, flow()->places().nodes.back()[3].center().toPoint());
            focus().chooseRow(0);
            useData(true);
            expert()->surveyBar()->samples()->setCurrentIndex(0);
            QTest::mouseClick(expert()->surveyBar()->button(), Qt::LeftButton);
            QTRY_VERIFY_WITH_TIMEOUT(!page().survey().running() && page().survey().done() > 30, kLong);
            // Bounded: no expert keeps more than its patches.
            QVERIFY(page().survey().survey()->keptPatches() <=
                    std::size_t(6) * static_cast<std::size_t>(experts) * RouteSurvey::kPatches);
            double texts = 0, images = 0;
            for (int e = 0; e < experts; ++e) {
                const ExpertSurvey counted =
                    page().survey().survey()->of(focus().layerName(), e, SurveyOrder::kCount, 4, 4);
                texts += counted.texts;
                images += counted.images;
            }
            QVERIFY(texts > 0 && images > 0);
            QTest::qWait(300);
            shotInBothThemes(*stage_, QString("page-flow-%1").arg(experts));
        }
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RoutingFlowTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "routing_flow_test.moc"
