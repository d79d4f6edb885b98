// SPDX-License-Identifier: GPL-3.0-or-later
// The Retrieval page: from no data to hits, by text and by picture, with mouse and keyboard.
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileDialog>
#include <QMenu>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QToolButton>

#include "ui/retrieval_fixture.h"

using namespace switchyard::test;

class RetrievalPageTest : public RetrievalFixture {
    Q_OBJECT
public:
    using RetrievalFixture::RetrievalFixture;

public Q_SLOTS:
    void openFolderUrl(const QUrl& url) { opened_ = url; }

private:
    QUrl opened_;

private Q_SLOTS:
    void initTestCase() { setUp(true); }

    void cleanupTestCase() { tearDown(); }

    void theSelectedRunsCheckpointIsTakenAndTheDemoDataOffered() {
        QTRY_COMPARE(checkpoints()->currentText(), QString("alpha, step 150"));
        QCOMPARE(checkpoints()->count(), 2);
        QTRY_COMPARE(title(), QString("The demo pictures are not imported"));
        QVERIFY(stage_->button("Import pictures") != nullptr);
        QVERIFY(!stage_->button("Search")->isEnabled());
        QVERIFY(!stage_->button("Search")->toolTip().isEmpty());
        QCOMPARE(context_->inference().workerPid(), 0);  // nothing was asked yet
        shotInBothThemes(*stage_, "no-data");
    }

    void theImportShowsHowFarItIsOrWhatToInstall() {
        click("Import pictures");
        QTRY_VERIFY_WITH_TIMEOUT(banner()->isVisible() || child<StartPane>()->content().progress > 0, kLong);
        if (banner()->isVisible()) {
            QVERIFY2(banner()->text().contains("apt-get install"), qPrintable(banner()->text()));
        } else {
            QVERIFY(title().startsWith("Importing"));
            QVERIFY2(child<StartPane>()->content().done.contains(" of "),
                     qPrintable(child<StartPane>()->content().done));
            shotInBothThemes(*stage_, "importing");
            click("Cancel");
        }
        QTRY_COMPARE_WITH_TIMEOUT(title(), QString("The demo pictures are not imported"), kLong);
        QVERIFY(!QFile::exists(folders_.path("data/switchyard/data/demo/train.jsonl")));
    }

    void dataIsChosenAndTheIndexBuiltByClicking() {
        click("Change data…");
        QTRY_VERIFY(qobject_cast<QMenu*>(QApplication::activePopupWidget()) != nullptr);
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Down);
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Return);
        QFileDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = stage_->page->findChild<QFileDialog*>()) != nullptr);
        dialog->selectFile(shapes_);
        QMetaObject::invokeMethod(dialog, "accept");
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
        QTRY_COMPARE(title(), QString("No index of shapes/shapes.jsonl yet"));
        QVERIFY(child<StartPane>()->content().sentence.contains("alpha, step 150"));
        shotInBothThemes(*stage_, "no-index");
        QSignalSpy reported(context_.get(), &AppContext::reported);
        click("Build index");
        QCOMPARE(title(), QString("Building the index of shapes/shapes.jsonl"));
        QTRY_COMPARE_WITH_TIMEOUT(title(), QString("Describe what to look for"), kLong);
        const QStringList facts = texts(stage_->side);
        for (const char* expected :
             {"ready", "24", "64 values, fp32", "exact", "shapes/shapes.jsonl", "alpha, step 150"}) {
            QVERIFY2(facts.contains(QLatin1String(expected)),
                     qPrintable(QString(expected) + " is not in " + facts.join(" | ")));
        }
        QVERIFY(QFile::exists(IndexStore::folderOf(newest(alpha_), shapes_) + "/index.json"));
        QCOMPARE(reported.size(), 1);
        QVERIFY(reported[0][1].toString().contains("shapes/shapes.jsonl"));
    }

    void aTextFindsPictures() {
        typeAndSearch("a large red circle");
        waitForResult({"a large red circle", {}});
        compareHits(ask({{"text", "a large red circle"}, {"k", 12}}));
        QCOMPARE(hits().size(), 12);
        // 150 steps are enough for the colour.
        QVERIFY2(hits()[0].text.contains("red"), qPrintable(hits()[0].text));
        const QStringList head = texts(results());
        QVERIFY(head.contains("12 hits"));
        QVERIFY2(head.filter(QRegularExpression("^of 24 in [0-9.]+ ms$")).size() == 1, qPrintable(head.join(" | ")));
        QCOMPARE(grid()->currentIndex().row(), 0);
        QCOMPARE(grid()->columns(), 4);
        QCOMPARE(hitPanel()->windowTitle(), QString("Hit 1"));
        QVERIFY(texts(hitPanel()).contains(hits()[0].text));
        QVERIFY(texts(hitPanel()).contains(hits()[0].image));
        QVERIFY(texts(hitPanel()).contains("1 of 12"));
        // The picture is on the card: its middle is not white any more.
        const QRect card = grid()->visualRect(grid()->model()->index(0, 0));
        const QPoint middle(card.center().x(), card.top() + card.width() * 3 / 8);
        QTRY_VERIFY(grid()->viewport()->grab().toImage().pixelColor(middle * grid()->devicePixelRatioF()) !=
                    QColor(Qt::white));
        shotInBothThemes(*stage_, "text");
    }

    void theButtonSearchesTooAndTheCountIsChangedAtOnce() {
        field()->setText("green square");
        click("Search");
        waitForResult({"green square", {}});
        QComboBox* count = stage_->page->findChild<QComboBox*>();
        count->setFocus();
        QTest::keyClick(count, Qt::Key_Down);
        QCOMPARE(count->currentText(), QString("24"));
        QTRY_COMPARE(hits().size(), 24);
        compareHits(ask({{"text", "green square"}, {"k", 24}}));
        QTest::keyClick(count, Qt::Key_Up);
        QTRY_COMPARE(hits().size(), 12);
    }

    void reRankingShowsTheMatchingHead() {
        typeAndSearch("small blue triangle");
        waitForResult({"small blue triangle", {}});
        QVERIFY(!results()->hits().result().reranked());
        QTest::mouseClick(rerank(), Qt::LeftButton, {}, {8, rerank()->height() / 2});
        QTRY_VERIFY_WITH_TIMEOUT(results()->hits().result().reranked(), kLong);
        compareHits(ask({{"text", "small blue triangle"}, {"k", 12}, {"rerank", true}}));
        for (qsizetype i = 0; i + 1 < hits().size(); ++i) QVERIFY(*hits()[i].match >= *hits()[i + 1].match);
        QVERIFY(*hits()[0].match > 0 && *hits()[0].match < 1);
        const QStringList head = texts(results());
        QVERIFY2(head.filter(QRegularExpression("^of 24 in [0-9.]+ ms, re-ranked in [0-9.]+ ms$")).size() == 1,
                 qPrintable(head.join(" | ")));
        QVERIFY(texts(hitPanel()).contains(matchText(*hits()[0].match)));
        QCOMPARE(grid()->model()->index(0, 0).data(Qt::AccessibleTextRole).toString(),
                 QStringLiteral("Hit 1, %1, matching head %2, dual encoder %3")
                     .arg(hits()[0].text, matchText(*hits()[0].match), scoreText(hits()[0].score)));
        shotInBothThemes(*stage_, "re-ranked");
    }

    void theKeyboardMovesOverTheGrid() {
        field()->setFocus();
        QTest::keyClick(field(), Qt::Key_Down);
        QVERIFY(grid()->hasFocus());
        QTest::keyClick(grid(), Qt::Key_Right);
        QTest::keyClick(grid(), Qt::Key_Down);
        QCOMPARE(grid()->currentIndex().row(), 5);
        QCOMPARE(hitPanel()->windowTitle(), QString("Hit 6"));
        QVERIFY(texts(hitPanel()).contains(hits()[5].text));
        QVERIFY(!hitPanel()->enlarged());
        QTest::keyClick(grid(), Qt::Key_Space);
        QVERIFY(hitPanel()->enlarged());
        QTest::mouseDClick(grid()->viewport(), Qt::LeftButton, {}, grid()->visualRect(grid()->currentIndex()).center());
        QVERIFY(!hitPanel()->enlarged());
        shotInBothThemes(*stage_, "keyboard");
    }

    void enterSearchesWithTheHit() {
        const RetrievalHit hit = hits()[5];
        QTest::keyClick(grid(), Qt::Key_Return);
        waitForResult({{}, hit.image});
        QCOMPARE(mode()->current(), 1);
        compareHits(ask({{"image", hit.image}, {"k", 12}, {"rerank", true}}));
        TileView* list = view("Texts found");
        QVERIFY(list->isVisible());
        QVERIFY(list->hasFocus());
        QCOMPARE(list->columns(), 1);
        QVERIFY(texts(results()).contains("12 texts"));
        QVERIFY(texts(results()).contains(QFileInfo(hit.image).fileName()));
        shotInBothThemes(*stage_, "texts");
        // And back: a text found is a query for pictures.
        const QString text = hits()[0].text;
        click("Use as query");
        waitForResult({text, {}});
        QCOMPARE(mode()->current(), 0);
        QCOMPARE(field()->text(), text);
    }

    void scoresAndPathsAreCopied() {
        click("Copy scores");
        const QStringList lines = QGuiApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 13);
        QVERIFY(lines[1].startsWith("1\t" + hits()[0].id + "\t" + hits()[0].text + "\t"));
        for (QToolButton* copy : hitPanel()->findChildren<QToolButton*>()) {
            if (copy->accessibleName() == "Copy file path") QTest::mouseClick(copy, Qt::LeftButton);
        }
        QCOMPARE(QGuiApplication::clipboard()->text(), hits()[0].image);
        QDesktopServices::setUrlHandler("file", this, "openFolderUrl");
        click("Open folder");
        QDesktopServices::unsetUrlHandler("file");
        QCOMPARE(opened_.toLocalFile(), QFileInfo(hits()[0].image).path());
    }

    void aDroppedPictureFindsTexts() {
        QTest::mouseClick(rerank(), Qt::LeftButton, {}, {8, rerank()->height() / 2});
        QTRY_VERIFY(!results()->hits().result().reranked());
        const QString picture = folders_.path("shapes/pictures/large-red-circle.png");
        QMimeData text_only;
        text_only.setText("no picture");
        QDragEnterEvent refused({10, 10}, Qt::CopyAction, &text_only, Qt::LeftButton, {});
        QApplication::sendEvent(stage_->page, &refused);
        QVERIFY(!refused.isAccepted());
        for (QWidget* target : {static_cast<QWidget*>(stage_->page), static_cast<QWidget*>(field())}) {
            QMimeData data;
            data.setUrls({QUrl::fromLocalFile("/somewhere/notes.txt"), QUrl::fromLocalFile(picture)});
            const QString typed = field()->text();
            QVERIFY(drop(target, data));
            waitForResult({{}, picture});
            QCOMPARE(field()->text(), typed);
            compareHits(ask({{"image", picture}, {"k", 12}}));
            typeAndSearch("yellow");
            waitForResult({"yellow", {}});
        }
        const QString first = hits()[0].text;
        QVERIFY2(first.contains("yellow"), qPrintable(first));
    }

    void aPictureIsPasted() {
        // A file that was copied in a file manager, while the field has the focus.
        const QString picture = folders_.path("shapes/pictures/small-green-square.png");
        auto* file = new QMimeData;
        file->setUrls({QUrl::fromLocalFile(picture)});
        file->setText(picture);
        QGuiApplication::clipboard()->setMimeData(file);
        field()->setFocus();
        QTest::keySequence(field(), QKeySequence::Paste);
        waitForResult({{}, picture});
        QCOMPARE(field()->text(), QString("yellow"));

        // A bitmap, while the list has it; it is kept in a file of ours.
        QGuiApplication::clipboard()->setImage(drawShape("square", QColor(40, 80, 200), 44));
        view("Texts found")->setFocus();
        QTest::keySequence(view("Texts found"), QKeySequence::Paste);
        QTRY_VERIFY(results()->hits().result().query.image.contains("pasted-"));
        const QString kept = results()->hits().result().query.image;
        QVERIFY(kept.startsWith(folders_.path("cache")));
        QCOMPARE(QImage(kept).size(), QSize(64, 64));
        QVERIFY2(hits()[0].text.contains("blue"), qPrintable(hits()[0].text));
        QCOMPARE(queries()->index(0, 0).data().toString(), QString("Pasted picture"));

        // Text stays text.
        QGuiApplication::clipboard()->setText("red square");
        field()->setFocus();
        field()->selectAll();
        QTest::keySequence(field(), QKeySequence::Paste);
        QCOMPARE(field()->text(), QString("red square"));
        QTest::keyClick(field(), Qt::Key_Return);
        waitForResult({"red square", {}});
    }

    void theModeSwitchesBetweenTheLastQueries() {
        const QString picture = results()->hits().result().query.image;
        const auto segment = [&](const QString& text) {
            for (QToolButton* button : mode()->findChildren<QToolButton*>()) {
                if (button->text() == text) QTest::mouseClick(button, Qt::LeftButton);
            }
        };
        segment("Image to text");
        QTRY_VERIFY(results()->hits().result().query.image.contains("pasted-"));
        segment("Text to image");
        waitForResult({"red square", {}});
    }

    void queriesAreKeptAndRunAgain() {
        const int row = [&] {
            for (int i = 0; i < queries()->rowCount(); ++i) {
                if (queries()->index(i, 0).data().toString() == "a large red circle") return i;
            }
            return -1;
        }();
        QVERIFY(row > 0);
        const int count = queries()->rowCount();
        auto* list = stage_->side->findChild<QListView*>();
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(queries()->index(row, 0)).center());
        waitForResult({"a large red circle", {}});
        QCOMPARE(field()->text(), QString("a large red circle"));
        QCOMPARE(queries()->rowCount(), count);
        QCOMPARE(queries()->index(0, 0).data().toString(), QString("a large red circle"));
        QCOMPARE(list->currentIndex().row(), 0);

        // A page of the next session: same queries and options, the index is still there.
        QTest::mouseClick(rerank(), Qt::LeftButton, {}, {8, rerank()->height() / 2});
        QTRY_VERIFY_WITH_TIMEOUT(results()->hits().result().reranked(), kLong);
        stage_.reset();
        makeStage();
        QVERIFY(rerank()->isChecked());
        QTest::mouseClick(rerank(), Qt::LeftButton, {}, {8, rerank()->height() / 2});
        QTRY_COMPARE(title(), QString("Describe what to look for"));
        QCOMPARE(queries()->rowCount(), count);
        list = stage_->side->findChild<QListView*>();
        list->setFocus();
        list->setCurrentIndex(queries()->index(0, 0));
        QTest::keyClick(list, Qt::Key_Return);
        waitForResult({"a large red circle", {}});
        list->setCurrentIndex(queries()->index(1, 0));
        QTest::keyClick(list, Qt::Key_Delete);
        QCOMPARE(queries()->rowCount(), count - 1);
    }

    void itFitsSmallAndLargeWindows() {
        for (const QSize& size : {QSize(1280, 768), QSize(1920, 1048)}) {
            stage_->resize(size);
            QTest::qWait(1);
            QVERIFY2(stage_->page->width() >= stage_->page->minimumSizeHint().width(), "the page is cut");
            const QRect first = grid()->visualRect(grid()->model()->index(0, 0));
            QVERIFY(first.width() >= 180 && first.width() < 280);
            QVERIFY(grid()->visualRect(grid()->model()->index(grid()->columns() - 1, 0)).right() <=
                    grid()->viewport()->width());
            shotInBothThemes(*stage_, QStringLiteral("at-%1").arg(size.width()));
            // A narrow dock: the buttons go on in a second line, none is cut.
            for (const int width : {240, metric::kRightDock}) {
                hitPanel()->setFixedWidth(width);
                QTest::qWait(1);
                for (const char* text : {"Use as query", "Open folder", "Copy scores"}) {
                    const QPushButton* button = stage_->button(text);
                    QVERIFY(button != nullptr && button->width() >= button->sizeHint().width());
                    QVERIFY(hitPanel()->rect().contains(QRect(button->mapTo(hitPanel(), QPoint()), button->size())));
                }
            }
        }
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RetrievalPageTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "retrieval_page_test.moc"
