// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of the Retrieval page share: a trained model, the page on its stage, ways to look at it and use it.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <QSettings>
#include <memory>
#include <optional>

#include "ui/models/hit_list_model.h"
#include "ui/panels/retrieval/hit_panel.h"
#include "ui/panels/retrieval/index_store.h"
#include "ui/panels/retrieval/results_view.h"
#include "ui/panels/retrieval/start_pane.h"
#include "ui/retrieval_stage.h"
#include "ui/retrieval_tools.h"
#include "ui/services/inference_client.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/tile_view.h"

namespace switchyard::test {

using namespace switchyard::ui;

inline constexpr int kLong = 30'000;

/// The worker is the real one.
class RetrievalFixture : public QObject {
public:
    explicit RetrievalFixture(OwnFolders& folders) : folders_(folders) {}

protected:
    OwnFolders& folders_;
    QString runs_, alpha_, beta_, shapes_, many_;
    std::unique_ptr<AppContext> context_;
    std::unique_ptr<Stage> stage_;

    template <typename T>
    T* child() const {
        return stage_->page->findChild<T*>();
    }
    QLineEdit* field() const { return child<QLineEdit>(); }
    QCheckBox* rerank() const { return child<QCheckBox>(); }
    SegmentedControl* mode() const { return child<SegmentedControl>(); }
    ResultsView* results() const { return child<ResultsView>(); }
    const QList<RetrievalHit>& hits() const { return results()->hits().result().hits; }
    QComboBox* checkpoints() const { return stage_->actions->findChild<QComboBox*>(); }
    HitPanel* hitPanel() const { return static_cast<HitPanel*>(stage_->inspector); }
    MessageBanner* banner() const { return child<MessageBanner>(); }
    QString title() const { return child<StartPane>()->content().title; }
    QAbstractItemModel* queries() const { return stage_->side->findChild<QListView*>()->model(); }

    TileView* view(const char* name) const {
        for (TileView* found : stage_->page->findChildren<TileView*>()) {
            if (found->accessibleName() == QLatin1String(name)) return found;
        }
        return nullptr;
    }
    TileView* grid() const { return view("Pictures found"); }

    /// Texts of visible labels below `widget`.
    static QStringList texts(const QWidget* widget) {
        QStringList list;
        for (const QLabel* label : widget->findChildren<QLabel*>()) {
            if (label->isVisible())
                list.append(qobject_cast<const ElidedLabel*>(label) ? label->accessibleName() : label->text());
        }
        return list;
    }

    void click(const QString& text) {
        QPushButton* button = stage_->button(text);
        QVERIFY2(button != nullptr, qPrintable("no button " + text));
        QVERIFY2(button->isEnabled(), qPrintable(text + " is off"));
        QTest::mouseClick(button, Qt::LeftButton);
    }

    void typeAndSearch(const QString& text) {
        QTest::mouseClick(field(), Qt::LeftButton);
        field()->selectAll();
        QTest::keyClicks(field(), text);
        QTest::keyClick(field(), Qt::Key_Return);
    }

    void waitForResult(const RetrievalQuery& query) {
        QTRY_VERIFY_WITH_TIMEOUT(results()->isVisible() && results()->hits().result().query == query, kLong);
    }

    /// What the worker itself says.
    QJsonArray ask(const QJsonObject& arguments) {
        QJsonObject request = arguments;
        request.insert("op", "retrieve");
        request.insert("index", IndexStore::folderOf(newest(alpha_), shapes_));
        const auto answer = std::make_shared<std::optional<QJsonObject>>();
        context_->inference().request(
            this, request, [answer](const QJsonObject& result) { *answer = result; },
            [answer](const Failure& failure) {
                qWarning("%s", qPrintable(failure.sentence()));
                *answer = QJsonObject();
            });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer->has_value(), kLong); }();
        return answer->value_or(QJsonObject()).value("results").toArray();
    }

    void compareHits(const QJsonArray& expected) {
        QCOMPARE(hits().size(), expected.size());
        for (qsizetype i = 0; i < expected.size(); ++i) {
            QCOMPARE(hits()[i].id, expected[i]["id"].toString());
            QCOMPARE(hits()[i].text, expected[i]["text"].toString());
            QCOMPARE(hits()[i].image, expected[i]["image"].toString());
            QCOMPARE(hits()[i].score, expected[i]["score"].toDouble());
            QCOMPARE(hits()[i].match.has_value(), expected[i].toObject().contains("match_score"));
            if (hits()[i].match) QCOMPARE(*hits()[i].match, expected[i]["match_score"].toDouble());
        }
    }

    static QString newest(const QString& run) {
        return QString::fromStdString(switchyard::runs::newestCheckpoint(run.toStdString()).string());
    }

    void makeStage() { makeStage(alpha_); }

    void makeStage(const QString& selected) {
        context_ = std::make_unique<AppContext>(runs_);
        if (!selected.isEmpty()) context_->selectRun(selected);
        stage_ = std::make_unique<Stage>(*context_);
        stage_->resize(1440, 868);
        stage_->show();
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
    }

    /// Trains "alpha" and, when asked for, "beta", writes the shapes and shows the page with alpha selected.
    void setUp(bool with_beta) {
        runs_ = folders_.path("runs");
        qputenv("SWITCHYARD_RESOURCES", folders_.path("resources").toUtf8());  // no shipped checkpoint yet
        alpha_ = trainSmoke(runs_, "alpha", 150);
        QVERIFY(!alpha_.isEmpty());
        if (with_beta) beta_ = trainSmoke(runs_, "beta", 3);
        shapes_ = writeShapes(folders_.path("shapes"));
        makeStage();
    }

    void tearDown() {
        const qint64 pid = context_->inference().workerPid();
        stage_.reset();
        context_.reset();
        QVERIFY(pid > 0);
        QCOMPARE(switchyard::runs::processStartTicks(pid), 0);
    }
};

}  // namespace switchyard::test
