// SPDX-License-Identifier: GPL-3.0-or-later
// What if on the Routing page: the trained gate gives the recorded choices, every other gate what `switchyard replay`
// gives; fields by mouse and keyboard, marks, cancelling, a killed worker, and the way to Configure.
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <csignal>
#include <nlohmann/json.hpp>

#include "core/base/config/config.h"
#include "core/base/runs/probe_record.h"
#include "core/base/runs/routes_json.h"
#include "ui/models/route_contrast.h"
#include "ui/panels/configure_page.h"
#include "ui/panels/routing/contrast_table.h"
#include "ui/panels/routing/gate_form.h"
#include "ui/panels/routing/load_card.h"
#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/panels/routing/step_bar.h"
#include "ui/panels/routing/what_if_card.h"
#include "ui/plot_tools.h"
#include "ui/routing_fixture.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard::test;
using namespace switchyard::ui;
namespace runs = switchyard::runs;

class RoutingWhatIfTest : public QObject, public RoutingFixture {
    Q_OBJECT
public:
    explicit RoutingWhatIfTest(OwnFolders& folders) : RoutingFixture(folders) {}

private:
    WhatIfCard& card() const { return page().whatIf(); }
    template <class Widget>
    Widget* field(const QString& name) const {
        for (Widget* found : card().findChildren<Widget*>())
            if (found->accessibleName() == name) return found;
        return nullptr;
    }
    void chooseItem(const QString& name, const QString& data) {
        auto* combo = field<QComboBox>(name);
        combo->setFocus();
        while (combo->currentIndex() > 0) QTest::keyClick(combo, Qt::Key_Up);
        for (int i = 0; i < combo->count(); ++i) {
            if (combo->currentData().toString() == data || combo->currentText() == data) return;
            QTest::keyClick(combo, Qt::Key_Down);
        }
        QFAIL(qPrintable("no item " + data));
    }
    template <class Spin>
    void typeNumber(const QString& name, const QString& text) {
        auto* spin = field<Spin>(name);
        spin->setFocus();
        spin->selectAll();
        QTest::keyClicks(spin, text);
        QTest::keyClick(spin, Qt::Key_Return);
    }
    void press(const QString& text) {
        for (QPushButton* button : card().findChildren<QPushButton*>())
            if (button->text() == text) QTest::mouseClick(button, Qt::LeftButton);
    }
    /// The replay of what the fields say has come.
    bool settled() const { return card().result() != nullptr && !replaying(); }
    bool replaying() const { return card().isReplaying(); }
    nlohmann::json replayed(const QStringList& gate) const {
        QStringList words = {"replay", "--run", alpha_, "--step", "40", "--sample", "0", "--layer", focus().layerName(),
                             "--json"};
        for (const QString& key : gate) words << "--gate" << key;
        const Outcome outcome = cli(words);
        if (outcome.code != 0) qWarning("%s", outcome.err.constData());
        return nlohmann::json::parse(outcome.out.toStdString());
    }
    /// Chips, patches, bars and numbers are those of the command line's replay.
    void equalsCommandLine(const QStringList& gate) {
        QTRY_VERIFY_WITH_TIMEOUT(settled(), kLong);
        const nlohmann::json told = replayed(gate).at("layers").at(0);
        const runs::LayerRoutes expected = runs::layerRoutes(told);
        const RoutedLayer& layer = *focus().layer();
        QCOMPARE(layer.chosen, expected.experts);
        QCOMPARE(layer.weights, expected.weights);
        QCOMPARE(layer.dropped, expected.dropped);
        QCOMPARE(card().result()->changed, told.at("changed").get<int>());
        QCOMPARE(card().result()->changed_tokens, told.at("changed_tokens").get<int>());
        for (int token = 0; token < view()->tokens()->count(); ++token)
            QCOMPARE(view()->tokens()->choices(token).size(), layer.choicesOf(token).size());
        const auto load = told.at("summary").at("load").get<std::vector<double>>();
        const auto before = told.at("recorded").at("load").get<std::vector<double>>();
        for (int e = 0; e < 8; ++e) {
            QCOMPARE(card().bars()->load().taken(e), load[static_cast<std::size_t>(e)]);
            QCOMPARE(card().bars()->reference().taken(e), before[static_cast<std::size_t>(e)]);
        }
        QCOMPARE(card().facts()->right(0).section(' ', 0, 0).toDouble(),
                 std::round(1000 * told.at("summary").at("dropped_share").get<double>()) / 10);
        QVERIFY(card().facts()->right(5).startsWith(QString::number(told.at("changed").get<int>()) + " of "));
    }

private Q_SLOTS:
    void initTestCase() { makeRuns({"probe.every=20", "probe.samples=3"}); }
    void cleanupTestCase() { endStage(); }

    void theTrainedGateGivesTheRecordedChoices() {
        makeStage();
        QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[SamplePanel::kProbe], Qt::LeftButton);
        QTRY_COMPARE(panel()->view()->model()->rowCount(), 3);
        clickRow(0);
        QTRY_VERIFY(page().probe().shownStep() == 40 && focus().layer() != nullptr && focus().layer()->known());
        QTest::mouseClick(view()->loadCard()->whatIfButton(), Qt::LeftButton);
        QVERIFY(card().isVisible() && card().isOpen());
        runs::ProbeRecord record(runs::RunPaths{alpha_.toStdString()}.database());
        for (const QString& layer : kLayers) {
            chooseLayer(layer);
            QTRY_VERIFY_WITH_TIMEOUT(settled() && focus().layer()->known(), kLong);
            const runs::LayerRoutes routes = *record.routes(40, layer.toStdString(), 0);
            QCOMPARE(focus().layer()->chosen, routes.experts);
            QCOMPARE(focus().layer()->dropped, routes.dropped);
            for (std::size_t i = 0; i < routes.weights.size(); ++i)  // a probe keeps them in 16 bits
                QVERIFY(std::abs(focus().layer()->weights[i] - routes.weights[i]) < 2e-5F);
            QCOMPARE(card().result()->changed, 0);
            QCOMPARE(card().result()->changed_drops, 0);
            QVERIFY(focus().marks().isEmpty());
            QVERIFY(card().words().contains("step 40"));
        }
        QVERIFY(!card().configButton()->isEnabled());
        shotInBothThemes(*stage_, "what-if-same");
    }

    void everyOtherGateEqualsTheCommandLine() {
        chooseItem("Gate", "switch");
        equalsCommandLine({"gate=switch"});
        QVERIFY(!focus().marks().isEmpty());
        QCOMPARE(focus().marks().size(),
                 changedRows(*focus().layer(), *page().probe().shown()[0]->layer(kLayers[2])).size());
        shotInBothThemes(*stage_, "what-if");
        typeNumber<QDoubleSpinBox>("Capacity factor", "0.5");
        equalsCommandLine({"gate=switch", "capacity_factor=0.5"});
        QVERIFY(card().result()->after.dropped > 0);
        chooseItem("Drop order", "priority");
        equalsCommandLine({"gate=switch", "capacity_factor=0.5", "drop=priority"});
        typeNumber<QSpinBox>("Least capacity", "3");
        equalsCommandLine({"gate=switch", "capacity_factor=0.5", "drop=priority", "min_capacity=3"});
        chooseItem("Gate", "expert_choice");
        equalsCommandLine({"gate=expert_choice", "capacity_factor=0.5", "drop=priority", "min_capacity=3"});
        chooseItem("Gate", "noisy_topk");
        typeNumber<QDoubleSpinBox>("Capacity factor", "0");
        typeNumber<QSpinBox>("Experts per token", "3");
        equalsCommandLine({"gate=noisy_topk", "top_k=3", "capacity_factor=0"});
        typeNumber<QDoubleSpinBox>("Temperature", "2.5");
        equalsCommandLine({"gate=noisy_topk", "top_k=3", "capacity_factor=0", "temperature=2.5"});
        chooseItem("Gate", "topk");
        chooseItem("Selection bias", "Own");
        auto* own = field<QLineEdit>("Own bias");
        own->setFocus();
        QTest::keyClicks(own, "E2 0.75, E7 -1");
        equalsCommandLine(
            {"gate=topk", "top_k=3", "capacity_factor=0", "temperature=2.5", "bias=[0,0,0.75,0,0,0,0,-1]"});
        QTest::keyClicks(own, ", E9 x");
        QVERIFY(card().words().contains("can not be read"));
        press("Reset");
        QTRY_VERIFY(settled() && card().result()->changed == 0);
    }

    void theBarsHaveATableTwinAndAFile() {
        chooseItem("Gate", "switch");
        QTRY_VERIFY(settled() && focus().layer()->choices == 1);
        auto* menu = card().findChild<ChartMenu*>();
        action(menu->menu(), "Data table")->trigger();
        const auto tables = page().findChildren<TableDialog*>();
        QCOMPARE(tables.size(), 1);
        const QAbstractItemModel& model = *tables[0]->view()->model();
        QCOMPARE(model.rowCount(), 8);
        for (int e = 0; e < 8; ++e) {
            QCOMPARE(model.index(e, 1).data().toDouble(), card().bars()->load().taken(e));
            QCOMPARE(model.index(e, 4).data().toDouble(), card().bars()->reference().taken(e));
        }
        tables[0]->close();
        stage_->activateWindow();
        const QString file = folders_.path("what-if.csv");
        QCOMPARE(exportTo(*context_, menu->menu(), "Export CSV...", file), file);
        QCOMPARE(linesOf(file).size(), 9);
        press("Reset");
        QTRY_VERIFY(settled() && card().result()->changed == 0);
    }

    void recordedAndReplayedAreShownInTurn() {
        chooseItem("Gate", "switch");
        QTRY_VERIFY(settled() && focus().layer()->choices == 1);
        focus().chooseRow(1);
        QTest::mouseClick(card().shownRouting()->findChildren<QToolButton*>()[0], Qt::LeftButton);
        QCOMPARE(focus().layer()->choices, 2);
        QCOMPARE(focus().row(), 1);  // the same token
        QVERIFY(!focus().marks().isEmpty());
        QTest::mouseClick(card().shownRouting()->findChildren<QToolButton*>()[1], Qt::LeftButton);
        QCOMPARE(focus().layer()->choices, 1);
        // Another step, another sample: the fields stay and are replayed.
        QTest::keyClick(view()->stepBar()->slider(), Qt::Key_Home);
        QTRY_VERIFY(page().probe().shownStep() == 0 && settled() && focus().layer()->choices == 1);
        QVERIFY(card().words().contains("step 0"));
        QTest::keyClick(view()->stepBar()->slider(), Qt::Key_End);
        QTRY_VERIFY(page().probe().shownStep() == 40 && settled());
    }

    void aTracedSampleIsReplayedToo() {
        press("Reset");
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[SamplePanel::kData], Qt::LeftButton);
        clickRow(2);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 3 && settled(), kLong);
        const RoutedSamplePtr traced = page().dataSamples().entries()[2].routes;
        QTRY_VERIFY(focus().sample()->origin == traced->origin && settled());
        QCOMPARE(focus().layer()->chosen, traced->layer(kLayers[2])->chosen);
        QCOMPARE(focus().layer()->weights, traced->layer(kLayers[2])->weights);
        QCOMPARE(focus().layer()->dropped, traced->layer(kLayers[2])->dropped);
        QCOMPARE(card().result()->changed, 0);
        chooseItem("Gate", "switch");
        QTRY_VERIFY(settled() && focus().layer()->choices == 1);
        const std::string file = folders_.path("one.safetensors").toStdString();
        const RouteQuery& query = page().dataSamples().entries()[2].query;
        QCOMPARE(cli({"trace", "--checkpoint", alpha_, "--text", query.text, "--image", query.image, "--out",
                      QString::fromStdString(file)})
                     .code,
                 0);
        const Outcome outcome = cli({"replay", "--trace", QString::fromStdString(file), "--checkpoint", alpha_,
                                     "--layer", kLayers[2], "--gate", "gate=switch", "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const auto told = nlohmann::json::parse(outcome.out.toStdString()).at("layers").at(0);
        QCOMPARE(focus().layer()->chosen, runs::layerRoutes(told).experts);
        QCOMPARE(focus().layer()->dropped, runs::layerRoutes(told).dropped);
    }

    void aReplayThatHangsIsCancelledAndAKilledWorkerTold() {
        const qint64 pid = context_->inference().workerPid();
        QVERIFY(pid > 0);
        ::kill(static_cast<pid_t>(pid), SIGSTOP);
        typeNumber<QDoubleSpinBox>("Capacity factor", "0.75");
        QTRY_VERIFY(card().cancelButton()->isVisible());
        typeNumber<QDoubleSpinBox>("Capacity factor", "0.8");  // the window goes on
        QTRY_VERIFY(card().cancelButton()->isVisible());
        shot(*stage_, "what-if-waits");
        QTest::mouseClick(card().cancelButton(), Qt::LeftButton);
        QVERIFY(!replaying() && card().words().contains("Cancelled"));
        typeNumber<QDoubleSpinBox>("Capacity factor", "0.9");
        QTRY_VERIFY(card().cancelButton()->isVisible());
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(card().words().contains("SIGKILL"), kLong);
        typeNumber<QDoubleSpinBox>("Capacity factor", "1");
        QTRY_VERIFY_WITH_TIMEOUT(settled() && !card().words().contains("SIGKILL"), kLong);
    }

    void theGateGoesIntoANewConfiguration() {
        ConfigurePage configure(*context_);
        QSignalSpy asked(context_.get(), &AppContext::pageRequested);
        chooseItem("Gate", "topk");
        typeNumber<QSpinBox>("Experts per token", "3");
        typeNumber<QDoubleSpinBox>("Capacity factor", "1.5");
        QVERIFY(card().configButton()->isEnabled());
        QTest::mouseClick(card().configButton(), Qt::LeftButton);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toString(), QString("configure"));
        QTRY_VERIFY(configure.document().text().find("topk") != std::string::npos);
        const auto loaded = switchyard::config::loadText(configure.document().text());
        QVERIFY(loaded.ok());
        QVERIFY(loaded.config.model.moe.gate == switchyard::GateKind::kTopK);
        QCOMPARE(loaded.config.model.moe.top_k, 3);
        QCOMPARE(loaded.config.model.moe.capacity_factor, 1.5);
        QCOMPARE(loaded.config.model.moe.eval_capacity_factor, 1.5);
        QVERIFY(configure.document().file().isEmpty());  // not the run's own
    }

    void aSmallWindowHoldsIt() {
        stage_->resize(1280, 744);
        QTest::qWait(100);
        QCOMPARE(stage_->size(), QSize(1280, 744));
        for (QWidget* part : card().findChildren<QWidget*>()) {
            if (!part->isVisible() || part->window() != stage_.get()) continue;
            QVERIFY2(part->parentWidget()->rect().adjusted(-2, -2, 2, 2).contains(part->geometry()) ||
                         qobject_cast<QAbstractSpinBox*>(part->parentWidget()) != nullptr ||
                         qobject_cast<QComboBox*>(part->parentWidget()) != nullptr,
                     qPrintable(QString("%1 %2").arg(part->metaObject()->className(), part->accessibleName())));
        }
        shotInBothThemes(*stage_, "what-if-small");
        for (QToolButton* button : card().findChildren<QToolButton*>())
            if (button->accessibleName() == "Close What if") QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(!card().isVisible() && view()->loadCard()->isVisible());
        QCOMPARE(focus().layer()->choices, 2);
        QVERIFY(focus().marks().isEmpty());
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RoutingWhatIfTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "routing_what_if_test.moc"
