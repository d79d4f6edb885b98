// SPDX-License-Identifier: GPL-3.0-or-later
// Samples that a person brings to the Routing page, and what goes wrong: long texts, files that are no pictures, a
// killed worker, broken weights, no checkpoint.
#include <unistd.h>

#include <QClipboard>
#include <QSignalSpy>
#include <csignal>

#include "core/base/config/document.h"
#include "ui/panels/routing/route_detail.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/routing_fixture.h"

using namespace switchyard::test;
using namespace switchyard::ui;

class RoutingSamplesTest : public QObject, public RoutingFixture {
    Q_OBJECT
public:
    explicit RoutingSamplesTest(OwnFolders& folders) : RoutingFixture(folders) {}

private Q_SLOTS:
    void initTestCase() { makeRuns(); }
    void cleanupTestCase() { endStage(); }

    void theFirstRowIsShown() {
        makeStage();
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 1, kLong);
    }

    void aTextIsTracedWhileItIsTypedAndKeptByEnter() {
        type("a red circle");
        QTRY_VERIFY_WITH_TIMEOUT(
            content() && page().currentKey() == RoutingPage::kDraft && focus().sample()->text == "a red circle", kLong);
        QCOMPARE(focus().layerName(), kLayers[0]);  // no picture: the text's layer
        QVERIFY(!view()->patches()->isVisible());
        shotInBothThemes(*stage_, "typed");
        QTest::keyClicks(panel()->field(), " left of a blue square");
        QTRY_VERIFY_WITH_TIMEOUT(focus().sample() != nullptr && focus().sample()->text.endsWith("square"), kLong);
        QCOMPARE(focus().sample()->pieces.join(QString()).simplified(), QString("a red circle left of a blue square"));
        QTest::keyClick(panel()->field(), Qt::Key_Return);
        QCOMPARE(page().ownSamples().rowCount(), 1);
        QCOMPARE(page().currentKey(), page().ownSamples().entries()[0].key);
        QVERIFY(panel()->field()->text().isEmpty());
        QVERIFY(content());
        panel()->view()->setFocus();
        QTest::keyClick(panel()->view(), Qt::Key_Delete);
        QCOMPARE(page().ownSamples().rowCount(), 0);
        for (QPushButton* button : banner()->findChildren<QPushButton*>())
            if (button->text() == "Undo") QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(page().ownSamples().rowCount(), 1);
        QVERIFY(content());
    }

    void aPictureIsDroppedPastedAndPairedWithAText() {
        const QString file = folders_.path("circle.png");
        drawShape("circle", Qt::red, 30).save(file);
        QVERIFY(drop(&page(), file));
        QTRY_VERIFY_WITH_TIMEOUT(
            content() && page().currentKey() == RoutingPage::kDraft && focus().sample()->pieces.isEmpty(), kLong);
        QCOMPARE(focus().layerName(), kLayers[1]);
        QVERIFY(!view()->tokens()->isVisible() && view()->patches()->isVisible() && view()->detail()->isVisible());
        QCOMPARE(focus().sample()->picture.width(), 448);
        shotInBothThemes(*stage_, "picture");
        type("a red circle");
        QTRY_VERIFY_WITH_TIMEOUT(focus().sample() != nullptr && !focus().sample()->pieces.isEmpty() &&
                                     focus().sample()->layer(kLayers[2]) != nullptr,
                                 kLong);
        takePictureAway();
        QTRY_VERIFY_WITH_TIMEOUT(focus().sample() != nullptr && focus().sample()->grid == 0, kLong);
        QGuiApplication::clipboard()->setImage(drawShape("square", Qt::blue, 30));
        panel()->field()->setFocus();
        QTest::keyClick(panel()->field(), Qt::Key_V, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(content() && focus().sample()->grid == 4, kLong);
        backToTheData();
    }

    void aLongTextIsCutWhereTheModelStopsAndSaysSo() {
        QString words;
        while (words.size() < 1'000'000) words += "red circle and blue square ";
        QGuiApplication::clipboard()->setText(words);
        QTest::mouseClick(panel()->field(), Qt::LeftButton);
        QTest::keyClick(panel()->field(), Qt::Key_V, Qt::ControlModifier);
        fails("longer than 32,767 characters");
        QTRY_VERIFY_WITH_TIMEOUT(
            content() && page().currentKey() == RoutingPage::kDraft && focus().sample()->pieces.size() == 16, kLong);
        shot(*stage_, "long");
        backToTheData();
    }

    void whatIsNoPictureIsToldAndTheNextSampleWorks() {
        const QString text = folders_.path("words.png");
        QFile file(text);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not a picture");
        file.close();
        QVERIFY(drop(&page(), text));
        fails("words.png");
        QCOMPARE(page().state(), RoutingPage::State::kFailed);
        shotInBothThemes(*stage_, "not-a-picture");
        takePictureAway();
        QVERIFY(drop(&page(), folders_.path("config")));
        fails("This is a folder, not a picture");
        QVERIFY(drop(&page(), alpha_ + "/config.resolved.yaml"));
        fails("not named like a picture");
        QImage huge(10'000, 10'000, QImage::Format_Mono);
        huge.fill(1);
        const QString large = folders_.path("huge.png");
        QVERIFY(huge.save(large));
        QVERIFY(drop(&page(), large));
        fails("huge.png");
        QCOMPARE(page().state(), RoutingPage::State::kFailed);
        backToTheData();
        QVERIFY(!banner()->isVisible());
    }

    void rowsOfTheDataMayBeLongOrLackTheirPicture() {
        const QString data = folders_.path("rows"), model = folders_.path("with-rows");
        QDir().mkpath(data);
        for (const char* name : {"/good.png", "/long.png", "/gone.png", "/last.png"})
            drawShape("circle", Qt::red, 30).save(data + name);
        QFile words(data + "/words.png"), rows(data + "/rows.jsonl");
        QVERIFY(words.open(QIODevice::WriteOnly) && rows.open(QIODevice::WriteOnly));
        words.write("not a picture");
        QString longest;
        while (longest.size() < 1'000'000) longest += "red circle and blue square ";
        rows.write(row("0", "good.png", "a red circle") + row("1", "long.png", longest) +
                   row("2", "gone.png", "a square") + row("3", "words.png", "a star") +
                   row("4", "last.png", "a blue circle"));
        words.close();
        rows.close();
        QVERIFY(cli({"ckpt", "export", alpha_, "--out", model}).code == 0);
        for (const QString& name : QDir(model).entryList({"config*.yaml"})) {
            QFile config(model + "/" + name);
            QVERIFY(config.open(QIODevice::ReadOnly));
            std::string text = config.readAll().toStdString();
            config.close();
            for (const auto& [path, value] : {std::pair<std::string, std::string>("data.format", "jsonl"),
                                              {"data.train", "[rows.jsonl]"},
                                              {"data.eval", "[rows.jsonl]"},
                                              {"data.root", data.toStdString()}})
                text = switchyard::config::apply(text, *switchyard::config::setValueSplice(text, path, value));
            QVERIFY(config.open(QIODevice::WriteOnly | QIODevice::Truncate));
            config.write(QByteArray::fromStdString(text));
        }
        auto* combo = stage_->actions->findChild<CheckpointCombo*>();
        const QString before = combo->chosen().folder;
        // The picture goes after the list was read and before the worker comes to its row.
        const auto worker = static_cast<pid_t>(context_->inference().workerPid());
        QVERIFY(worker > 0);
        ::kill(worker, SIGSTOP);
        combo->chooseFolder(model);
        QTRY_COMPARE_WITH_TIMEOUT(page().dataSamples().rowCount(), 5, kLong);
        QVERIFY(QFile::remove(data + "/gone.png"));
        ::kill(worker, SIGCONT);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 1, kLong);
        // The bad ones do not keep the others from being traced.
        QTRY_COMPARE_WITH_TIMEOUT(page().dataSamples().routes().size(), 3, kLong);
        clickRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 2 && focus().sample()->pieces.size() == 16, kLong);
        shot(*stage_, "row-long");
        clickRow(2);
        fails("gone.png");
        QCOMPARE(page().state(), RoutingPage::State::kFailed);
        shot(*stage_, "row-gone");
        clickRow(4);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 5 && !banner()->isVisible(), kLong);
        clickRow(3);
        fails("words.png");
        clickRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 1 && !banner()->isVisible(), kLong);
        combo->chooseFolder(before);
        QTRY_COMPARE_WITH_TIMEOUT(page().dataSamples().routes().size(), 24, kLong);
        QVERIFY(content());
    }

    void aKilledWorkerIsToldAndTryAgainWorks() {
        const qint64 pid = context_->inference().workerPid();
        QVERIFY(pid > 0);
        ::kill(static_cast<pid_t>(pid), SIGSTOP);
        type("a green triangle");
        QTRY_COMPARE(page().state(), RoutingPage::State::kTracing);
        QTest::qWait(400);
        shot(*stage_, "tracing");
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        fails("signal 9 (SIGKILL)");
        for (QPushButton* button : banner()->findChildren<QPushButton*>())
            if (button->text() == "Try again") QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(content() && focus().sample()->text == "a green triangle", kLong);
        QVERIFY(!banner()->isVisible());
        QVERIFY(context_->inference().workerPid() != pid);
        backToTheData();
    }

    void aCorruptCheckpointIsToldAndAModelFolderWorks() {
        auto* combo = stage_->actions->findChild<CheckpointCombo*>();
        const QString broken = folders_.path("broken");
        QDir().mkpath(broken);
        for (const QFileInfo& file : QDir(newest()).entryInfoList(QDir::Files))
            QFile::copy(file.filePath(), broken + "/" + file.fileName());
        for (const QFileInfo& file : QDir(broken).entryInfoList({"model.*.safetensors"})) {
            QFile weights(file.filePath());
            QVERIFY(weights.open(QIODevice::ReadWrite));
            weights.seek(weights.size() - 2000);
            weights.write(QByteArray(1000, 'x'));
        }
        combo->chooseFolder(broken);
        fails("model.r000-of-001.safetensors");
        QCOMPARE(page().state(), RoutingPage::State::kFailed);
        const QString exported = folders_.path("exported");
        const Outcome outcome = cli({"ckpt", "export", alpha_, "--out", exported});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        combo->chooseFolder(exported);
        QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
        QVERIFY(!banner()->isVisible());
        QCOMPARE(combo->currentText(), QString("exported"));
        combo->setFocus();
        combo->setCurrentIndex(0);
        Q_EMIT combo->activated(0);
        QTRY_VERIFY_WITH_TIMEOUT(content() && combo->currentText().startsWith("alpha"), kLong);
    }

    void withoutACheckpointThePageSaysWhatToDo() {
        stage_.reset();
        context_.reset();
        runs_ = folders_.path("no-runs");
        QDir().mkpath(runs_);
        alpha_.clear();
        makeStage();
        QTRY_COMPARE(page().state(), RoutingPage::State::kNoModel);
        QSignalSpy asked(context_.get(), &AppContext::pageRequested);
        QVERIFY(stage_->button("Open Configure") != nullptr);
        QTest::mouseClick(stage_->button("Open Configure"), Qt::LeftButton);
        QCOMPARE(asked.size(), 1);
        shotInBothThemes(*stage_, "no-model");
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RoutingSamplesTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "routing_samples_test.moc"
