// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the Ask page share: small trained models, the page with what stands around it, mouse and keys.
#pragma once

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <memory>

#include "core/base/runs/run_folder.h"
#include "support/ask_data.h"
#include "support/program.h"
#include "ui/models/example_list_model.h"
#include "ui/page_stage.h"
#include "ui/panels/ask/answer_bars.h"
#include "ui/panels/ask/answer_card.h"
#include "ui/panels/ask/ask_routing.h"
#include "ui/panels/ask/example_panel.h"
#include "ui/panels/ask/question_card.h"
#include "ui/panels/ask_page.h"
#include "ui/panels/routing/sample_panel.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/services/inference_client.h"
#include "ui/widgets/message_banner.h"

namespace switchyard::test {

inline constexpr int kLong = 60'000;

/// Base of a test's class. Members are public for its cases.
class AskFixture {
public:
    explicit AskFixture(OwnFolders& folders) : folders_(folders) {}

    OwnFolders& folders_;
    QString runs_, data_, vqa_, text_;
    std::unique_ptr<ui::AppContext> context_;
    std::unique_ptr<PageStage<ui::AskPage>> stage_;

    ui::AskPage& page() const { return *stage_->page; }
    ui::QuestionCard& question() const { return page().question(); }
    ui::AnswerCard& answer() const { return page().answer(); }
    ui::ExamplePanel* panel() const { return static_cast<ui::ExamplePanel*>(stage_->side); }
    ui::MessageBanner* banner() const { return page().findChild<ui::MessageBanner*>(); }
    ui::CheckpointCombo* checkpoints() const { return stage_->actions->findChild<ui::CheckpointCombo*>(); }
    QString picture(int number) const { return QStringLiteral("%1/dev-%2.png").arg(data_).arg(number); }
    bool answered(const QString& text) const {
        return page().result().has_value() && page().result()->query.sample.text == text;
    }

    /// "vqa" is the newer one of both runs.
    void makeRuns() {
        runs_ = folders_.path("runs");
        data_ = folders_.path("data");
        QDir().mkpath(data_);
        qputenv("SWITCHYARD_RESOURCES", folders_.path("resources").toUtf8());  // no shipped checkpoint
        for (const auto& [part, size, seed] : {std::tuple("train", 120, 1), std::tuple("dev", 20, 2)}) {
            writeQuestions(data_, part, size, static_cast<quint32>(seed));
            writeTables(data_, part, size, static_cast<quint32>(seed));
        }
        text_ = train("text", writeTextConfig(data_, 60));
        vqa_ = train("vqa", writeVqaConfig(data_, 60));
        QVERIFY(!vqa_.isEmpty() && !text_.isEmpty());
    }

    QString train(const QString& name, const QString& config) {
        const QString folder = runs_ + "/" + name;
        const Outcome outcome = cli({"train", "--config", config, "--ranks", "1", "--run-dir", folder});
        if (outcome.code == 0) return folder;
        qWarning("%s", outcome.err.constData());
        return {};
    }

    void makeStage(const QString& selected) {
        context_ = std::make_unique<ui::AppContext>(runs_);
        if (!selected.isEmpty()) context_->selectRun(selected);
        stage_ = std::make_unique<PageStage<ui::AskPage>>(*context_);
        stage_->resize(1440, 800);
        stage_->show();
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
    }

    /// The worker must not outlive the window.
    void endStage() {
        const qint64 pid = context_ == nullptr ? 0 : context_->inference().workerPid();
        stage_.reset();
        context_.reset();
        if (pid > 0) QCOMPARE(runs::processStartTicks(pid), 0);
    }

    void type(QLineEdit* field, const QString& text) {
        QTest::mouseClick(field, Qt::LeftButton);
        field->selectAll();
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
    }

    void clickExample(int row) {
        ui::SampleListView* view = panel()->view();
        const QModelIndex index = view->model()->index(row, 0);
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(index).center());
    }

    void clickButton(QWidget* inside, const QString& name) {
        for (QAbstractButton* found : inside->findChildren<QAbstractButton*>()) {
            if (!found->isVisible() || (found->text() != name && found->accessibleName() != name)) continue;
            return QTest::mouseClick(found, Qt::LeftButton);
        }
        QFAIL(qPrintable("no button " + name));
    }

    /// What the command line says of the same.
    static QJsonObject asked(const QString& checkpoint, const QStringList& words) {
        const Outcome outcome = cli(QStringList{"ask", "--checkpoint", checkpoint, "--json"} + words);
        if (outcome.code != 0) qWarning("%s", outcome.err.constData());
        return outcome.json();
    }

    void fails(const QString& words) {
        QTRY_VERIFY2_WITH_TIMEOUT(banner()->isVisible() && banner()->text().contains(words),
                                  qPrintable(banner()->text()), kLong);
    }
};

}  // namespace switchyard::test
