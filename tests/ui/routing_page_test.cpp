// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page over a small trained run: what is drawn against `switchyard trace`, mouse and keyboard in every
// view, samples of the person, exports, and what goes wrong.
#include <unistd.h>

#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QSignalSpy>
#include <QSlider>
#include <QTableView>
#include <QToolButton>
#include <algorithm>
#include <csignal>
#include <cstring>
#include <memory>

#include "core/base/io/safetensors.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"
#include "ui/page_stage.h"
#include "ui/panels/routing/bar_rows.h"
#include "ui/panels/routing/expert_panel.h"
#include "ui/panels/routing/layer_bar.h"
#include "ui/panels/routing/patch_legend.h"
#include "ui/panels/routing/patch_tiles.h"
#include "ui/panels/routing/patch_view.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/panels/routing/route_detail.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/panels/routing/routing_view.h"
#include "ui/panels/routing/sample_panel.h"
#include "ui/panels/routing/token_strip.h"
#include "ui/panels/routing_page.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/plot_tools.h"
#include "ui/retrieval_tools.h"
#include "ui/services/inference_client.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard::test;
using namespace switchyard::ui;
namespace io = switchyard::io;

namespace {

constexpr int kLong = 60'000;
const QStringList kLayers = {"text.blocks.1.moe", "vision.blocks.1.moe", "fusion.blocks.0.moe"};

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

}  // namespace

class RoutingPageTest : public QObject {
    Q_OBJECT
public:
    explicit RoutingPageTest(OwnFolders& folders) : folders_(folders) {}

private:
    OwnFolders& folders_;
    QString runs_, alpha_;
    std::unique_ptr<AppContext> context_;
    std::unique_ptr<PageStage<RoutingPage>> stage_;

    RoutingPage& page() const { return *stage_->page; }
    RoutingView* view() const { return page().findChild<RoutingView*>(); }
    SamplePanel* panel() const { return static_cast<SamplePanel*>(stage_->side); }
    ExpertPanel* expert() const { return static_cast<ExpertPanel*>(stage_->inspector); }
    MessageBanner* banner() const { return page().findChild<MessageBanner*>(); }
    RouteFocus& focus() const { return page().focus(); }
    LayerBar* layers() const { return page().findChild<LayerBar*>(); }
    bool content() const { return page().state() == RoutingPage::State::kContent; }
    QString newest() const {
        return QString::fromStdString(switchyard::runs::newestCheckpoint(alpha_.toStdString()).string());
    }

    QString train(const QString& name, const QStringList& more) {
        const QString folder = runs_ + "/" + name;
        QStringList words = {"train", "--config", shippedConfig("smoke.yaml"), "--ranks", "1", "--run-dir", folder};
        for (const QString& set : QStringList{"run.name=" + name, "parallel.threads=1"} + more) words << "--set" << set;
        const Outcome outcome = cli(words);
        if (outcome.code == 0) return folder;
        qWarning("%s", outcome.err.constData());
        return {};
    }

    void makeStage() {
        context_ = std::make_unique<AppContext>(runs_);
        context_->selectRun(alpha_);
        stage_ = std::make_unique<PageStage<RoutingPage>>(*context_);
        stage_->resize(1440, 868);
        stage_->show();
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
    }

    void chooseLayer(const QString& layer) {
        QToolButton* button = layers()->button(layer);
        QVERIFY(button != nullptr);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(focus().layerName(), layer);
    }

    void clickRow(int row) {
        const QModelIndex index = panel()->view()->model()->index(row, 0);
        panel()->view()->scrollTo(index);
        QTest::mouseClick(panel()->view()->viewport(), Qt::LeftButton, {}, panel()->view()->visualRect(index).center());
    }

    void type(const QString& text) {
        QTest::mouseClick(panel()->field(), Qt::LeftButton);
        panel()->field()->selectAll();
        QTest::keyClicks(panel()->field(), text);
    }

    void drop(QWidget* target, const QString& file) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        const QPoint at = target->rect().center();
        QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(target, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(target, &event);
    }

    void takePictureAway() {
        for (QToolButton* button : panel()->findChildren<QToolButton*>())
            if (button->accessibleName() == "Take the picture away" && button->isVisible())
                QTest::mouseClick(button, Qt::LeftButton);
    }

    void backToTheData() {
        panel()->clearDraft();
        QTest::mouseClick(panel()->lists()->findChildren<QToolButton*>()[0], Qt::LeftButton);
        clickRow(1);
        clickRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(content() && page().currentKey() == 1, kLong);
    }

    void fails(const QString& words) {
        QTRY_VERIFY2_WITH_TIMEOUT(banner()->isVisible() && banner()->text().contains(words),
                                  qPrintable(banner()->text()), kLong);
    }

private Q_SLOTS:
    void initTestCase() {
        runs_ = folders_.path("runs");
        qputenv("SWITCHYARD_RESOURCES", folders_.path("resources").toUtf8());  // no shipped checkpoint
        // Experts in all three parts, and room for fewer tokens than come.
        alpha_ = train("alpha", {"train.steps=40", "model.vision.moe_every=2", "model.moe.eval_capacity_factor=1.0",
                                 "model.moe.min_capacity=1"});
        QVERIFY(!alpha_.isEmpty());
    }

    void cleanupTestCase() {
        const qint64 pid = context_->inference().workerPid();
        stage_.reset();
        context_.reset();
        if (pid > 0) QCOMPARE(switchyard::runs::processStartTicks(pid), 0);
    }

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
        auto* slider = page().findChild<QSlider*>();
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

    void modesShowWeightsEntropyAndDrops() {
        const RoutedLayer& layer = *focus().layer();
        const RoutedSample& sample = *focus().sample();
        const auto buttons = view()->modes()->findChildren<QToolButton*>();
        QTest::mouseClick(buttons[2], Qt::LeftButton);
        QCOMPARE(view()->patches()->mode(), PatchMode::kEntropy);
        for (int patch = 0; patch < 16; ++patch)
            QVERIFY(std::abs(view()->patches()->overlay().shares[static_cast<std::size_t>(patch)] -
                             layer.entropy(sample.rowOfPatch(layer, patch)) / 3) < 1e-9);
        shotInBothThemes(*stage_, "entropy");
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        const int first = view()->patches()->overlay().experts[0];
        focus().setExpert(first);
        QCOMPARE(view()->patches()->overlay().shares[0],
                 static_cast<double>(layer.choicesOf(sample.rowOfPatch(layer, 0))[0].weight));
        shotInBothThemes(*stage_, "one-expert");
        QTest::mouseClick(buttons[3], Qt::LeftButton);
        shotInBothThemes(*stage_, "dropped");
        QTest::mouseClick(buttons[0], Qt::LeftButton);
    }

    void theLoadIsTakenOverAllSamplesAndTheCardNamesThem() {
        QTest::mouseClick(view()->scope()->findChildren<QToolButton*>()[1], Qt::LeftButton);
        double rows = 0;
        for (const RoutedSamplePtr& sample : page().dataSamples().routes()) rows += sample->layer(kLayers[2])->rows();
        QCOMPARE(view()->bars()->load().rows, rows);
        QTest::mouseClick(view()->scope()->findChildren<QToolButton*>()[0], Qt::LeftButton);
        QCOMPARE(view()->bars()->load().rows, static_cast<double>(focus().layer()->rows()));
        // The card's patches: a click shows the patch where it stands.
        focus().setExpert(view()->legend()->entries()[0].expert);
        QCOMPARE(expert()->profile().samples, 24);
        QVERIFY(!expert()->profile().patches.isEmpty());
        QTest::mouseClick(expert()->patches(), Qt::LeftButton, {}, expert()->patches()->tileRect(0).center());
        const TopPatch top = expert()->profile().patches[0];
        QTRY_COMPARE(page().currentKey(), top.sample + 1);
        QCOMPARE(focus().sample()->patchOfRow(*focus().layer(), focus().row()), top.patch);
        for (QPushButton* button : stage_->findChildren<QPushButton*>())
            if (button->text() == "Copy as table") QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(QGuiApplication::clipboard()->text().contains("Chosen together with\tShare"));
        clickRow(0);
    }

    void viewsAreExportedAndHaveTableTwins() {
        for (ChartMenu* menu : page().findChildren<ChartMenu*>()) {
            for (const char* kind : {"png", "pdf", "csv"}) {
                const QString path = folders_.path("export." + QString(kind));
                QFile::remove(path);
                QCOMPARE(exportTo(*context_, menu->menu(), QString("Export %1...").arg(QString(kind).toUpper()), path),
                         path);
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QByteArray bytes = file.readAll();
                if (kind == QByteArray("png")) QVERIFY(QImage::fromData(bytes).width() > 100);
                if (kind == QByteArray("pdf")) QVERIFY(bytes.startsWith("%PDF-"));
                if (kind == QByteArray("csv")) QVERIFY(bytes.count('\n') > 5);
            }
            action(menu->menu(), "Data table")->trigger();
        }
        const auto tables = page().findChildren<TableDialog*>();
        QCOMPARE(tables.size(), 3);
        QList<int> counts;
        for (TableDialog* table : tables) counts << table->view()->model()->rowCount();
        std::sort(counts.begin(), counts.end());
        QList<int> expected = {view()->tokens()->count(), 16, 8};
        std::sort(expected.begin(), expected.end());
        QCOMPARE(counts, expected);
        clickRow(1);  // tables of another sample close
        QTRY_COMPARE(page().findChildren<TableDialog*>().size(), 0);
        clickRow(0);
        stage_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(stage_.get()));
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
        drop(&page(), file);
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
        drop(&page(), text);
        fails("words.png");
        QCOMPARE(page().state(), RoutingPage::State::kFailed);
        shotInBothThemes(*stage_, "not-a-picture");
        takePictureAway();
        drop(&page(), folders_.path("config"));
        fails("This is a folder, not a picture");
        drop(&page(), alpha_ + "/config.resolved.yaml");
        fails("not named like a picture");
        QImage huge(10'000, 10'000, QImage::Format_Mono);
        huge.fill(1);
        const QString large = folders_.path("huge.png");
        QVERIFY(huge.save(large));
        drop(&page(), large);
        fails("huge.png");
        QCOMPARE(page().state(), RoutingPage::State::kFailed);
        backToTheData();
        QVERIFY(!banner()->isVisible());
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

    void nothingIsCutInASmallWindow() {
        QTRY_VERIFY_WITH_TIMEOUT(content(), kLong);
        stage_->resize(1280, 744);
        QTest::qWait(50);
        QVERIFY2(stage_->width() == 1280 && stage_->height() == 744,
                 qPrintable(QString("page %1, side %2, inspector %3")
                                .arg(page().minimumSizeHint().width())
                                .arg(panel()->minimumSizeHint().width())
                                .arg(expert()->minimumSizeHint().width())));
        for (QWidget* part : page().findChildren<QWidget*>()) {
            if (!part->isVisible() || part->parentWidget() == nullptr || part->window() != stage_.get()) continue;
            const int least = part->minimumWidth() > 0 ? part->minimumWidth() : part->minimumSizeHint().width();
            QVERIFY2(part->width() >= least || least <= 0,
                     qPrintable(QString("%1 %2").arg(part->metaObject()->className(), part->accessibleName())));
            if (qobject_cast<QAbstractScrollArea*>(part->parentWidget()->parentWidget()) != nullptr) continue;
            const QRect inside = part->parentWidget()->rect().adjusted(-2, -2, 2, 2);
            QVERIFY2(inside.contains(part->geometry()),
                     qPrintable(QString("%1 %2").arg(part->metaObject()->className(), part->accessibleName())));
        }
        focus().setExpert(view()->legend()->entries()[0].expert);
        focus().setRow(0);
        shotInBothThemes(*stage_, "small");
        QTest::mouseClick(layers()->button(kLayers[0]), Qt::LeftButton);
        shot(*stage_, "small-text");
        stage_->resize(1440, 868);
    }

    void manyExpertsAreDrawn() {
        for (const int experts : {64, 512}) {
            auto sample = std::make_shared<RoutedSample>(*focus().sample());
            QVERIFY(sample->layers.last().rows() > 0);
            RoutedLayer& layer = sample->layers.last();
            layer.experts = experts;
            layer.logits.assign(static_cast<std::size_t>(layer.rows() * experts), 0);
            for (std::size_t i = 0; i < layer.logits.size(); ++i)
                layer.logits[i] = 3 * std::sin(static_cast<float>(i) * 0.37F);
            for (std::size_t i = 0; i < layer.chosen.size(); ++i)
                layer.chosen[i] = static_cast<int>(i * i * 7 + i * 13) % experts;
            layer.measureEntropy();
            RouteFocus own;
            RoutingExports exports(*context_, own, &page());
            RoutingView wide(own, exports);
            own.setSample(sample);
            wide.setSamples({sample});
            wide.resize(850, 700);
            wide.show();
            own.chooseRow(2);
            QCOMPARE(wide.bars()->load().experts(), experts);
            QVERIFY(!wide.legend()->entries().isEmpty());
            const QRect plot = wide.bars()->plotRect();
            QCOMPARE(wide.bars()->expertAt(plot.right()), experts - 1);
            shotInBothThemes(wide, QString("experts-%1").arg(experts));
        }
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
    RoutingPageTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "routing_page_test.moc"
