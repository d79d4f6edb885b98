// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page over a small trained run: what is drawn against `switchyard trace`, mouse and keyboard in every
// view.
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSlider>
#include <algorithm>
#include <cstring>

#include "core/base/io/safetensors.h"
#include "support/timing.h"
#include "ui/models/sample_rows.h"
#include "ui/panels/routing/patch_legend.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/routing_fixture.h"

using namespace switchyard::test;
using namespace switchyard::ui;
namespace io = switchyard::io;

namespace {

/// What `switchyard trace` wrote of one layer.
struct Traced {
    int rows = 0, choices = 0;
    std::vector<std::int64_t> experts;
    std::vector<float> weights;
    std::vector<std::uint8_t> dropped;
    QList<RoutedChoice> of(int row) const {
        QList<RoutedChoice> list;
        for (int k = 0; k < choices; ++k) {
            const auto i = static_cast<std::size_t>(row * choices + k);
            if (experts[i] >= 0) list.append({static_cast<int>(experts[i]), weights[i], dropped[i] != 0});
        }
        return list;
    }
};

template <typename T>
std::vector<T> tensor(const io::SafetensorsFile& file, const std::string& name) {
    const io::TensorEntry* entry = file.find(name);
    std::vector<T> values((entry->end - entry->begin) / sizeof(T));
    std::memcpy(values.data(), file.data(*entry), values.size() * sizeof(T));
    return values;
}

Traced traced(const io::SafetensorsFile& file, const QString& layer) {
    const std::string prefix = "layers." + layer.toStdString() + ".";
    const io::TensorEntry* entry = file.find(prefix + "experts");
    return {static_cast<int>(entry->shape[0]), static_cast<int>(entry->shape[1]),
            tensor<std::int64_t>(file, prefix + "experts"), tensor<float>(file, prefix + "weights"),
            tensor<std::uint8_t>(file, prefix + "dropped")};
}

bool same(const QList<RoutedChoice>& a, const QList<RoutedChoice>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const RoutedChoice& x, const RoutedChoice& y) {
        return x.expert == y.expert && x.weight == y.weight && x.dropped == y.dropped;
    });
}

/// A token's or patch's choices as `switchyard trace --json` tells them.
QList<RoutedChoice> toldChoices(const QJsonValue& row) {
    QList<RoutedChoice> list;
    const QJsonArray choices = row[QStringLiteral("choices")].toArray();
    for (const QJsonValue choice : choices)
        list.append(
            {choice["expert"].toInt(), static_cast<float>(choice["weight"].toDouble(qQNaN())), choice["dropped"].toBool()});
    return list;
}

/// Counts what it sees painted.
class Painted : public QObject {
public:
    int count = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

}  // namespace

class RoutingPageTest : public QObject, public RoutingFixture {
    Q_OBJECT
public:
    explicit RoutingPageTest(OwnFolders& folders) : RoutingFixture(folders) {}

private Q_SLOTS:
    void initTestCase() { makeRuns({"data.synthetic.eval_samples=200"}); }
    void cleanupTestCase() { endStage(); }

    void theFirstRowIsShownAndTheOthersFollow() {
        makeStage();
        QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
        QCOMPARE(page().dataSamples().rowCount(), 24);
        QCOMPARE(page().currentKey(), 1);
        QCOMPARE(focus().layerName(), QString("fusion.blocks.0.moe"));
        QTRY_COMPARE_WITH_TIMEOUT(page().dataSamples().routes().size(), 24, kLong);
        const QString outcome = page().dataSamples().index(0).data(SampleListModel::kOutcomeRole).toString();
        QVERIFY2(outcome.contains(" tokens, 16 patches"), qPrintable(outcome));
        shotInBothThemes(*stage_, "routing");
    }

    void everythingIsDrawnWhereTheTraceSendsIt() {
        int lost = 0;
        for (int row = 0; row < 3; ++row) {
            clickRow(row);
            QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == row + 1, kLong);
            const RouteQuery& query = page().dataSamples().entries()[row].query;
            const QString file = folders_.path("trace.safetensors");
            const Outcome outcome =
                cli({"trace", "--checkpoint", alpha_, "--text", query.text, "--image", query.image, "--out", file});
            QVERIFY2(outcome.code == 0, outcome.err.constData());
            const io::SafetensorsFile trace(file.toStdString());
            const std::vector<std::int64_t> ids = tensor<std::int64_t>(trace, "token_ids");
            QCOMPARE(view()->tokens()->count(), static_cast<int>(ids.size()));
            for (const QString& layer : kLayers) {
                chooseLayer(layer);
                const Traced expected = traced(trace, layer);
                const bool has_text = !layer.startsWith("vision"), has_image = !layer.startsWith("text");
                const int texts = has_text ? static_cast<int>(ids.size()) : 0;
                QCOMPARE(expected.rows, texts + (has_image ? 16 : 0));
                for (int token = 0; token < view()->tokens()->count(); ++token)
                    QVERIFY(
                        same(view()->tokens()->choices(token), has_text ? expected.of(token) : QList<RoutedChoice>()));
                const PatchOverlay& overlay = view()->patches()->overlay();
                QCOMPARE(overlay.experts.size(), std::size_t{has_image ? 16U : 0U});
                for (int patch = 0; has_image && patch < 16; ++patch) {
                    const QList<RoutedChoice> choices = expected.of(texts + patch);
                    QCOMPARE(overlay.experts[static_cast<std::size_t>(patch)], choices[0].expert);
                    const bool all = std::all_of(choices.begin(), choices.end(),
                                                 [](const RoutedChoice& choice) { return choice.dropped; });
                    QCOMPARE(static_cast<bool>(overlay.dropped[static_cast<std::size_t>(patch)]), all);
                }
                for (int r = 0; r < expected.rows; ++r)
                    for (const RoutedChoice& choice : expected.of(r)) lost += choice.dropped ? 1 : 0;
                // The bars count the same choices.
                const auto made =
                    std::count_if(expected.experts.begin(), expected.experts.end(), [](auto e) { return e >= 0; });
                QCOMPARE(view()->bars()->load().choices, static_cast<double>(made));
                for (int e = 0; e < 8; ++e)
                    QCOMPARE(view()->bars()->load().taken(e),
                             static_cast<double>(std::count(expected.experts.begin(), expected.experts.end(), e)));
            }
        }
        QVERIFY(lost > 0);  // the capacity did drop some
        chooseLayer(kLayers[1]);
        shot(*stage_, "vision");
        clickRow(0);
    }

    /// 200 samples, as rows of one file for the command line.
    void everySampleIsDrawnAsTheCommandLineTellsIt() {
        constexpr int samples = 200;
        const SampleRows rows = readSampleRows(newest(), samples);
        QVERIFY2(rows.problem.isEmpty() && rows.rows.size() == samples, qPrintable(rows.problem));
        const QString file = folders_.path("rows.jsonl"), root = QFileInfo(rows.rows[0].image).path();
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        for (int i = 0; i < samples; ++i)
            out.write(QJsonDocument(QJsonObject{{"id", QString::number(i)},
                                                {"image", QFileInfo(rows.rows[i].image).fileName()},
                                                {"text", rows.rows[i].text}})
                          .toJson(QJsonDocument::Compact) +
                      "\n");
        out.close();
        const Outcome outcome = cli({"trace", "--checkpoint", newest(), "--data", file, "--root", root, "--limit",
                                     QString::number(samples), "--out", folders_.path("rows.safetensors"), "--json"},
                                    600'000);
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const QJsonArray told = outcome.json()["samples"].toArray();
        QCOMPARE(told.size(), samples);
        // Those that the page's list leaves out come in by the person's own.
        for (int i = 24; i < samples; ++i) page().ownSamples().append({2'000'000 + i, rows.rows[i], {}, {}});
        int tokens = 0, patches = 0, choices = 0, dropped = 0;
        for (int i = 0; i < samples; ++i) {
            QTest::mouseClick(
                panel()->lists()->findChildren<QToolButton*>()[i < 24 ? SamplePanel::kData : SamplePanel::kOwn],
                Qt::LeftButton);
            clickRow(i < 24 ? i : i - 24);
            const int key = i < 24 ? i + 1 : 2'000'000 + i;
            QTRY_VERIFY2_WITH_TIMEOUT(
                content() && page().currentKey() == key && focus().sample()->text == told[i]["text"].toString(),
                qPrintable(QString::number(i)), kLong);
            const int count = told[i]["tokens"].toArray().size(), all = focus().sample()->patches();
            QCOMPARE(view()->tokens()->count(), count);
            for (const QString& layer : kLayers) {
                focus().setLayer(layer);
                const QJsonArray expected = told[i]["layers"][layer].toArray();
                const int texts = layer.startsWith("vision") ? 0 : count;
                const bool pictured = !layer.startsWith("text");
                QCOMPARE(expected.size(), texts + (pictured ? all : 0));
                for (int token = 0; token < texts; ++token, ++tokens) {
                    const QList<RoutedChoice> row = toldChoices(expected[token]);
                    QVERIFY2(same(view()->tokens()->choices(token), row),
                             qPrintable(QString("sample %1, %2, token %3").arg(i).arg(layer).arg(token)));
                    choices += static_cast<int>(row.size());
                }
                const PatchOverlay& overlay = view()->patches()->overlay();
                QCOMPARE(static_cast<int>(overlay.experts.size()), pictured ? all : 0);
                for (int patch = 0; pictured && patch < all; ++patch, ++patches) {
                    const QList<RoutedChoice> row = toldChoices(expected[texts + patch]);
                    const auto at = static_cast<std::size_t>(patch);
                    QVERIFY2(overlay.experts[at] == (row.isEmpty() ? -1 : row[0].expert),
                             qPrintable(QString("sample %1, %2, patch %3").arg(i).arg(layer).arg(patch)));
                    const auto lost = std::count_if(row.begin(), row.end(), [](const auto& of) { return of.dropped; });
                    QCOMPARE(static_cast<bool>(overlay.part_lost[at]), lost > 0);
                    QCOMPARE(static_cast<bool>(overlay.dropped[at]), lost > 0 && lost == row.size());
                    dropped += static_cast<int>(lost);
                    choices += static_cast<int>(row.size());
                }
            }
        }
        qInfo(
            "%d samples: %d tokens and %d patches over 3 layers with %d choices (%d dropped patches' choices), all as "
            "the command line tells them",
            samples, tokens, patches, choices, dropped);
        QVERIFY(tokens > 10 * samples && patches == 32 * samples && dropped > 0);
        while (page().ownSamples().rowCount() > 0) page().ownSamples().remove(0);
        backToTheData();
    }

    void tagsAndPatchesHaveTheirExpertsColour() {
        chooseLayer(kLayers[2]);
        QTest::mouseMove(stage_.get(), QPoint(1, 1));
        const QImage chips = view()->tokens()->viewport()->grab().toImage();
        int seen = 0;
        for (int token = 0; token < view()->tokens()->count(); ++token) {
            const RoutedChoice first = view()->tokens()->choices(token)[0];
            const QRect tag = view()->tokens()->tagRect(token, 0);
            if (first.dropped || tag.bottom() > view()->tokens()->viewport()->height()) continue;
            QCOMPARE(chips.pixelColor(QPoint(tag.left() + 2, tag.center().y()) * chips.devicePixelRatio()),
                     Theme::instance().expertColor(first.expert, 8));
            ++seen;
        }
        QVERIFY(seen > 0);
        QSlider* slider = nullptr;
        for (QSlider* found : page().findChildren<QSlider*>())
            if (found->accessibleName() == "Strength of the overlay") slider = found;
        QVERIFY(slider != nullptr);
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_End);  // the overlay alone
        QCOMPARE(view()->patches()->strength(), 1.0);
        const QImage patches = view()->patches()->grab().toImage();
        for (int patch = 0; patch < 16; ++patch) {
            if (view()->patches()->overlay().dropped[static_cast<std::size_t>(patch)]) continue;
            const QPoint at = view()->patches()->patchRect(patch).center().toPoint();
            QCOMPARE(patches.pixelColor(at * patches.devicePixelRatio()),
                     Theme::instance().expertColor(
                         view()->patches()->overlay().experts[static_cast<std::size_t>(patch)], 8));
        }
        QTest::keyClick(slider, Qt::Key_Home);
        QVERIFY(view()->patches()->grab().toImage() != patches);
        slider->setValue(50);
    }

    void oneSelectionLightsUpEverywhereByMouse() {
        focus().setExpert(-1);
        TokenStrip* strip = view()->tokens();
        const RoutedChoice second = strip->choices(0)[1];
        QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, strip->tagRect(0, 1).center());
        QCOMPARE(focus().expert(), second.expert);
        QCOMPARE(focus().row(), 0);
        const auto told = [&](const QString& text) {
            const auto labels = stage_->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](QLabel* label) {
                return label->isVisible() && (label->text() == text || label->accessibleName() == text);
            });
        };
        QVERIFY(told(QString("E%1 selected").arg(second.expert)));
        QVERIFY(told(QString("Expert %1").arg(second.expert)));
        QVERIFY(told("Token 1"));
        shotInBothThemes(*stage_, "selected");
        // A chip beside its tags: the first choice.
        QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, strip->chipRect(1).topLeft() + QPoint(6, 6));
        QCOMPARE(focus().expert(), strip->choices(1)[0].expert);
        QTest::mouseClick(view()->patches(), Qt::LeftButton, {}, view()->patches()->patchRect(5).center().toPoint());
        QCOMPARE(focus().expert(), view()->patches()->overlay().experts[5]);
        QCOMPARE(focus().row(), strip->count() + 5);
        QVERIFY(told("row 2, column 2"));
        const PatchLegend::Entry entry = view()->legend()->entries()[0];
        if (focus().expert() == entry.expert) focus().setExpert(-1);
        QTest::mouseClick(view()->legend()->viewport(), Qt::LeftButton, {}, view()->legend()->entryRect(0).center());
        QCOMPARE(focus().expert(), entry.expert);
        RouteBars* bars = view()->bars();
        const int other = (entry.expert + 3) % 8;
        const QRect plot = bars->plotRect();
        QTest::mouseClick(bars, Qt::LeftButton, {},
                          {plot.left() + static_cast<int>((other + 0.5) * plot.width() / 8), plot.center().y()});
        QCOMPARE(focus().expert(), other);
        QTest::mouseClick(bars, Qt::LeftButton, {},
                          {plot.left() + static_cast<int>((other + 0.5) * plot.width() / 8), plot.center().y()});
        QCOMPARE(focus().expert(), -1);
        QVERIFY(told("No expert selected"));
    }

    void theKeyboardReachesEveryView() {
        TokenStrip* strip = view()->tokens();
        strip->setFocus(Qt::TabFocusReason);
        focus().setRow(-1);
        QTest::keyClick(strip, Qt::Key_Right);
        QCOMPARE(focus().row(), 0);
        QTest::keyClick(strip, Qt::Key_End);
        QCOMPARE(focus().row(), strip->count() - 1);
        QTest::keyClick(strip, Qt::Key_Home);
        QTest::keyClick(strip, Qt::Key_Return);
        QCOMPARE(focus().expert(), strip->choices(0)[0].expert);
        QTest::keyClick(strip, Qt::Key_Return);
        QCOMPARE(focus().expert(), strip->choices(0)[1].expert);
        QTest::keyClick(strip, Qt::Key_Escape);
        QCOMPARE(focus().expert(), -1);
        PatchView* patches = view()->patches();
        patches->setFocus(Qt::TabFocusReason);
        QTest::keyClick(patches, Qt::Key_Right);  // enters at the first
        QTest::keyClick(patches, Qt::Key_Right);
        QTest::keyClick(patches, Qt::Key_Down);
        QCOMPARE(focus().row(), strip->count() + 5);
        QTest::keyClick(patches, Qt::Key_Return);
        QCOMPARE(focus().expert(), patches->overlay().experts[5]);
        PatchLegend* legend = view()->legend();
        legend->setFocus(Qt::TabFocusReason);
        QTest::keyClick(legend, Qt::Key_Home);
        QCOMPARE(focus().expert(), legend->entries()[0].expert);
        QTest::keyClick(legend, Qt::Key_Down);
        QCOMPARE(focus().expert(), legend->entries()[1].expert);
        RouteBars* bars = view()->bars();
        bars->setFocus(Qt::TabFocusReason);
        QTest::keyClick(bars, Qt::Key_Home);
        QCOMPARE(focus().expert(), 0);
        QTest::keyClick(bars, Qt::Key_Right);
        QCOMPARE(focus().expert(), 1);
        shot(*stage_, "keyboard");
        QToolButton* layer = layers()->button(kLayers[0]);
        layer->setFocus();
        QTest::keyClick(layer, Qt::Key_Space);
        QCOMPARE(focus().layerName(), kLayers[0]);
        panel()->view()->setFocus();
        QTest::keyClick(panel()->view(), Qt::Key_Down);
        QTRY_COMPARE(page().currentKey(), 2);
        QTest::keyClick(panel()->view(), Qt::Key_Up);
        QTRY_COMPARE(page().currentKey(), 1);
        chooseLayer(kLayers[2]);
    }

    /// A text is typed over the one before it, letter by letter but for the last one at once; the time runs from the
    /// last key to the painted page.
    void speedOfTypedText() {
        stage_->resize(1440, 868);
        type("a small red circle");
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == RoutingPage::kDraft, kLong);
        const QStringList words = {"red", "blue", "green", "circle", "square", "large", "small", "left", "above", "of"};
        Painted painted;
        view()->tokens()->viewport()->installEventFilter(&painted);
        std::vector<double> times;
        for (int edit = 0; edit < 50; ++edit) {
            QTest::keyClicks(panel()->field(), (edit % 8 == 7 ? "" : " ") + words[edit % words.size()]);
            if (edit % 8 == 7) panel()->field()->clear();
            const int before = painted.count;
            QElapsedTimer timer;
            timer.start();
            QTest::keyClick(panel()->field(), edit % 8 == 7 ? Qt::Key_A : Qt::Key_S);
            const QString wanted = panel()->field()->text();
            while (timer.elapsed() < kLong && !(content() && focus().sample() != nullptr &&
                                                focus().sample()->text == wanted && painted.count > before))
                QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
            QCoreApplication::sendPostedEvents();
            QCoreApplication::processEvents();  // what else of the page is to be painted
            times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
            QCOMPARE(focus().sample()->text, wanted);
            QCOMPARE(view()->tokens()->count(), static_cast<int>(focus().sample()->pieces.size()));
        }
        std::sort(times.begin(), times.end());
        qInfo("typed text to a drawn page, 50 edits: median %.0f ms, worst %.0f ms", times[25], times.back());
        panel()->clearDraft();
        SKIP_UNLESS_TIMES_COUNT();
        QVERIFY2(times.back() <= 150, qPrintable(QString("worst %1 ms").arg(times.back())));
    }
};

int main(int argc, char** argv) {
    qputenv("OMP_NUM_THREADS", "1");
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RoutingPageTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "routing_page_test.moc"
