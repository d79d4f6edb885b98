// SPDX-License-Identifier: GPL-3.0-or-later
// The Ask page with what is wrong: pictures, texts, models, the worker. Each is told in words, nothing stands still,
// and the next question is answered.
#include <csignal>

#include "ui/ask_fixture.h"
#include "ui/panels/routing/token_strip.h"
#include "ui/widgets/empty_state.h"

using namespace switchyard::test;
using namespace switchyard::ui;

class AskFaultsTest : public QObject, public AskFixture {
    Q_OBJECT
public:
    explicit AskFaultsTest(OwnFolders& folders) : AskFixture(folders) {}

    /// The page still answers, and nothing of the fault is left.
    void theNextQuestionWorks() {
        clickExample(1);
        clickExample(0);
        // The last result stays until the new one comes, on a busy machine behind "Asking the model".
        QTRY_VERIFY_WITH_TIMEOUT(page().result() && page().result()->query == page().examples().examples()[0].query &&
                                     answer().hasAnswer(),
                                 kLong);
        QVERIFY2(!banner()->isVisible(), qPrintable(banner()->text()));
    }

private Q_SLOTS:
    void initTestCase() {
        makeRuns();
        makeStage(vqa_);
        QTRY_VERIFY_WITH_TIMEOUT(page().result().has_value(), kLong);
    }
    void cleanupTestCase() { endStage(); }

    void whatIsNoPictureIsTold_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("says");
        QTest::addColumn<bool>("asked");
        const QString words = folders_.path("words.png"), cut = folders_.path("cut.png"),
                      huge = folders_.path("huge.png");
        QVERIFY(writeBadPictures(folders_.path({}), picture(0)));
        QTest::newRow("not a picture") << words << "words.png" << true;
        QTest::newRow("broken") << cut << "cut.png" << true;
        QTest::newRow("100 megapixels") << huge << "huge.png" << true;
        QTest::newRow("gone") << folders_.path("gone.png") << "gone.png" << true;
        QTest::newRow("a folder") << folders_.path("config") << "This is a folder, not a picture" << false;
        QTest::newRow("another file") << vqa_ + "/config.resolved.yaml"
                                      << "not named like a picture" << false;
    }
    void whatIsNoPictureIsTold() {
        QFETCH(QString, file);
        QFETCH(QString, says);
        QFETCH(bool, asked);
        QVERIFY(drop(&page(), file));
        fails(says);
        QCOMPARE(page().result().has_value(), !asked);
        if (asked) QVERIFY(answer().hint().contains("no answer"));
        if (QTest::currentDataTag() == QByteArray("not a picture")) shotInBothThemes(*stage_, "not-a-picture");
        theNextQuestionWorks();
    }

    void aMegabyteOfTextIsCutAndToldTwice() {
        QString words;
        while (words.size() < 1'000'000) words += "is the square red and not blue ";
        QGuiApplication::clipboard()->setText(words);
        QTest::mouseClick(question().field(), Qt::LeftButton);
        question().field()->selectAll();
        QTest::keyClick(question().field(), Qt::Key_V, Qt::ControlModifier);
        fails("longer than 20,000 letters");
        QTRY_VERIFY_WITH_TIMEOUT(page().result() && page().result()->answer.tokens == 12, kLong);
        QVERIFY(page().result()->answer.text_tokens > 1000);
        QVERIFY2(answer().note().contains("reads the first 12 of its"), qPrintable(answer().note()));
        QCOMPARE(page().routing().tokens()->count(), 12);
        QVERIFY(banner()->isVisible());  // it goes on saying so
        shot(*stage_, "long");
        theNextQuestionWorks();
    }

    void aKilledWorkerIsToldAndTryAgainWorks() {
        const qint64 pid = context_->inference().workerPid();
        QVERIFY(pid > 0);
        ::kill(static_cast<pid_t>(pid), SIGSTOP);
        question().field()->setText("what is this?");
        QTest::keyClick(question().field(), Qt::Key_Return);
        QTest::qWait(900);
        QVERIFY(!answer().hasAnswer());  // it says that it waits
        shotInBothThemes(*stage_, "asking");
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        fails("signal 9 (SIGKILL)");
        clickButton(banner(), "Try again");
        QTRY_VERIFY_WITH_TIMEOUT(answered("what is this?"), kLong);
        QVERIFY(!banner()->isVisible());
        QVERIFY(context_->inference().workerPid() != pid);
        theNextQuestionWorks();
    }

    void aLongWaitCanBeCancelled() {
        const auto pid = static_cast<pid_t>(context_->inference().workerPid());
        ::kill(pid, SIGSTOP);
        question().field()->setText("and this?");
        QTest::keyClick(question().field(), Qt::Key_Return);
        QTRY_VERIFY([&] {
            for (QPushButton* found : answer().findChildren<QPushButton*>())
                if (found->text() == "Cancel" && found->isVisible()) return true;
            return false;
        }());
        clickButton(&answer(), "Cancel");
        QVERIFY(answer().hint().startsWith("Cancelled"));
        ::kill(pid, SIGCONT);
        QTest::qWait(300);
        QVERIFY(!page().result().has_value());
        QTest::keyClick(question().field(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(answered("and this?"), kLong);
        theNextQuestionWorks();
    }

    void modelsThatCanNotAnswer() {
        const QString before = checkpoints()->chosen().folder, broken = folders_.path("broken");
        QDir().mkpath(broken);
        for (const QFileInfo& file : QDir(before).entryInfoList(QDir::Files))
            QFile::copy(file.filePath(), broken + "/" + file.fileName());
        for (const QFileInfo& file : QDir(broken).entryInfoList({"model.*.safetensors"})) {
            QFile weights(file.filePath());
            QVERIFY(weights.open(QIODevice::ReadWrite));
            weights.seek(weights.size() - 2000);
            weights.write(QByteArray(1000, 'x'));
        }
        checkpoints()->chooseFolder(broken);
        fails("model.r000-of-001.safetensors");
        QVERIFY(!page().result().has_value());
        checkpoints()->chooseFolder(before);
        QTRY_VERIFY_WITH_TIMEOUT(page().result().has_value(), kLong);
        QVERIFY(!banner()->isVisible());

        const QString exported = folders_.path("exported");
        QVERIFY(cli({"ckpt", "export", vqa_, "--out", exported}).code == 0);
        QVERIFY(QFile::remove(exported + "/labels.json"));
        checkpoints()->chooseFolder(exported);
        QTRY_COMPARE_WITH_TIMEOUT(page().state(), AskPage::State::kUnusable, kLong);
        shotInBothThemes(*stage_, "no-answers");
        QSignalSpy opened(context_.get(), &AppContext::configRequested);
        QVERIFY(stage_->button("Train configs/vqa.yaml") != nullptr);
        QTest::mouseClick(stage_->button("Train configs/vqa.yaml"), Qt::LeftButton);
        QTRY_COMPARE(opened.size(), 1);
        checkpoints()->chooseFolder(folders_.path("config"));  // an empty folder
        QTRY_VERIFY_WITH_TIMEOUT(page().findChildren<QLabel*>().size() > 0, kLong);
        checkpoints()->chooseFolder(before);
        QTRY_VERIFY_WITH_TIMEOUT(page().state() == AskPage::State::kContent && page().result().has_value(), kLong);
        theNextQuestionWorks();
    }

    void withoutACheckpointThePageSaysWhatToDo() {
        endStage();
        runs_ = folders_.path("no-runs");
        QDir().mkpath(runs_);
        makeStage({});
        QTRY_COMPARE(page().state(), AskPage::State::kNoModel);
        QSignalSpy opened(context_.get(), &AppContext::configRequested);
        QVERIFY(stage_->button("Train configs/vqa.yaml") != nullptr);
        QTest::mouseClick(stage_->button("Train configs/vqa.yaml"), Qt::LeftButton);
        QTRY_COMPARE(opened.size(), 1);
        shotInBothThemes(*stage_, "no-model");
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    AskFaultsTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "ask_faults_test.moc"
