// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the Routing page share: a small trained run, the page with what stands around it, mouse and keys.
#pragma once

#include <QLineEdit>
#include <QToolButton>
#include <memory>

#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"
#include "ui/page_stage.h"
#include "ui/panels/routing/expert_panel.h"
#include "ui/panels/routing/layer_bar.h"
#include "ui/panels/routing/patch_view.h"
#include "ui/panels/routing/routing_view.h"
#include "ui/panels/routing/sample_panel.h"
#include "ui/panels/routing/token_strip.h"
#include "ui/panels/routing_page.h"
#include "ui/retrieval_tools.h"
#include "ui/services/inference_client.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/segmented_control.h"

namespace switchyard::test {

inline constexpr int kLong = 60'000;
inline const QStringList kLayers = {QStringLiteral("text.blocks.1.moe"), QStringLiteral("vision.blocks.1.moe"),
                                    QStringLiteral("fusion.blocks.0.moe")};

/// Base of a test's class. Members are public for its cases.
class RoutingFixture {
public:
    explicit RoutingFixture(OwnFolders& folders) : folders_(folders) {}

    OwnFolders& folders_;
    QString runs_, alpha_;
    std::unique_ptr<ui::AppContext> context_;
    std::unique_ptr<PageStage<ui::RoutingPage>> stage_;

    ui::RoutingPage& page() const { return *stage_->page; }
    ui::RoutingView* view() const { return page().findChild<ui::RoutingView*>(); }
    ui::SamplePanel* panel() const { return static_cast<ui::SamplePanel*>(stage_->side); }
    ui::ExpertPanel* expert() const { return static_cast<ui::ExpertPanel*>(stage_->inspector); }
    ui::MessageBanner* banner() const { return page().findChild<ui::MessageBanner*>(); }
    ui::RouteFocus& focus() const { return page().focus(); }
    ui::LayerBar* layers() const { return page().findChild<ui::LayerBar*>(); }
    bool content() const { return page().state() == ui::RoutingPage::State::kContent; }
    QString newest() const { return QString::fromStdString(runs::newestCheckpoint(alpha_.toStdString()).string()); }

    void makeRuns(const QStringList& more = {}) {
        runs_ = folders_.path("runs");
        qputenv("SWITCHYARD_RESOURCES", folders_.path("resources").toUtf8());  // no shipped checkpoint
        // Experts in all three parts, and room for fewer tokens than come.
        alpha_ = train("alpha", QStringList{"train.steps=40", "model.vision.moe_every=2",
                                            "model.moe.eval_capacity_factor=1.0", "model.moe.min_capacity=1"} +
                                    more);
        QVERIFY(!alpha_.isEmpty());
    }

    /// The worker must not outlive the window.
    void endStage() {
        const qint64 pid = context_ == nullptr ? 0 : context_->inference().workerPid();
        stage_.reset();
        context_.reset();
        if (pid > 0) QCOMPARE(runs::processStartTicks(pid), 0);
    }

    QString train(const QString& name, const QStringList& more) {
        const QString folder = runs_ + "/" + name;
        QStringList words = {"train", "--config", shippedConfig("smoke.yaml"), "--ranks", "1", "--run-dir", folder};
        for (const QString& set : QStringList{"run.name=" + name, "parallel.threads=1"} + more) words << "--set" << set;
        const Outcome outcome = cli(words);
        if (outcome.code == 0) return folder;
        qWarning("%s", outcome.err.constData());
        return {};
    }

    void makeStage() {
        context_ = std::make_unique<ui::AppContext>(runs_);
        context_->selectRun(alpha_);
        stage_ = std::make_unique<PageStage<ui::RoutingPage>>(*context_);
        stage_->resize(1440, 868);
        stage_->show();
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
    }

    void chooseLayer(const QString& layer) {
        QToolButton* button = layers()->button(layer);
        QVERIFY(button != nullptr);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(focus().layerName(), layer);
    }

    void clickRow(int row) {
        const QModelIndex index = panel()->view()->model()->index(row, 0);
        panel()->view()->scrollTo(index);
        QTest::mouseClick(panel()->view()->viewport(), Qt::LeftButton, {}, panel()->view()->visualRect(index).center());
    }

    void type(const QString& text) {
        QTest::mouseClick(panel()->field(), Qt::LeftButton);
        panel()->field()->selectAll();
        QTest::keyClicks(panel()->field(), text);
    }

    void takePictureAway() {
        for (QToolButton* button : panel()->findChildren<QToolButton*>())
            if (button->accessibleName() == "Take the picture away" && button->isVisible())
                QTest::mouseClick(button, Qt::LeftButton);
    }

    void backToTheData() {
        panel()->clearDraft();
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[0], Qt::LeftButton);
        clickRow(1);
        clickRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 1, kLong);
    }

    void fails(const QString& words) {
        QTRY_VERIFY2_WITH_TIMEOUT(banner()->isVisible() && banner()->text().contains(words),
                                  qPrintable(banner()->text()), kLong);
    }
};

}  // namespace switchyard::test
