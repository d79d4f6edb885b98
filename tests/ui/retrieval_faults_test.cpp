// SPDX-License-Identifier: GPL-3.0-or-later
// The Retrieval page when something is missing, other, slow or dies.
#include <QClipboard>
#include <QDateTime>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QTimer>
#include <algorithm>
#include <csignal>

#include "ui/retrieval_fixture.h"

using namespace switchyard::test;

class RetrievalFaultsTest : public RetrievalFixture {
    Q_OBJECT
public:
    using RetrievalFixture::RetrievalFixture;

private:
    /// What is dropped is told to be wrong, and the next search works.
    void dropIsRefused(const QString& file, const char* says) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QVERIFY(drop(stage_->page, data));
        QTRY_VERIFY_WITH_TIMEOUT(banner()->isVisible(), kLong);
        QVERIFY2(banner()->text().contains(QLatin1String(says)), qPrintable(banner()->text()));
        QVERIFY2(banner()->text().contains(QFileInfo(file).fileName()), qPrintable(banner()->text()));
        typeAndSearch("red");
        waitForResult({"red", {}});
        QVERIFY(!banner()->isVisible());
    }

private Q_SLOTS:
    void initTestCase() {
        setUp(true);
        QVERIFY(!beta_.isEmpty());
        many_ = writeMany(folders_.path("many"), 4000);
    }

    void cleanupTestCase() { tearDown(); }

    void anIndexIsBuilt() {
        QSettings(folders_.path("config/switchyard/retrieval.ini"), QSettings::IniFormat).setValue("data", shapes_);
        stage_.reset();
        makeStage();
        QTRY_COMPARE(title(), QString("No index of shapes/shapes.jsonl yet"));
        typeAndSearch("blue");
        click("Build index");
        waitForResult({"blue", {}});
        QVERIFY2(hits()[0].text.contains("blue"), qPrintable(hits()[0].text));
    }

    void aKilledWorkerIsToldAndTheNextSearchWorks() {
        const qint64 pid = context_->inference().workerPid();
        QVERIFY(pid > 0);
        ::kill(static_cast<pid_t>(pid), SIGSTOP);
        typeAndSearch("blue square");
        QTRY_VERIFY(texts(results()).contains("Searching"));
        shot(*stage_, "searching");
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        QTRY_VERIFY(banner()->isVisible());
        QVERIFY2(banner()->text().contains("signal 9 (SIGKILL)"), qPrintable(banner()->text()));
        QVERIFY(results()->isVisible());  // the last hits stay
        shotInBothThemes(*stage_, "worker-died");
        click("Try again");
        waitForResult({"blue square", {}});
        QVERIFY(!banner()->isVisible());
        QVERIFY(context_->inference().workerPid() != pid);
    }

    void aSearchCanBeCancelled() {
        ::kill(static_cast<pid_t>(context_->inference().workerPid()), SIGSTOP);
        typeAndSearch("yellow square");
        QTRY_VERIFY(stage_->button("Cancel") != nullptr);
        click("Cancel");
        QVERIFY(stage_->button("Cancel") == nullptr);
        ::kill(static_cast<pid_t>(context_->inference().workerPid()), SIGCONT);
        typeAndSearch("yellow circle");
        waitForResult({"yellow circle", {}});
    }

    void aPictureThatIsNoneIsAnError() {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(folders_.path("shapes/nothing.png"))});
        QVERIFY(drop(stage_->page, data));
        QTRY_VERIFY_WITH_TIMEOUT(banner()->isVisible(), kLong);
        QVERIFY2(banner()->text().contains("nothing.png"), qPrintable(banner()->text()));
        typeAndSearch("red");
        waitForResult({"red", {}});
        QVERIFY(!banner()->isVisible());
    }

    void foldersAndOtherFilesAreToldWhenTheyAreDropped() {
        dropIsRefused(folders_.path("shapes/pictures"), "This is a folder, not a picture");
        dropIsRefused(shapes_, "not named like a picture");
        QFile text(folders_.path("shapes/text.png"));
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write("I am a text");
        text.close();
        dropIsRefused(text.fileName(), "");
    }

    void aHundredMegapixelsAreRefusedWithoutBeingDecoded() {
        QImage large(10'000, 10'000, QImage::Format_Mono);
        large.fill(1);
        const QString file = folders_.path("shapes/large.png");
        QVERIFY(large.save(file));
        QElapsedTimer frozen;
        qint64 longest = 0;
        QTimer beat;
        frozen.start();
        connect(&beat, &QTimer::timeout, this, [&] { longest = std::max(longest, frozen.restart()); });
        beat.start(10);
        dropIsRefused(file, "10000x10000");
        QVERIFY2(longest < 2000, qPrintable(QString("the window stood still for %1 ms").arg(longest)));
        shot(*stage_, "too-large");
    }

    void aMegabyteOfTextIsCut() {
        QGuiApplication::clipboard()->setText(QString("red circle ").repeated(100'000));
        field()->setFocus();
        field()->selectAll();
        QTest::keySequence(field(), QKeySequence::Paste);
        QCOMPARE(field()->text().size(), 1000);
        QTest::keyClick(field(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(results()->hits().result().query.text.size() > 900, kLong);
        QVERIFY2(hits()[0].text.contains("red"), qPrintable(hits()[0].text));
        typeAndSearch("blue");
        waitForResult({"blue", {}});
    }

    void aBrokenCheckpointIsNamedAndTheOtherOneStillWorks() {
        const QString file = newest(beta_) + "/model.r000-of-001.safetensors";
        const auto flip = [&] {
            QFile weights(file);
            QVERIFY(weights.open(QIODevice::ReadWrite));
            weights.seek(weights.size() / 2);
            const char byte = weights.peek(1)[0];
            weights.write(QByteArray(1, static_cast<char>(byte ^ 1)));
        };
        flip();
        QTest::keyClick(checkpoints(), checkpoints()->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
        QTRY_COMPARE(title(), QString("No index of shapes/shapes.jsonl yet"));
        click("Build index");
        QTRY_VERIFY_WITH_TIMEOUT(banner()->isVisible(), kLong);
        QVERIFY2(banner()->text().contains("model.r000-of-001.safetensors"), qPrintable(banner()->text()));
        shot(*stage_, "broken-checkpoint");
        flip();
        QTest::keyClick(checkpoints(), checkpoints()->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
        waitForResult({"blue", {}});
        QVERIFY(!banner()->isVisible());
    }

    void missingPicturesLeaveQuietPlaces() {
        const QString gone = folders_.path("shapes/pictures/large-yellow-triangle.png");
        QVERIFY(QFile::rename(gone, gone + ".away"));
        typeAndSearch("a large yellow triangle");
        waitForResult({"a large yellow triangle", {}});
        QVERIFY(!banner()->isVisible());
        const auto missing =
            std::find_if(hits().begin(), hits().end(), [&](const RetrievalHit& hit) { return hit.image == gone; });
        QVERIFY(missing != hits().end());
        shot(*stage_, "missing");
        QVERIFY(QFile::rename(gone + ".away", gone));
    }

    void anotherCheckpointNeedsItsOwnIndexAndRunsTheQueryAgain() {
        checkpoints()->setFocus();
        QTest::keyClick(checkpoints(), checkpoints()->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
        QCOMPARE(checkpoints()->currentText(), QString("beta, step 3"));
        QTRY_COMPARE(title(), QString("No index of shapes/shapes.jsonl yet"));
        QVERIFY2(child<StartPane>()->content().sentence.contains("“a large yellow triangle”"),
                 qPrintable(child<StartPane>()->content().sentence));
        QCOMPARE(hitPanel()->windowTitle(), QString("Hit"));
        click("Build index");
        waitForResult({"a large yellow triangle", {}});
        QVERIFY(texts(stage_->side).contains("beta, step 3"));
        QTest::keyClick(checkpoints(), checkpoints()->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
        QTRY_VERIFY(texts(stage_->side).contains("alpha, step 150"));
        QTRY_VERIFY(results()->isVisible());
        const QJsonArray expected = ask({{"text", "a large yellow triangle"}, {"k", 12}});
        QTRY_COMPARE(hits()[0].score, expected[0]["score"].toDouble());
    }

    void anIndexThatTheCommandLineMadeServes() {
        const QString own = IndexStore::folderOf(newest(alpha_), shapes_);
        const QString named = QFileInfo(own).dir().filePath("named");
        QVERIFY(QDir().rename(own, named));
        stage_.reset();
        makeStage();
        QTRY_COMPARE(title(), QString("Describe what to look for"));
        typeAndSearch("a large yellow triangle");
        waitForResult({"a large yellow triangle", {}});
        QVERIFY(!QFileInfo::exists(own));
        QVERIFY(QDir().rename(named, own));
        stage_.reset();
        makeStage();
    }

    void anIndexOfOtherWeightsIsNotUsed() {
        QFile info(IndexStore::folderOf(newest(alpha_), shapes_) + "/index.json");
        QVERIFY(info.open(QIODevice::ReadOnly));
        QJsonObject content = QJsonDocument::fromJson(info.readAll()).object();
        info.close();
        content["checkpoint_sha256"] = QString(64, 'a');
        QVERIFY(info.open(QIODevice::WriteOnly));
        info.write(QJsonDocument(content).toJson());
        info.close();
        stage_.reset();
        makeStage();
        QTRY_COMPARE(title(), QString("The index was made with other weights"));
        QVERIFY(texts(stage_->side).contains("of other weights"));
        click("Rebuild index");
        QTRY_COMPARE_WITH_TIMEOUT(title(), QString("Describe what to look for"), kLong);
        QVERIFY(texts(stage_->side).contains("ready"));
    }

    void changedDataIsMarked() {
        QFile data(shapes_);
        QVERIFY(data.open(QIODevice::ReadWrite));
        QVERIFY(data.setFileTime(QDateTime::currentDateTime().addSecs(60), QFileDevice::FileModificationTime));
        data.close();
        stage_.reset();
        makeStage();
        QTRY_VERIFY(texts(stage_->side).contains("data has changed"));
        typeAndSearch("red");  // it still answers
        waitForResult({"red", {}});
        QVERIFY(data.open(QIODevice::ReadWrite));
        QVERIFY(data.setFileTime(QDateTime::currentDateTime().addSecs(-60), QFileDevice::FileModificationTime));
    }

    void aBuildIsShownAndCancelled() {
        QSettings(folders_.path("config/switchyard/retrieval.ini"), QSettings::IniFormat).setValue("data", many_);
        stage_.reset();
        makeStage();
        QTRY_COMPARE(title(), QString("No index of many/many.jsonl yet"));
        typeAndSearch("red circle");  // waits for the index
        QTRY_VERIFY(child<StartPane>()->content().sentence.contains("“red circle”"));
        click("Build index");
        QTRY_VERIFY_WITH_TIMEOUT(child<StartPane>()->content().left.contains("pictures/s"), kLong);
        const StartContent content = child<StartPane>()->content();
        QVERIFY(content.progress > 0 && content.progress < 1);
        QVERIFY2(content.done.endsWith(" of 4,000"), qPrintable(content.done));
        QVERIFY2(content.left.endsWith(" left"), qPrintable(content.left));
        QVERIFY(texts(stage_->side).contains("Building many/many.jsonl"));
        QVERIFY(texts(stage_->side).filter(" of 4,000").size() == 1);
        shotInBothThemes(*stage_, "building");
        for (QPushButton* cancel : stage_->side->findChildren<QPushButton*>()) {
            if (cancel->accessibleName() == "Cancel building the index") QTest::mouseClick(cancel, Qt::LeftButton);
        }
        QTRY_COMPARE(title(), QString("No index of many/many.jsonl yet"));
        const QString folder = IndexStore::folderOf(newest(alpha_), many_);
        QVERIFY(!QFile::exists(folder));
        QVERIFY(!texts(stage_->side).contains("Building many/many.jsonl"));
        // Once more, to the end, behind what is embedded: the waiting text is searched for.
        typeAndSearch("red circle");
        QTRY_VERIFY(child<StartPane>()->content().sentence.contains("are embedded already"));
        shot(*stage_, "continue");
        click("Continue building");
        waitForResult({"red circle", {}});
        QVERIFY(QFile::exists(folder + "/index.json"));
        QVERIFY(texts(stage_->side).contains("4,000"));
    }

    void theShippedCheckpointIsSearchedWithWhenNoRunIsSelected() {
        const QString shipped = folders_.path("resources/demo");
        QDir().mkpath(folders_.path("resources"));
        const Outcome exported = cli({"ckpt", "export", alpha_, "--out", shipped, "--dtype", "bf16"});
        QVERIFY2(exported.code == 0, exported.err.constData());
        QSettings(folders_.path("config/switchyard/retrieval.ini"), QSettings::IniFormat).setValue("data", shapes_);
        stage_.reset();
        makeStage({});
        QTRY_COMPARE(checkpoints()->currentText(), QString("demo (shipped)"));
        QTRY_COMPARE(title(), QString("No index of shapes/shapes.jsonl yet"));
        typeAndSearch("a large red circle");
        click("Build index");
        waitForResult({"a large red circle", {}});
        QVERIFY2(hits()[0].text.contains("red"), qPrintable(hits()[0].text));
        QVERIFY(texts(stage_->side).contains("ready"));
        QVERIFY(texts(stage_->side).contains("demo (shipped)"));
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RetrievalFaultsTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "retrieval_faults_test.moc"
