// SPDX-License-Identifier: GPL-3.0-or-later
// The Retrieval page: pictures by a picture, by text and picture together, of a folder; pictures alike.
#include <QComboBox>
#include <QFileDialog>
#include <QMap>
#include <QMenu>
#include <QMouseEvent>
#include <QSlider>
#include <QToolButton>
#include <csignal>

#include "ui/panels/retrieval/attribution_part_view.h"
#include "ui/panels/retrieval/join_row.h"
#include "ui/panels/retrieval/routes_beside.h"
#include "ui/panels/retrieval/why_view.h"
#include "ui/retrieval_fixture.h"

using namespace switchyard::test;

class RetrievalQueriesTest : public RetrievalFixture {
    Q_OBJECT
public:
    using RetrievalFixture::RetrievalFixture;

private:
    QString picture(const char* name) const {
        return folders_.path("shapes/pictures/") + QLatin1String(name) + QStringLiteral(".png");
    }
    JoinRow* join() const { return child<JoinRow>(); }
    QCheckBox* fold() const {
        for (QCheckBox* box : stage_->page->findChildren<QCheckBox*>())
            if (box->text() == "Fold alike") return box;
        return nullptr;
    }
    void segment(const QString& text) {
        for (QToolButton* button : mode()->findChildren<QToolButton*>())
            if (button->text() == text) QTest::mouseClick(button, Qt::LeftButton);
    }
    void dropPicture(const QString& file) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QVERIFY(drop(stage_->page, data));
    }

    /// What the worker itself says of a query's only part and a hit.
    QJsonObject why(const QJsonObject& part, const QJsonObject& hit) {
        const auto answer = std::make_shared<std::optional<QJsonObject>>();
        context_->inference().request(
            this, {{"op", "why"}, {"checkpoint", newest(alpha_)}, {"query", QJsonArray{part}}, {"hit", hit}},
            [answer](const QJsonObject& result) { *answer = result; },
            [answer](const Failure&) { *answer = QJsonObject(); });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer->has_value(), kLong); }();
        return answer->value_or(QJsonObject());
    }

    static void compareValues(const QList<double>& shown, const QJsonArray& expected) {
        QCOMPARE(shown.size(), expected.size());
        for (qsizetype i = 0; i < shown.size(); ++i) QCOMPARE(shown[i], expected[i].toDouble());
    }

    /// The entry of "Change data" that is reached by so many arrows down.
    void chooseInDataMenu(int downs) {
        click("Change data…");
        QTRY_VERIFY(qobject_cast<QMenu*>(QApplication::activePopupWidget()) != nullptr);
        QWidget* menu = QApplication::activePopupWidget();
        for (int i = 0; i < downs; ++i) QTest::keyClick(menu, Qt::Key_Down);
        QTest::keyClick(menu, Qt::Key_Return);
        QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
    }

private Q_SLOTS:
    void initTestCase() {
        setUp(false);
        QSettings(folders_.path("config/switchyard/retrieval.ini"), QSettings::IniFormat).setValue("data", shapes_);
        stage_.reset();
        makeStage();
        QTRY_COMPARE(title(), QString("No index of shapes/shapes.jsonl yet"));
        click("Build index");
        QTRY_COMPARE_WITH_TIMEOUT(title(), QString("Describe what to look for"), kLong);
        QVERIFY(fold()->isChecked());
        QTest::mouseClick(fold(), Qt::LeftButton, {}, {8, fold()->height() / 2});
        QVERIFY(!fold()->isChecked());
    }

    void cleanupTestCase() { tearDown(); }

    void aPictureFindsPictures() {
        QVERIFY(!join()->isVisible());  // there is no picture to join yet
        segment("Image to image");
        dropPicture(picture("large-green-circle"));
        const RetrievalQuery query{{}, picture("large-green-circle"), true};
        waitForResult(query);
        QCOMPARE(mode()->current(), 2);
        compareHits(ask({{"image", query.image}, {"k", 12}, {"captions", false}}));
        QVERIFY(grid()->isVisible());
        QCOMPARE(hits()[0].image, query.image);
        QVERIFY(std::abs(hits()[0].score - 1) < 1e-3);
        QVERIFY(!join()->isVisible());
        shotInBothThemes(*stage_, "image-to-image");
        // Enter on a hit goes on with it, the same way.
        grid()->setFocus();
        QTest::keyClick(grid(), Qt::Key_Right);
        const QString second = hits()[1].image;
        QTest::keyClick(grid(), Qt::Key_Return);
        waitForResult({{}, second, true});
        // Another kind of search with the same picture.
        segment("Image to text");
        waitForResult({{}, second});
        QVERIFY(view("Texts found")->isVisible());
    }

    void textAndPictureAreJoined() {
        typeAndSearch("a large red square");
        waitForResult({"a large red square", {}});
        QVERIFY(join()->isVisible());
        const QString image = results()->hits().result().query.image;
        QVERIFY(image.isEmpty());
        auto* with = join()->findChild<QCheckBox*>();
        auto* share = join()->findChild<QSlider*>();
        QVERIFY(!share->isEnabled());
        QTest::mouseClick(with, Qt::LeftButton, {}, {8, with->height() / 2});
        QTRY_VERIFY(results()->hits().result().query.isJoined());
        RetrievalQuery query = results()->hits().result().query;
        QCOMPARE(query.text, QString("a large red square"));
        QCOMPARE(query.image_percent, 50);
        const auto expected = [&](double of_image) {
            return ask({{"queries", QJsonArray{QJsonObject{{"text", query.text}, {"weight", 1 - of_image}},
                                               QJsonObject{{"image", query.image}, {"weight", of_image}}}},
                        {"k", 12},
                        {"captions", false}});
        };
        compareHits(expected(0.5));
        shotInBothThemes(*stage_, "joined");
        // The slider, by keyboard: only the picture counts, then only the text.
        QVERIFY(share->isEnabled());
        share->setFocus();
        QTest::keyClick(share, Qt::Key_End);
        query.image_percent = 100;
        waitForResult(query);
        compareHits(expected(1));
        QCOMPARE(hits()[0].image, query.image);
        QTest::keyClick(share, Qt::Key_Home);
        query.image_percent = 0;
        waitForResult(query);
        const QJsonArray text_only = ask({{"text", query.text}, {"k", 12}});
        for (qsizetype i = 0; i < 12; ++i) QVERIFY(std::abs(hits()[i].score - text_only[i]["score"].toDouble()) < 1e-5);
        // A picture dropped now takes the other one's place in the joined query.
        dropPicture(picture("small-blue-circle"));
        query.image = picture("small-blue-circle");
        waitForResult(query);
        QVERIFY(with->text().contains("small-blue-circle.png"));
        // Kept among the queries, and run again whole.
        QVERIFY(queries()->index(0, 0).data().toString().contains("a large red square + small-blue-circle.png"));
        QVERIFY(queries()->index(0, 0).data(QueryHistory::kOutcomeRole).toString().endsWith("picture 0 %"));
        QTest::mouseClick(with, Qt::LeftButton, {}, {8, with->height() / 2});
        waitForResult({"a large red square", {}});
        auto* list = stage_->side->findChild<QListView*>();
        list->setFocus();
        list->setCurrentIndex(queries()->index(1, 0));
        QTest::keyClick(list, Qt::Key_Return);
        waitForResult(query);
        QVERIFY(with->isChecked());
        QTest::mouseClick(rerank(), Qt::LeftButton, {}, {8, rerank()->height() / 2});
        QTRY_VERIFY_WITH_TIMEOUT(results()->hits().result().reranked(), kLong);  // by the text
        QTest::mouseClick(rerank(), Qt::LeftButton, {}, {8, rerank()->height() / 2});
        QTRY_VERIFY(!results()->hits().result().reranked());
        QTest::mouseClick(with, Qt::LeftButton, {}, {8, with->height() / 2});
        QTRY_VERIFY(!results()->hits().result().query.isJoined());
    }

    void wordsAndPatchesTellWhy() {
        typeAndSearch("a large red circle");
        waitForResult({"a large red circle", {}});
        WhyView* view = hitPanel()->findChild<WhyView*>();
        QVERIFY(view->shown().query.isEmpty());
        click("Why this result");
        QTRY_COMPARE_WITH_TIMEOUT(view->shown().query.size(), 1, kLong);
        const QJsonObject expected = why({{"text", "a large red circle"}}, {{"image", hits()[0].image}});
        compareValues(view->shown().query[0].values, expected["query"][0]["values"].toArray());
        compareValues(view->shown().hit.values, expected["hit"]["values"].toArray());
        QVERIFY(std::abs(view->shown().score - hits()[0].score) < 1e-4);
        QVERIFY(view->shown().query[0].tokens.join(u'|').contains("red"));
        QCOMPARE(view->shown().hit.picture.width(), 32);
        shotInBothThemes(*stage_, "why-text");
        // The pointer on a chip and the keys on the patches tell the numbers.
        const QList<AttributionPartView*> parts = view->findChildren<AttributionPartView*>();
        QCOMPARE(parts.size(), 2);
        // Sent by itself: a screenless platform's pointer may have left again by the next look.
        QMouseEvent move(QEvent::MouseMove, QPointF(8, 8), parts[0]->mapToGlobal(QPointF(8, 8)), Qt::NoButton,
                         Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(parts[0], &move);
        QCOMPARE(parts[0]->current(), 0);
        QVERIFY(parts[0]->currentText().contains(view->shown().query[0].tokens[0]));
        QVERIFY(texts(view).contains(parts[0]->currentText()));
        parts[1]->setFocus();
        QTest::keyClick(parts[1], Qt::Key_Right);
        QTest::keyClick(parts[1], Qt::Key_Right);
        QTest::keyClick(parts[1], Qt::Key_Down);
        QCOMPARE(parts[1]->current(), view->shown().hit.grid + 1);
        QVERIFY(texts(view).contains(parts[1]->currentText()));
        // The next hit is explained as well, while this is open.
        grid()->setFocus();
        QTest::keyClick(grid(), Qt::Key_Right);
        QVERIFY(view->shown().query.isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(view->shown().query.size() == 1, kLong);
        QVERIFY(std::abs(view->shown().score - hits()[1].score) < 1e-4);
        // A text that a picture found.
        dropPicture(picture("small-blue-circle"));
        QTRY_VERIFY_WITH_TIMEOUT(view->shown().query.size() == 1 && view->shown().query[0].isPicture(), kLong);
        QVERIFY(!view->shown().hit.isPicture() && !view->shown().hit.tokens.isEmpty());
        shotInBothThemes(*stage_, "why-picture");
    }

    void expertsOfQueryAndHitStandBesideEachOther() {
        typeAndSearch("a large red circle");
        waitForResult({"a large red circle", {}});
        RoutesBeside* view = hitPanel()->findChild<RoutesBeside*>();
        auto* bars = view->findChild<ShareBars*>();
        auto* layers = view->findChild<QComboBox*>();
        QVERIFY(!bars->isVisible());
        click("Routing beside the query's");
        QTRY_VERIFY_WITH_TIMEOUT(bars->isVisible(), kLong);
        QVERIFY(layers->currentText().startsWith("fusion."));
        // The same from what the worker writes down of the pair.
        const Outcome traced = cli({"trace", "--checkpoint", newest(alpha_), "--text", "a large red circle", "--image",
                                    hits()[0].image, "--out", folders_.path("pair.safetensors"), "--json"});
        QVERIFY2(traced.code == 0, traced.err.constData());
        const QJsonArray rows = traced.json()["samples"].toArray().at(0)["layers"][layers->currentText()].toArray();
        QMap<int, double> of_text, of_image;
        double texts_all = 0, images_all = 0;
        for (const QJsonValue& row : rows) {
            const bool is_text = row["modality"].toString() == "text";
            for (const QJsonValue& choice : row["choices"].toArray()) {
                if (choice["dropped"].toBool()) continue;
                (is_text ? of_text : of_image)[choice["expert"].toInt()] += 1;
                (is_text ? texts_all : images_all) += 1;
            }
        }
        QVERIFY(texts_all > 0 && images_all > 0);
        double overlap = 0;
        for (const RouteShare& share : bars->shares()) {
            QVERIFY(std::abs(share.query - of_text[share.expert] / texts_all) < 1e-9);
            QVERIFY(std::abs(share.hit - of_image[share.expert] / images_all) < 1e-9);
            overlap += std::min(share.query, share.hit);
        }
        QVERIFY(texts(view).contains(QStringLiteral("overlap %1").arg(overlap, 0, 'f', 2)));
        shotInBothThemes(*stage_, "routing-beside");
        // A layer of the text encoder sees only the query.
        layers->setFocus();
        QTest::keyClick(layers, Qt::Key_Home);
        QVERIFY(layers->currentText().startsWith("text."));
        QVERIFY(texts(view).contains("sees only the query"));
        QTest::keyClick(layers, Qt::Key_End);
        // Another hit, the same layer.
        grid()->setFocus();
        QTest::keyClick(grid(), Qt::Key_Right);
        QVERIFY(!bars->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(bars->isVisible(), kLong);
        QVERIFY(layers->currentText().startsWith("fusion."));
        click("Routing beside the query's");
        QVERIFY(!bars->isVisible());
    }

    void aWorkerThatDiesWhileItExplainsIsToldAndTheNextOneAnswers() {
        typeAndSearch("a small blue square");
        waitForResult({"a small blue square", {}});
        WhyView* view = hitPanel()->findChild<WhyView*>();
        QTRY_VERIFY_WITH_TIMEOUT(view->shown().query.size() == 1, kLong);
        const qint64 pid = context_->inference().workerPid();
        ::kill(static_cast<pid_t>(pid), SIGSTOP);
        grid()->setFocus();
        QTest::keyClick(grid(), Qt::Key_Right);
        QTRY_VERIFY(texts(view).contains("Asking the model"));
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        QTRY_VERIFY(texts(view).join(u'|').contains("SIGKILL"));
        QTest::keyClick(grid(), Qt::Key_Right);
        QTRY_VERIFY_WITH_TIMEOUT(view->shown().query.size() == 1, kLong);
        // A picture that went away since is told.
        const QString gone = hits()[0].image;
        QVERIFY(QFile::rename(gone, gone + ".away"));
        QTest::keyClick(grid(), Qt::Key_Home);
        QTRY_VERIFY_WITH_TIMEOUT(texts(view).join(u'|').contains(QFileInfo(gone).fileName()), kLong);
        QVERIFY(QFile::rename(gone + ".away", gone));
        click("Why this result");
        QVERIFY(!texts(view).join(u'|').contains(QFileInfo(gone).fileName()));
    }

    void aFolderOfPicturesWithCopiesIsFoldedAndUnfolded() {
        const QString folder = folders_.path("doubles");
        QDir().mkpath(folder);
        for (const char* name : {"large-red-circle", "large-blue-square", "small-yellow-triangle"})
            for (const char* copy : {"a", "b", "c"})
                QVERIFY(
                    QFile::copy(picture(name),
                                QStringLiteral("%1/%2-%3.png").arg(folder, QLatin1String(name), QLatin1String(copy))));
        chooseInDataMenu(5);  // the next index is searched by a graph
        chooseInDataMenu(2);  // a folder
        QFileDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = stage_->page->findChild<QFileDialog*>()) != nullptr);
        QCOMPARE(dialog->fileMode(), QFileDialog::Directory);
        QMetaObject::invokeMethod(dialog, "fileSelected", Q_ARG(QString, folder));
        dialog->close();
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
        QTRY_VERIFY(title().startsWith("No index of "));
        typeAndSearch("a large red circle");
        click("Build index");
        waitForResult({"a large red circle", {}});
        QCOMPARE(hits().size(), 9);
        QVERIFY(texts(stage_->side).contains("graph (HNSW)"));
        QVERIFY(hits()[0].text.endsWith(".png"));  // without captions the file's name stands there
        QTest::mouseClick(fold(), Qt::LeftButton, {}, {8, fold()->height() / 2});
        QTRY_COMPARE(hits().size(), 3);
        for (const RetrievalHit& hit : hits()) {
            QCOMPARE(hit.alike_count, 2);
            QCOMPARE(hit.alike[0].id.chopped(6), hit.id.chopped(6));
        }
        QVERIFY(grid()->model()->index(0, 0).data(Qt::AccessibleTextRole).toString().endsWith("2 alike"));
        QVERIFY(texts(results()).contains("3 hits"));
        shotInBothThemes(*stage_, "folded");
        const QString second = hits()[1].id;
        click("Show 2 alike");
        QCOMPARE(hits().size(), 5);
        QVERIFY(hits()[1].is_alike && hits()[2].is_alike);
        QCOMPARE(hits()[3].id, second);
        QVERIFY(texts(results()).contains("3 hits"));
        QCOMPARE(grid()->currentIndex().row(), 0);
        shotInBothThemes(*stage_, "unfolded");
        // By keyboard, and back.
        QPushButton* button = stage_->button("Fold 2 alike");
        button->setFocus();
        QTest::keyClick(button, Qt::Key_Space);
        QCOMPARE(hits().size(), 3);
        QCOMPARE(hits()[1].id, second);
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RetrievalQueriesTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "retrieval_queries_test.moc"
