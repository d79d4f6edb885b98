// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the Retrieval page by themselves: answers, history, pictures, tiles, checkpoints, import.
#include <sys/stat.h>
#include <QSettings>
#include <QSignalSpy>
#include <QStringListModel>
#include <QStyledItemDelegate>

#include <fstream>

#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "ui/models/query_history.h"
#include "ui/models/retrieval_result.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/panels/retrieval/demo_import.h"
#include "ui/retrieval_tools.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/tile_view.h"

namespace {

using namespace switchyard::ui;
using namespace switchyard::test;
using switchyard::Error;
using switchyard::ExitCode;

RetrievalResult textResult(const QString& text, int hits = 1) {
    RetrievalResult result;
    result.query.text = text;
    for (int i = 0; i < hits; ++i) result.hits.append({QString::number(i), "p.png", "caption", {}, 0.5, {}});
    result.search_ms = 4;
    return result;
}

/// Colour in the middle of a picture on white.
QColor middle(const QPixmap& picture) {
    return picture.toImage().pixelColor(picture.width() / 2, picture.height() / 2);
}

}  // namespace

class RetrievalPartsTest : public QObject {
    Q_OBJECT
public:
    explicit RetrievalPartsTest(OwnFolders& folders) : folders_(folders) {}

private:
    OwnFolders& folders_;

private Q_SLOTS:
    void anAnswerIsRead() {
        const QByteArray answer = R"({"searched": 2149, "search_ms": 4.2, "rerank_ms": 61.0, "results": [
            {"id": "a", "image": "/x/a.png", "text": "one", "texts": ["one", "two"], "score": 0.412, "match_score": 0.97},
            {"id": "b", "image": "/x/b.png", "text": "tab\there", "score": -0.02, "match_score": 0.5}]})";
        const RetrievalResult result = parseRetrieval({"red", {}}, QJsonDocument::fromJson(answer).object(), 999);
        QCOMPARE(result.hits.size(), 2);
        QCOMPARE(result.searched, 2149);
        QCOMPARE(result.search_ms, 4.2);
        QCOMPARE(*result.rerank_ms, 61.0);
        QVERIFY(result.reranked());
        QCOMPARE(result.hits[0].texts, QStringList({"one", "two"}));
        QCOMPARE(matchText(*result.hits[0].match), QString("0.97"));
        QCOMPARE(scoreText(result.hits[0].score), QString("0.412"));
        QCOMPARE(scoreText(result.hits[1].score), QString("−0.020"));
        // 0.412 is under 0.45, the next twentieth with a little air.
        QCOMPARE(scoreScale(result), 0.45);
        const QStringList lines = toTsv(result).split('\n');
        QCOMPARE(lines[0], QString("rank\tid\ttext\timage\tmatching_head\tdual_encoder"));
        QCOMPARE(lines[1], QString("1\ta\tone\t/x/a.png\t0.97\t0.412"));
        QCOMPARE(lines[2].split('\t').size(), 6);
        QCOMPARE(lines[2].split('\t')[2], QString("tab here"));
        // A worker that does not tell its times: ours stands in.
        QCOMPARE(parseRetrieval({"red", {}}, {}, 12.5).search_ms, 12.5);
        QCOMPARE(milliseconds(0.42), QString("0.4 ms"));
        QCOMPARE(milliseconds(0.96), QString("1 ms"));
        QCOMPARE(milliseconds(61.4), QString("61 ms"));
        QCOMPARE(milliseconds(1234), QString("1.2 s"));
        QCOMPARE(countText(false, 1), QString("1 hit"));
        QCOMPARE(countText(true, 10), QString("10 texts"));
    }

    void theHistoryKeepsFiftyOverSessions() {
        const QString file = folders_.path("history.ini");
        {
            QueryHistory history(file);
            for (int i = 0; i < 60; ++i) history.add(textResult("query " + QString::number(i), 12));
            QCOMPARE(history.rowCount(), 50);
            QCOMPARE(history.query(0).text, QString("query 59"));
            RetrievalResult picture;
            picture.query.image = "/pictures/zebra, \"the\" first.jpg";
            picture.hits.append(RetrievalHit{});
            picture.search_ms = 6;
            history.add(picture);
            history.add(textResult("query 40", 3));  // again: moved, not repeated
            QCOMPARE(history.rowCount(), 50);
        }
        QueryHistory again(file);
        QCOMPARE(again.rowCount(), 50);
        QCOMPARE(again.query(0).text, QString("query 40"));
        QCOMPARE(again.index(0).data(QueryHistory::kOutcomeRole).toString(), QString("3 hits, 4 ms"));
        QCOMPARE(again.query(1).image, QString("/pictures/zebra, \"the\" first.jpg"));
        QCOMPARE(again.index(1).data().toString(), QString("zebra, \"the\" first.jpg"));
        QCOMPARE(again.index(1).data(QueryHistory::kOutcomeRole).toString(), QString("1 text, 6 ms"));
        QCOMPARE(again.rowOf({"query 59", {}}), 2);
        QCOMPARE(again.rowOf({"query 9", {}}), -1);
        again.remove(0);
        QCOMPARE(QueryHistory(file).query(0).image, QString("/pictures/zebra, \"the\" first.jpg"));
        again.clear();
        QCOMPARE(QueryHistory(file).rowCount(), 0);
    }

    void aTornHistoryIsNoHarm() {
        const QString file = folders_.path("torn.ini");
        std::ofstream(file.toStdString())
            << "[queries]\nsize=999999\n1\\text=kept\n2\\hits=nonsense\n3\\text=a\n3\\image=b\n\xff\xfe garbage";
        QueryHistory history(file);
        QCOMPARE(history.rowCount(), 2);
        QCOMPARE(history.query(0).text, QString("kept"));
        QVERIFY(history.query(1).isJoined());
        QCOMPARE(history.query(1).image_percent, 50);
    }

    void picturesAreScaledKeptAndMissed() {
        const QString folder = folders_.path("pictures");
        QDir().mkpath(folder);
        QImage wide(400, 100, QImage::Format_RGB32);
        wide.fill(QColor(200, 30, 40));
        wide.save(folder + "/wide.png");
        wide.save(folder + "/wide.jpg");
        drawShape("circle", Qt::blue, 40).save(folder + "/small.png");
        std::ofstream((folder + "/broken.png").toStdString()) << "no picture";
        PictureLoader loader;
        QSignalSpy loaded(&loader, &PictureLoader::loaded);
        QPixmap picture;
        using State = PictureLoader::State;
        for (const char* name : {"/wide.png", "/wide.jpg", "/small.png", "/broken.png", "/nowhere.png"}) {
            QCOMPARE(loader.find(folder + name, {100, 100}, &picture), State::kLoading);
            QCOMPARE(loader.find(folder + name, {100, 100}, &picture), State::kLoading);  // asked once
        }
        QTRY_COMPARE(loaded.size(), 5);
        QCOMPARE(loader.find(folder + "/wide.png", {100, 100}, &picture), State::kReady);
        QCOMPARE(picture.size(), QSize(100, 25));
        QCOMPARE(middle(picture), QColor(200, 30, 40));
        QCOMPARE(loader.sizeOf(folder + "/wide.png"), QSize(400, 100));
        QCOMPARE(loader.find(folder + "/wide.jpg", {100, 100}, &picture), State::kReady);
        QCOMPARE(picture.size(), QSize(100, 25));
        QCOMPARE(loader.find(folder + "/small.png", {100, 100}, &picture), State::kReady);
        QCOMPARE(picture.size(), QSize(64, 64));
        QCOMPARE(loader.find(folder + "/broken.png", {100, 100}, &picture), State::kMissing);
        QCOMPARE(loader.find(folder + "/nowhere.png", {100, 100}, &picture), State::kMissing);
        QCOMPARE(loader.find({}, {100, 100}, &picture), State::kMissing);
        // It has come back.
        wide.save(folder + "/nowhere.png");
        loader.forgetMissing();
        QCOMPARE(loader.find(folder + "/nowhere.png", {100, 100}, &picture), State::kLoading);
        QTRY_COMPARE(loader.find(folder + "/nowhere.png", {100, 100}, &picture), State::kReady);
    }

    void aFifoBlocksNobody() {
        const QString fifo = folders_.path("fifo.png");
        QCOMPARE(mkfifo(fifo.toUtf8().constData(), 0600), 0);
        PictureLoader loader;
        QPixmap picture;
        loader.find(fifo, {10, 10}, &picture);
        QTRY_COMPARE(loader.find(fifo, {10, 10}, &picture), PictureLoader::State::kMissing);
    }

    void tilesFitTheWidthAndFollowTheKeys() {
        QStringList names;
        for (int i = 0; i < 11; ++i) names.append(QString::number(i));
        QStringListModel model(names);
        TileView view({100, 10, {10, 4, 10, 10}, [](int width) { return width / 2; }});
        view.setItemDelegate(new QStyledItemDelegate(&view));
        view.setModel(&model);
        view.resize(450, 200);
        view.show();
        // 450 - 20 = 430 holds three of 100 with gaps of 10 and 110 more: four.
        QCOMPARE(view.columns(), 4);
        QCOMPARE(view.visualRect(model.index(0)).left(), 10);
        QCOMPARE(view.visualRect(model.index(3)).right() + 1, 440);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(view.visualRect(model.index(i + 1)).left() - view.visualRect(model.index(i)).right() - 1, 10);
        }
        QCOMPARE(view.indexAt(view.visualRect(model.index(6)).center()).row(), 6);
        QVERIFY(!view.indexAt({5, 50}).isValid());

        view.setFocus();
        view.setCurrentIndex(model.index(0));
        const auto after = [&](int key) {
            QTest::keyClick(&view, static_cast<Qt::Key>(key));
            return view.currentIndex().row();
        };
        QCOMPARE(after(Qt::Key_Right), 1);
        QCOMPARE(after(Qt::Key_Down), 5);
        QCOMPARE(after(Qt::Key_Down), 9);
        QCOMPARE(after(Qt::Key_Down), 9);
        QCOMPARE(after(Qt::Key_Up), 5);
        QCOMPARE(after(Qt::Key_Right), 6);
        QCOMPARE(after(Qt::Key_Right), 7);
        QCOMPARE(after(Qt::Key_Down), 10);  // the last line is short
        QCOMPARE(after(Qt::Key_Right), 10);
        QCOMPARE(after(Qt::Key_Home), 0);
        QCOMPARE(after(Qt::Key_Left), 0);
        QCOMPARE(after(Qt::Key_End), 10);

        QSignalSpy chosen(&view, &TileView::chosen), opened(&view, &TileView::opened);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QTest::keyClick(&view, Qt::Key_Space);
        QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, view.visualRect(model.index(9)).center());
        QCOMPARE(opened.size(), 2);
        QCOMPARE(opened[1][0].toModelIndex().row(), 9);
        view.resize(250, 150);
        QCOMPARE(view.columns(), 2);
        view.setCurrentIndex(model.index(0));
        view.setCurrentIndex(model.index(10));
        QVERIFY(view.viewport()->rect().contains(view.visualRect(model.index(10))));
    }

    void theShippedCheckpointIsListedAndTakenFirst() {
        const QString runs = folders_.path("runs"), resources = folders_.path("resources");
        QDir().mkpath(resources);
        makeRun(runs, {.name = "no-checkpoint", .recorded = 2});
        const QString trained = trainSmoke(runs, "trained", 3);
        QVERIFY(!trained.isEmpty());
        const QByteArray old = qgetenv("SWITCHYARD_RESOURCES");
        qputenv("SWITCHYARD_RESOURCES", resources.toUtf8());
        const auto list = [&](const QString& selected) {
            AppContext context(runs);
            if (!selected.isEmpty()) context.selectRun(selected);
            CheckpointCombo combo(context);
            combo.start();
            [&] { QTRY_VERIFY(combo.listed()); }();
            QStringList labels;
            for (int i = 0; i < combo.count(); ++i) labels.append(combo.itemText(i));
            return labels << "chosen: " + combo.chosen().label;
        };
        QCOMPARE(list({}), QStringList({"trained, step 3", "chosen: trained, step 3"}));
        QDir().mkpath(resources + "/demo");
        QCOMPARE(list({}), QStringList({"trained, step 3", "demo (shipped)", "chosen: demo (shipped)"}));
        QCOMPARE(list(trained), QStringList({"trained, step 3", "demo (shipped)", "chosen: trained, step 3"}));
        // A run without a checkpoint is no choice.
        QCOMPARE(list(runs + "/no-checkpoint").last(), QString("chosen: demo (shipped)"));
        qputenv("SWITCHYARD_RESOURCES", old);
    }

    void anImportGoesOnWithoutAMissingPackage() {
        const auto rows = [](const std::filesystem::path& out, const switchyard::dataset::ImportProgress& progress) {
            std::filesystem::create_directories(out / "emoji");
            drawShape("circle", Qt::red, 20).save(QString::fromStdString(out.string()) + "/emoji/x.png");
            for (int i = 0; i <= 20; ++i) progress(i, 20);
            std::ofstream train(out / "emoji-train.jsonl");
            for (int i = 0; i < 40; ++i)
                train << row(QString::number(i), "emoji/x.png", "a caption with words " + QString::number(i))
                             .toStdString();
            std::ofstream(out / "emoji.import.json") << "{}";
            return QString("12 SVG stamps were left out");
        };
        const auto missing = [](const std::filesystem::path&, const switchyard::dataset::ImportProgress&) -> QString {
            throw Error(ExitCode::kBadData, "no stamps", "/usr/share", "Install them: apt-get install stamps");
        };
        DemoImport import({{"emoji", rows}, {"stamps", missing}});
        QSignalSpy finished(&import, &DemoImport::finished), failed(&import, &DemoImport::failed);
        const QString out = folders_.path("import");
        import.start(out);
        QVERIFY(import.running());
        QTRY_COMPARE(finished.size() + failed.size(), 1);
        QVERIFY(!import.running());
        QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).value<Failure>().sentence()));
        QVERIFY2(finished[0][0].toString().contains("12 SVG stamps"), qPrintable(finished[0][0].toString()));
        QVERIFY(finished[0][0].toString().contains("apt-get install stamps"));
        QVERIFY(QFile::exists(out + "/train.jsonl"));
        QVERIFY(QFile::exists(out + "/tokenizer.model"));

        DemoImport hopeless({{"emoji", missing}, {"stamps", missing}});
        QSignalSpy hopeless_failed(&hopeless, &DemoImport::failed);
        hopeless.start(folders_.path("hopeless"));
        QTRY_COMPARE(hopeless_failed.size(), 1);
        QVERIFY(hopeless_failed[0][0].value<Failure>().sentence().contains("apt-get install"));
    }

    void anImportCanBeCancelledAndDiesWithItsOwner() {
        const auto endless = [](const std::filesystem::path&,
                                const switchyard::dataset::ImportProgress& progress) -> QString {
            for (int i = 0;; ++i) {
                QThread::msleep(5);
                if (!progress(i, 1'000'000)) throw Error(ExitCode::kInterrupted, "interrupted");
            }
        };
        auto import =
            std::make_unique<DemoImport>(std::vector<DemoImport::Source>{{"emoji", endless}, {"stamps", endless}});
        QSignalSpy cancelled(import.get(), &DemoImport::cancelled),
            progress(import.get(), &DemoImport::progressChanged);
        import->start(folders_.path("endless"));
        QTRY_VERIFY(import->done() > 10);
        QCOMPARE(import->source(), QString("emoji"));
        QCOMPARE(import->total(), 1'000'000);
        import->cancel();
        QTRY_COMPARE(cancelled.size(), 1);
        QVERIFY(!import->running());
        import->start(folders_.path("endless"));
        QVERIFY(import->running());
        import.reset();  // comes back
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RetrievalPartsTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "retrieval_parts_test.moc"
