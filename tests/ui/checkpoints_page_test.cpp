// SPDX-License-Identifier: GPL-3.0-or-later
// The Checkpoints page over a real run: every action by mouse or keyboard, and what it does to the folders.
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableView>
#include <QTableWidget>
#include <memory>

#include "support/training.h"
#include "ui/panels/checkpoints/checkpoint_actions.h"
#include "ui/panels/checkpoints/job_list.h"
#include "ui/panels/checkpoints/output_dialog.h"
#include "ui/panels/checkpoints/prune_dialog.h"
#include "ui/panels/checkpoints_page.h"
#include "ui/retrieval_tools.h"
#include "ui/services/run_feed.h"
#include "ui/ui_tools.h"
#include "ui/widgets/message_banner.h"

using namespace switchyard;
using namespace switchyard::test;
using namespace switchyard::ui;

namespace {

constexpr int kLong = 60'000;

}  // namespace

class CheckpointsPageTest : public QObject {
    Q_OBJECT
public:
    explicit CheckpointsPageTest(OwnFolders& folders) : folders_(folders) {}

private:
    OwnFolders& folders_;
    QString runs_, run_, shapes_;
    std::unique_ptr<AppContext> context_;
    std::unique_ptr<CheckpointsPage> page_;

    QPushButton* button(const QString& text) const {
        for (QPushButton* found : page_->findChildren<QPushButton*>()) {
            if (found->text() == text && found->isVisible()) return found;
        }
        return nullptr;
    }
    void click(const QString& text) {
        QPushButton* found = button(text);
        QVERIFY2(found != nullptr, qPrintable("no button " + text));
        QVERIFY2(found->isEnabled(), qPrintable(text + ": " + found->toolTip()));
        QTest::mouseClick(found, Qt::LeftButton);
    }
    /// Clicks a row as a person does; Ctrl adds to the selection.
    void select(int row, Qt::KeyboardModifiers with = Qt::NoModifier) {
        const QRect place = page_->table()->visualRect(page_->rows().index(row, 0));
        QTest::mouseClick(page_->table()->viewport(), Qt::LeftButton, with, place.center());
    }
    QString cell(int row, int column) const { return page_->rows().index(row, column).data().toString(); }
    JobRow* newestJob() const { return page_->jobs().rows().first(); }
    /// Waits until the newest job has ended as expected. @return what it says
    QString settled(JobRow::State expected) {
        [&] { QTRY_VERIFY_WITH_TIMEOUT(newestJob()->state() > JobRow::State::kRunning, kLong); }();
        [&] { QVERIFY2(newestJob()->state() == expected, qPrintable(newestJob()->text())); }();
        return newestJob()->text();
    }
    QString folder(qint64 step) const {
        return QStringLiteral("%1/checkpoints/step-%2").arg(run_).arg(step, 8, 10, QChar('0'));
    }
    template <class T>
    T* dialog() const {
        for (QWidget* widget : QApplication::topLevelWidgets()) {
            if (auto* found = qobject_cast<T*>(widget); found != nullptr && found->isVisible()) return found;
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase() {
        runs_ = folders_.path("runs");
        shapes_ = writeShapes(folders_.path("shapes"));
        run_ = runs_ + "/alpha";
        const Outcome outcome = cli({"train",
                                     "--config",
                                     shippedConfig("smoke.yaml"),
                                     "--run-dir",
                                     run_,
                                     "--set",
                                     "run.name=alpha",
                                     "--set",
                                     "parallel.threads=1",
                                     "--set",
                                     "data.format=jsonl",
                                     "--set",
                                     "data.root=" + folders_.path("shapes"),
                                     "--set",
                                     "data.train=[shapes.jsonl]",
                                     "--set",
                                     "data.eval=[shapes.jsonl]",
                                     "--set",
                                     "train.global_batch=16",
                                     "--set",
                                     "train.steps=12",
                                     "--set",
                                     "checkpoint.every=3",
                                     "--set",
                                     "checkpoint.keep=9",
                                     "--set",
                                     "eval.every=0",
                                     "--set",
                                     "checkpoint.best=eval/retrieval/text_to_image_r10"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        context_ = std::make_unique<AppContext>(runs_);
        page_ = std::make_unique<CheckpointsPage>(*context_);
        page_->resize(1120, 640);
        page_->show();
        QVERIFY(QTest::qWaitForWindowExposed(page_.get()));
    }
    void cleanupTestCase() {
        page_.reset();
        context_.reset();
    }

    void withoutARunItSaysSo() {
        QTRY_VERIFY(!page_->table()->isVisible());
        const auto labels = page_->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
                            [](QLabel* label) { return label->isVisible() && label->text() == "No run selected"; }));
    }

    void listedNewestFirst() {
        QSignalSpy told(page_.get(), &Page::inspect);
        context_->selectRun(run_);
        QTRY_COMPARE(page_->rows().rowCount(), 4);
        QCOMPARE(page_->rows().metric(), QString("eval/retrieval/text_to_image_r10"));
        QStringList steps;
        for (int row = 0; row < 4; ++row) steps << cell(row, CheckpointTable::kStep);
        QCOMPARE(steps, (QStringList{"12", "9", "6", "3"}));
        QCOMPARE(cell(0, CheckpointTable::kRanks), QString("1"));
        QVERIFY(cell(0, CheckpointTable::kSize).endsWith("MiB") || cell(0, CheckpointTable::kSize).endsWith("KiB"));
        QCOMPARE(cell(0, CheckpointTable::kVerified), QString("not verified"));
        // The last one was evaluated at the end of the run, so it is the best of those that were.
        QCOMPARE(cell(0, CheckpointTable::kKept), QString("best, newest"));
        QVERIFY(cell(0, CheckpointTable::kMetric) != "–");
        QCOMPARE(cell(3, CheckpointTable::kMetric), QString("–"));
        const auto inspection = told.last()[0].value<Inspection>();
        QCOMPARE(inspection.heading, QString("Step 12"));
        QCOMPARE(inspection.sections.first().lines.first().name, QString("Size"));
        QVERIFY(button("Resume from step 12")->isEnabled());
        QVERIFY(!page_->actions().compareAction()->isEnabled());
        shotInBothThemes(*page_, "checkpoints");
    }

    void verifiedAndRemembered() {
        select(1);
        click("Verify");
        QVERIFY2(settled(JobRow::State::kGood).contains("Step 9 is sound"), qPrintable(newestJob()->text()));
        QTRY_VERIFY(cell(1, CheckpointTable::kVerified).startsWith("verified"));
        QCOMPARE(cell(0, CheckpointTable::kVerified), QString("not verified"));
        // The command line sees the same note.
        const QJsonArray listed = cli({"ckpt", "list", run_, "--json"}).jsonArray();
        QCOMPARE(listed.size(), 4);
        QVERIFY(listed[2].toObject()["verified_at"].toDouble() > 1.7e9);
        QVERIFY(listed[3].toObject()["verified_at"].isNull());
    }

    void aFlippedBitIsFound() {
        QFile weights(folder(3) + "/model.r000-of-001.safetensors");
        QVERIFY(weights.open(QIODevice::ReadWrite));
        weights.seek(weights.size() - 5);
        char byte = 0;
        weights.getChar(&byte);
        weights.seek(weights.size() - 5);
        weights.putChar(static_cast<char>(byte ^ 4));
        weights.close();
        select(3);
        click("Verify");
        const QString words = settled(JobRow::State::kBad);
        QVERIFY2(words.contains("Step 3 is corrupt") && words.contains("model.r000-of-001.safetensors"),
                 qPrintable(words));
        QTRY_COMPARE(cell(3, CheckpointTable::kVerified), QString("broken"));
        shotInBothThemes(*page_, "checkpoints-corrupt");
    }

    void aCutFileIsBrokenAtOnce() {
        QFile weights(folder(3) + "/model.r000-of-001.safetensors");
        QVERIFY(weights.resize(weights.size() / 2));
        const QString words = newestJob()->text();
        context_->selectRun({});
        QTRY_COMPARE(newestJob()->text(), "alpha: " + words);  // its run is not the one on the page
        context_->selectRun(run_);
        QTRY_COMPARE(newestJob()->text(), words);
        QTRY_COMPARE(cell(3, CheckpointTable::kVerified), QString("broken"));
        select(3);
        for (QAction* action :
             {page_->actions().evaluateAction(), page_->actions().exportAction(), page_->actions().resumeAction(),
              page_->actions().reshardAction(), page_->actions().pruneAction(), page_->actions().pinAction()}) {
            QVERIFY(!action->isEnabled());
            QVERIFY2(action->toolTip().contains("broken"), qPrintable(action->toolTip()));
        }
        QVERIFY(page_->actions().verifyAction()->isEnabled());
        QVERIFY(page_->actions().trashAction()->isEnabled());
    }

    void twoAreCompared() {
        select(0);
        select(1, Qt::ControlModifier);
        QVERIFY(!page_->actions().exportAction()->isEnabled());
        click("Compare");
        const QString words = settled(JobRow::State::kGood);
        QVERIFY2(words.startsWith("Step 9 and step 12 differ in "), qPrintable(words));
    }

    void evaluatedAndNoted() {
        select(1);
        QCOMPARE(cell(1, CheckpointTable::kMetric), QString("–"));
        click("Evaluate");
        const QString words = settled(JobRow::State::kGood);
        QVERIFY2(words.startsWith("Step 9, retrieval: "), qPrintable(words));
        QTRY_VERIFY(cell(1, CheckpointTable::kMetric) != "–");
        const Outcome direct =
            cli({"eval", "--checkpoint", folder(9), "--task", "retrieval", "--data", shapes_, "--json"});
        const QJsonObject metrics = direct.json()["metrics"].toObject();
        QVERIFY(!metrics.isEmpty());
        const auto& noted = page_->rows().row(1).metrics;
        for (auto it = metrics.begin(); it != metrics.end(); ++it) {
            const auto found = noted.find(("eval/retrieval/" + it.key()).toStdString());
            QVERIFY2(found != noted.end(), qPrintable(it.key()));
            QCOMPARE(found->second, it.value().toDouble());
        }
        // Another figure in the column, chosen by keyboard.
        auto* box = page_->findChild<QComboBox*>();
        QVERIFY(box->isVisible() && box->count() > 1);
        const QString before = page_->rows().metric();
        box->setFocus();
        QTest::keyClick(box, box->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
        QVERIFY(page_->rows().metric() != before);
        QCOMPARE(page_->rows().headerData(CheckpointTable::kMetric, Qt::Horizontal, Qt::DisplayRole).toString(),
                 metricWords(page_->rows().metric()));
    }

    void pinnedAndUnpinned() {
        select(2);
        click("Pin");
        QTRY_COMPARE(cell(2, CheckpointTable::kKept), QString("pinned"));
        QVERIFY(QFile::exists(folder(6) + "/PINNED"));
        QTRY_VERIFY(button("Unpin") != nullptr);
        click("Unpin");
        QTRY_COMPARE(cell(2, CheckpointTable::kKept), QString());
        QVERIFY(!QFile::exists(folder(6) + "/PINNED"));
    }

    void exported() {
        select(0);
        click("Export...");
        OutputDialog* asked = nullptr;
        QTRY_VERIFY((asked = dialog<OutputDialog>()) != nullptr);
        shotInBothThemes(*asked, "export");
        asked->choiceBox()->setFocus();
        QTest::keyClick(asked->choiceBox(), Qt::Key_Down);
        QVERIFY2(asked->folder().endsWith("export-step-00000012-switchyard-bf16"), qPrintable(asked->folder()));
        // A folder that is there is refused.
        asked->folderField()->selectAll();
        QTest::keyClicks(asked->folderField(), run_);
        QTRY_VERIFY(asked->okButton()->toolTip().contains("there already"));
        QVERIFY(!asked->okButton()->isEnabled());
        const QString out = folders_.path("exported");
        asked->folderField()->selectAll();
        QTest::keyClicks(asked->folderField(), out);
        QTRY_VERIFY(asked->okButton()->isEnabled());
        QTest::keyClick(asked->folderField(), Qt::Key_Return);
        QVERIFY2(settled(JobRow::State::kGood).contains(out), qPrintable(newestJob()->text()));
        QVERIFY(QFile::exists(out + "/model.safetensors"));
        // What can not be exported says why: this encoder has ALiBi.
        click("Export...");
        QTRY_VERIFY((asked = dialog<OutputDialog>()) != nullptr);
        asked->choiceBox()->setCurrentIndex(3);
        QTRY_VERIFY(asked->okButton()->isEnabled());
        QTest::mouseClick(asked->okButton(), Qt::LeftButton);
        const QString words = settled(JobRow::State::kBad);
        QVERIFY2(words.contains("ALiBi") || words.contains("position"), qPrintable(words));
    }

    void resharded() {
        select(0);
        click("Reshard...");
        OutputDialog* asked = nullptr;
        QTRY_VERIFY((asked = dialog<OutputDialog>()) != nullptr);
        QCOMPARE(asked->word(), QString("2"));
        asked->ranksBox()->setFocus();
        QTest::keyClick(asked->ranksBox(), Qt::Key_Up);
        QCOMPARE(asked->word(), QString("3"));
        QTRY_VERIFY(asked->okButton()->isEnabled());
        const QString out = asked->folder();
        QTest::mouseClick(asked->okButton(), Qt::LeftButton);
        settled(JobRow::State::kGood);
        QVERIFY(QFile::exists(out + "/model.r002-of-003.safetensors"));
        QVERIFY(cli({"ckpt", "diff", out, folder(12), "--json"}).json()["same"].toBool());
        QDir(out).removeRecursively();
    }

    void prunedWithAPreview() {
        select(0);
        click("Prune...");
        PruneDialog* asked = nullptr;
        QTRY_VERIFY((asked = dialog<PruneDialog>()) != nullptr);
        QCOMPARE(asked->keep(), 6);  // three quarters of eight
        QVERIFY(!asked->lossTable()->isVisible());
        // The preview is what the command line tells, and writes nothing.
        QTest::mouseClick(asked->previewButton(), Qt::LeftButton);
        QCOMPARE(asked->previewButton()->text(), QString("Cancel the preview"));
        shotInBothThemes(*asked, "prune-measuring");
        QTRY_VERIFY_WITH_TIMEOUT(asked->lossTable()->isVisible(), kLong);
        const Outcome told =
            cli({"ckpt", "prune", folder(12), "--keep", "6", "--data", shapes_, "--dry-run", "--json"});
        QVERIFY2(told.code == 0, told.err.constData());
        const QJsonObject quality = told.json()["quality"].toObject();
        QCOMPARE(asked->lossTable()->rowCount(), 6);
        const QStringList metrics = {"image_to_text_r1", "image_to_text_r5", "image_to_text_r10",
                                     "text_to_image_r1", "text_to_image_r5", "text_to_image_r10"};
        for (int row = 0; row < 6; ++row) {
            const QString metric = metrics[row];
            QCOMPARE(asked->lossTable()->item(row, 0)->text(), metricWords(metric));
            QCOMPARE(asked->lossTable()->item(row, 1)->text(),
                     QString::number(quality["before"][metric].toDouble(), 'f', 3));
            QCOMPARE(asked->lossTable()->item(row, 2)->text(),
                     QString::number(quality["after"][metric].toDouble(), 'f', 3));
        }
        QVERIFY(!asked->lossTable()->geometry().intersects(asked->folderField()->geometry()));
        shotInBothThemes(*asked, "prune-preview");
        // Another choice: another folder, and no figures of the one before.
        asked->keepBox()->setFocus();
        QTest::keyClick(asked->keepBox(), Qt::Key_Down);
        QCOMPARE(asked->keep(), 5);
        QVERIFY(!asked->lossTable()->isVisible());
        QVERIFY2(asked->folder().endsWith("pruned-step-00000012-to-5"), qPrintable(asked->folder()));
        QVERIFY(!QFile::exists(asked->folder()));
        // Of all layers together: another range, the same share.
        asked->budgetBox()->setFocus();
        QTest::keyClick(asked->budgetBox(), Qt::Key_Down);
        QVERIFY(asked->overAllLayers());
        const int layers = told.json()["layers"].toArray().size();
        QVERIFY(layers > 1);
        QCOMPARE(asked->keepBox()->maximum(), 8 * layers - 1);
        QCOMPARE(asked->keep(), 6 * layers);
        QVERIFY(asked->arguments().join(' ').contains(QString("--keep %1 --budget all").arg(6 * layers)));
        shotInBothThemes(*asked, "prune-over-all");
        QTest::mouseClick(asked->previewButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(asked->lossTable()->isVisible(), kLong);
        asked->keepBox()->setValue(layers);
        QTest::mouseClick(asked->previewButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(asked->previewWords()->text().contains("are too few"), kLong);
        asked->budgetBox()->setCurrentIndex(0);
        QCOMPARE(asked->keep(), 6);
        // A preview that is not waited for.
        QTest::mouseClick(asked->previewButton(), Qt::LeftButton);
        QTest::mouseClick(asked->previewButton(), Qt::LeftButton);
        QCOMPARE(asked->previewButton()->text(), QString("Preview the loss"));
        // Fewer experts than choices.
        asked->keepBox()->setValue(1);
        QTest::mouseClick(asked->previewButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(asked->previewWords()->text().contains("1 expert can not serve 2 choices"), kLong);
        shotInBothThemes(*asked, "prune-refused");
        asked->keepBox()->setValue(4);
        asked->choiceBox()->setCurrentIndex(2);
        QTRY_VERIFY(asked->okButton()->isEnabled());
        const QString out = asked->folder();
        QTest::mouseClick(asked->okButton(), Qt::LeftButton);
        const QString words = settled(JobRow::State::kGood);
        QVERIFY2(words.startsWith("Step 12 with 4 experts a layer is in " + out), qPrintable(words));
        QCOMPARE(cli({"ckpt", "verify", out, "--deep"}).code, 0);
        QVERIFY(cli({"config", "show", out + "/config.resolved.yaml"}).out.contains("experts: 4"));
        QDir(out).removeRecursively();
    }

    void trashedAndBroughtBack() {
        page_->activateWindow();  // from a dialog that was closed
        QVERIFY(QTest::qWaitForWindowActive(page_.get()));
        select(2);
        page_->table()->setFocus();
        QTest::keyClick(page_->table(), Qt::Key_Delete);
        QTRY_COMPARE(page_->rows().rowCount(), 3);
        QVERIFY(!QFile::exists(folder(6)));
        QVERIFY(page_->banner().isVisible());
        QVERIFY(page_->banner().text().contains("in the trash"));
        shotInBothThemes(*page_, "checkpoints-trash");
        click("Undo");
        QTRY_COMPARE(page_->rows().rowCount(), 4);
        QVERIFY(QFile::exists(folder(6) + "/COMMIT"));
        QVERIFY(!page_->banner().isVisible());
        QCOMPARE(cli({"ckpt", "verify", folder(6), "--deep"}).code, 0);
        QVERIFY(QDir(folders_.path("data/Trash/info")).entryList(QDir::Files).isEmpty());
    }

    void aLongJobIsCancelled() {
        const QString slow = folders_.path("slow");
        QFile script(slow);
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write("#!/bin/sh\nexec sleep 100\n");
        script.close();
        script.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        qputenv("SWITCHYARD_CLI", slow.toUtf8());
        select(0);
        click("Verify");
        QCOMPARE(newestJob()->state(), JobRow::State::kRunning);
        QTest::qWait(100);
        QTest::mouseClick(&newestJob()->cancelButton(), Qt::LeftButton);
        settled(JobRow::State::kCancelled);
        qputenv("SWITCHYARD_CLI", "/nowhere/switchyard");
        click("Verify");
        const QString words = settled(JobRow::State::kBad);
        QVERIFY2(words.contains("/nowhere/switchyard"), qPrintable(words));
        qputenv("SWITCHYARD_CLI", SWITCHYARD_BIN_DIR "/switchyard");
    }

    void severalJobsWaitForEachOther() {
        select(0);
        select(1, Qt::ControlModifier);
        select(2, Qt::ControlModifier);
        click("Verify");
        const QList<JobRow*> asked = page_->jobs().rows().mid(0, 3);
        QCOMPARE(asked[2]->state(), JobRow::State::kRunning);
        QCOMPARE(asked[1]->state(), JobRow::State::kWaiting);
        QTest::mouseClick(&asked[1]->cancelButton(), Qt::LeftButton);
        QCOMPARE(asked[1]->state(), JobRow::State::kCancelled);
        QCOMPARE(asked[2]->state(), JobRow::State::kRunning);
        QTRY_COMPARE_WITH_TIMEOUT(asked[0]->state(), JobRow::State::kGood, kLong);
        QCOMPARE(asked[2]->state(), JobRow::State::kGood);
        QVERIFY(page_->jobs().height() <= 5 * 36);
    }

    void resumedFromAnEarlierStep() {
        select(1);
        click("Resume from step 9");
        QMessageBox* question = nullptr;
        QTRY_VERIFY((question = dialog<QMessageBox>()) != nullptr);
        QVERIFY(question->text().contains("step 9"));
        for (QAbstractButton* choice : question->buttons()) {
            if (choice->text() == "Leave it") QTest::mouseClick(choice, Qt::LeftButton);
        }
        QTRY_VERIFY(dialog<QMessageBox>() == nullptr);
        const qint64 before = QFileInfo(folder(12) + "/COMMIT").lastModified().toMSecsSinceEpoch();
        click("Resume from step 9");
        QTRY_VERIFY((question = dialog<QMessageBox>()) != nullptr);
        for (QAbstractButton* choice : question->buttons()) {
            if (choice->text().startsWith("Resume")) QTest::mouseClick(choice, Qt::LeftButton);
        }
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(folder(12) + "/COMMIT").lastModified().toMSecsSinceEpoch() > before, kLong);
        QTRY_COMPARE_WITH_TIMEOUT(runs::readStatus(run_.toStdString()).state, runs::RunState::kFinished, kLong);
    }

    void thoseOfALiveRunAppearByThemselves() {
        const QString live = runs_ + "/live";
        Training training(live, 1, {"--set", "checkpoint.every=5", "--set", "checkpoint.keep=3"});
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(live + "/checkpoints/step-00000005/COMMIT"), kLong);
        context_->runs().refresh();
        QTRY_VERIFY_WITH_TIMEOUT(context_->runs().status(live) != nullptr, kLong);
        context_->selectRun(live);
        QTRY_VERIFY_WITH_TIMEOUT(page_->rows().rowCount() > 0, kLong);
        const qint64 newest = page_->rows().row(0).step;
        QTRY_VERIFY_WITH_TIMEOUT(page_->rows().rowCount() > 0 && page_->rows().row(0).step > newest, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(page_->actions().resumeAction()->toolTip().contains("going on"), kLong);
        QVERIFY(!page_->actions().resumeAction()->isEnabled());
        page_->table()->selectRow(0);
        QVERIFY(!page_->actions().trashAction()->isEnabled());
        QVERIFY2(page_->actions().trashAction()->toolTip().contains("would go on from this one"),
                 qPrintable(page_->actions().trashAction()->toolTip()));
    }

    void fitsNarrowAndWide() {
        for (const QSize size : {QSize(880, 560), QSize(2200, 1200)}) {
            page_->resize(size);
            QTest::qWait(50);
            for (const char* text : {"Verify", "Evaluate", "Compare", "Export...", "Move to trash"}) {
                QPushButton* found = button(QLatin1String(text));
                QVERIFY2(found != nullptr, text);
                QVERIFY2(found->width() >= found->sizeHint().width(), text);
                QVERIFY2(page_->rect().contains(QRect(found->mapTo(page_.get(), QPoint()), found->size())), text);
            }
            shotInBothThemes(*page_, QStringLiteral("checkpoints-%1").arg(size.width()));
        }
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    CheckpointsPageTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "checkpoints_page_test.moc"
