// SPDX-License-Identifier: GPL-3.0-or-later
// What the Routing page counts, by hand; trace files that are not what they should be; colours of experts.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/base/io/safetensors.h"
#include "core/base/util/error.h"
#include "support/colour_sight.h"
#include "ui/models/route_focus.h"
#include "ui/models/route_stats.h"
#include "ui/models/sample_list_model.h"
#include "ui/models/trace_reader.h"
#include "ui/panels/routing/flow_paint.h"
#include "ui/panels/routing/route_paint.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/ui_tools.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

/// A fusion layer of 2 tokens and a picture of 2 x 2 patches, 4 experts, 2 choices.
RoutedSample sampleByHand() {
    RoutedSample sample;
    sample.text = "red circle";
    sample.pieces = {" red", " cir"};
    sample.token_ids = {5, 9};
    sample.grid = 2;
    sample.picture = QImage(8, 8, QImage::Format_RGB32);
    RoutedLayer layer;
    layer.name = "fusion.blocks.0.moe";
    layer.part = RoutePart::kFusion;
    layer.experts = 4;
    layer.choices = 2;
    layer.texts = 2;
    layer.images = 4;
    layer.chosen = {0, 1, /**/ 0, 2, /**/ 3, 0, /**/ 3, -1, /**/ 1, 0, /**/ -1, -1};
    layer.weights = {0.75F, 0.25F, /**/ 0.5F, 0.5F, /**/ 1, 0, /**/ 1, 0, /**/ 0, 0, /**/ 0, 0};
    layer.dropped = {0, 0, /**/ 0, 0, /**/ 0, 1, /**/ 0, 0, /**/ 1, 1, /**/ 0, 0};
    // Softmax of (ln 2, 0, 0, -inf): 0.5, 0.25, 0.25, 0; of equal logits: 0.25 each.
    const float none = -std::numeric_limits<float>::infinity();
    layer.logits = {std::log(2.0F), 0, 0, none};
    layer.logits.resize(24, 0);
    layer.measureEntropy();
    sample.layers = {layer};
    return sample;
}

struct TraceParts {
    std::vector<std::int64_t> experts = {0, 1};
    std::vector<std::int8_t> modality = {0};
    bool with_weights = true;
};

/// A trace of one token over 2 experts.
void writeTrace(const QString& file, const TraceParts& parts) {
    const std::string name = "layers.text.blocks.1.moe.";
    std::vector<io::TensorEntry> entries = {{name + "logits", io::Dtype::kF32, {1, 2}},
                                            {name + "experts", io::Dtype::kI64, {1, 2}},
                                            {name + "dropped", io::Dtype::kBool, {1, 2}},
                                            {name + "modality", io::Dtype::kI8, {1}}};
    if (parts.with_weights) entries.push_back({name + "weights", io::Dtype::kF32, {1, 2}});
    io::SafetensorsWriter writer(file.toStdString(), entries);
    const std::array<float, 2> numbers = {0.5F, 0.25F};
    const std::array<std::uint8_t, 2> dropped = {0, 1};
    writer.write(name + "logits", numbers.data(), sizeof(numbers));
    writer.write(name + "experts", parts.experts.data(), 16);
    writer.write(name + "dropped", dropped.data(), 2);
    writer.write(name + "modality", parts.modality.data(), 1);
    if (parts.with_weights) writer.write(name + "weights", numbers.data(), sizeof(numbers));
    writer.finish();
}

/// The smallest distance between two of 8 experts' colours.
double smallestDistance(char sight) {
    std::vector<QColor> colors;
    for (int expert = 0; expert < 8; ++expert) colors.push_back(Theme::instance().expertColor(expert, 8));
    return closestPair(colors, sight);
}

/// `over` with this opacity on `ground`, as it is seen.
QColor laidOn(const QColor& ground, const QColor& over, double opacity) {
    const auto part = [opacity](float a, float b) { return static_cast<float>(a + (b - a) * opacity); };
    return QColor::fromRgbF(part(ground.redF(), over.redF()), part(ground.greenF(), over.greenF()),
                            part(ground.blueF(), over.blueF()));
}

}  // namespace

class RouteModelsTest : public QObject {
    Q_OBJECT
public:
    explicit RouteModelsTest(OwnFolders& folders) : folders_(folders) {}

private:
    OwnFolders& folders_;

    QString readingFails(const TraceParts& parts) {
        const QString file = folders_.path("faulty.safetensors");
        writeTrace(file, parts);
        try {
            readTrace(file, {}, {"a", {}, {}}, folders_.path("no-model"));
        } catch (const Error& error) {
            return QString::fromStdString(error.message());
        }
        return {};
    }

private Q_SLOTS:
    void choicesAreToldBestFirstWithoutEmptyPlaces() {
        const RoutedSample sample = sampleByHand();
        const RoutedLayer& layer = sample.layers[0];
        QCOMPARE(layer.choicesOf(0).size(), 2);
        QCOMPARE(layer.choicesOf(0)[1].expert, 1);
        QCOMPARE(layer.choicesOf(3).size(), 1);
        QCOMPARE(layer.choicesOf(5).size(), 0);
        QCOMPARE(layer.first(2), 3);
        QCOMPARE(layer.first(5), -1);
        QVERIFY(layer.takes(1, 2) && !layer.takes(1, 1));
        QCOMPARE(layer.droppedOf(2), 1);
        QVERIFY(!layer.allDropped(2) && layer.allDropped(4) && !layer.allDropped(5));
    }

    void probabilitiesAndEntropyAreThoseOfTheSoftmax() {
        const RoutedLayer layer = sampleByHand().layers[0];
        const std::vector<double> p = layer.probabilities(0);
        QVERIFY(std::abs(p[0] - 0.5) < 1e-6 && std::abs(p[1] - 0.25) < 1e-6 && p[3] == 0);
        // 0.5 * 1 + 2 * 0.25 * 2 = 1.5 bits; 4 equal ones 2 bits.
        QVERIFY(std::abs(layer.entropy(0) - 1.5) < 1e-6);
        QVERIFY(std::abs(layer.entropy(1) - 2.0) < 1e-6);
    }

    void aClassTokenShiftsThePatches() {
        RoutedSample sample = sampleByHand();
        QCOMPARE(sample.rowOfPatch(sample.layers[0], 3), 5);
        QCOMPARE(sample.patchOfRow(sample.layers[0], 1), -1);
        RoutedLayer& layer = sample.layers[0];
        layer.images = 5;
        QCOMPARE(sample.rowOfPatch(layer, 0), 3);
        QCOMPARE(sample.patchOfRow(layer, 2), -1);  // the class token
        QCOMPARE(sample.patchOfRow(layer, 6), 3);
        layer.images = 0;
        QCOMPARE(sample.rowOfPatch(layer, 0), -1);
    }

    void piecesThatGoOnAWordSaySo() {
        RoutedSample sample;
        const auto labels = [&](const QStringList& pieces) {
            sample.pieces = pieces;
            QStringList told;
            for (int i = 0; i < pieces.size(); ++i) told << sample.label(i);
            return told;
        };
        QCOMPARE(labels({" tou", "can", ".", " "}), QStringList({"tou", "·can", ".", "␣"}));
        QCOMPARE(labels({"[CLS]", "tou", "##can", "eats"}), QStringList({"[CLS]", "tou", "·can", "eats"}));
        QCOMPARE(labels({"tou", "can ", "eats "}), QStringList({"tou", "·can", "eats"}));
    }

    void loadsAreCountedWithWhatWasDropped() {
        const RoutedSamplePtr sample = std::make_shared<const RoutedSample>(sampleByHand());
        const RouteLoad load = routeLoad({sample}, "fusion.blocks.0.moe");
        // Choices: tokens 0 1 0 2, patches 3 0 | 3 | 1 0: 9 in all. Expert 0: 2 text, 2 image of them.
        QCOMPARE(load.choices, 9.0);
        QCOMPARE(load.text[0], 2.0);
        QCOMPARE(load.image[0], 2.0);
        QCOMPARE(load.dropped[0], 2.0);
        QCOMPARE(load.droppedChoices, 3.0);
        QCOMPARE(load.rows, 6.0);
        QVERIFY(std::abs(load.ratio(0) - 4.0 * 4 / 9) < 1e-12);
        QVERIFY(std::abs(load.maxViolation() - 7.0 / 9) < 1e-12);  // 16/9 - 1
        QCOMPARE(load.inUse(), 4);
        QVERIFY(std::abs(load.entropy_bits - (1.5 + 5 * 2) / 6) < 1e-6);
        QCOMPARE(routeLoad({sample, sample}, "fusion.blocks.0.moe").choices, 18.0);
        QCOMPARE(routeLoad({sample}, "text.blocks.1.moe").experts(), 0);
    }

    void anExpertsProfileIsTakenOverAllSamples() {
        const RoutedSamplePtr sample = std::make_shared<const RoutedSample>(sampleByHand());
        const ExpertProfile profile = expertProfile({sample, sample}, "fusion.blocks.0.moe", 0, 8, 8, 8);
        QCOMPARE(profile.samples, 2);
        QCOMPARE(profile.texts, 4.0);
        QCOMPARE(profile.images, 4.0);
        QCOMPARE(profile.patches_seen, 8);
        QCOMPARE(profile.tokens.size(), 2);
        QCOMPARE(profile.tokens[0].piece, QString("red"));
        QCOMPARE(profile.tokens[0].weight, 0.75);
        QCOMPARE(profile.tokens[0].count, 2);
        QCOMPARE(profile.patches.size(), 4);
        // Of 8 places: with expert 1 twice (a token, a patch), 2 once, 3 once in each sample.
        QCOMPARE(profile.together[0].expert, 1);
        QCOMPARE(profile.together[0].share, 0.5);
        QCOMPARE(profile.together[1].share, 0.25);
    }

    void theFocusKeepsTokenAndPatchOverLayersAndLetsGoWhatIsNotThere() {
        RoutedSample sample = sampleByHand();
        RoutedLayer vision = sample.layers[0];
        vision.name = "vision.blocks.1.moe";
        vision.part = RoutePart::kVision;
        vision.texts = 0;
        vision.experts = 2;
        sample.layers.prepend(vision);
        RouteFocus focus;
        focus.setSample(std::make_shared<const RoutedSample>(sample));
        QCOMPARE(focus.layerName(), QString("fusion.blocks.0.moe"));
        focus.chooseRow(4);  // patch 2
        QCOMPARE(focus.expert(), 1);
        focus.setExpert(3);
        focus.setLayer("vision.blocks.1.moe");
        QCOMPARE(focus.row(), 2);
        QCOMPARE(focus.expert(), -1);  // two experts only
        focus.setLayer("fusion.blocks.0.moe");
        QCOMPARE(focus.row(), 4);
        focus.setRow(1);
        focus.setLayer("vision.blocks.1.moe");
        QCOMPARE(focus.row(), -1);
    }

    void tablesHoldEveryRowAndNumber() {
        const RoutedSample sample = sampleByHand();
        const RouteTable tokens = tokenTable(sample, sample.layers[0]), patches = patchTable(sample, sample.layers[0]);
        QCOMPARE(tokens.rows.size(), std::size_t{2});
        QCOMPARE(tokens.rows[0],
                 QStringList({"1", " red", "5", "E0", "0.75", "0.5", "no", "E1", "0.25", "0.25", "no", "1.5"}));
        QCOMPARE(patches.rows.size(), std::size_t{4});
        QCOMPARE(patches.rows[1].mid(0, 3), QStringList({"1", "2", "E3"}));
        QCOMPARE(patches.rows[0][9], QString("yes"));
        QCOMPARE(patches.rows[0].size(), patches.heads.size());
    }

    void aTraceIsReadAsItStands() {
        const QString file = folders_.path("good.safetensors");
        writeTrace(file, {});
        const RoutedSample sample =
            readTrace(file, QJsonObject{{"tokens", QJsonArray{" a"}}}, {"a", {}, {}}, folders_.path("no-model"));
        QCOMPARE(sample.layers.size(), 1);
        const RoutedLayer& layer = sample.layers[0];
        QCOMPARE(layer.block, 1);
        QCOMPARE(layer.part, RoutePart::kText);
        QCOMPARE(layer.texts, 1);
        QCOMPARE(layer.choicesOf(0)[0].expert, 0);
        QCOMPARE(layer.choicesOf(0)[1].weight, 0.25F);
        QVERIFY(layer.choicesOf(0)[1].dropped);
        QCOMPARE(layer.logits[0], 0.5F);
        QCOMPARE(sample.pieces, QStringList({" a"}));
    }

    void faultyTracesAreRefusedByName() {
        QVERIFY2(readingFails({{0, 7}, {0}, true}).contains("an expert of text.blocks.1.moe is out of range"),
                 qPrintable(readingFails({{0, 7}, {0}, true})));
        QVERIFY(readingFails({{0, -2}, {0}, true}).contains("out of range"));
        QVERIFY(readingFails({{0, 1}, {0}, false}).contains("layers.text.blocks.1.moe.weights"));
        const QString file = folders_.path("cut.safetensors");
        writeTrace(file, {});
        QVERIFY(QFile::resize(file, QFile(file).size() - 3));
        QVERIFY_EXCEPTION_THROWN(readTrace(file, {}, {"a", {}, {}}, {}), Error);
    }

    void oldTracesLetTheirLogitsGoWhereMemoryEnds() {
        // 3 traces of 60 MiB of logits each; 128 MiB are kept.
        SampleListModel list;
        for (int key = 1; key <= 3; ++key) list.append({key, {"a", {}, {}}, {}, {}});
        for (int key = 1; key <= 3; ++key) {
            auto sample = std::make_shared<RoutedSample>(sampleByHand());
            sample->layers[0].logits.resize(15U << 20);
            list.setRoutes(key, sample);
        }
        QCOMPARE(list.entries()[0].routes->logitBytes(), std::size_t{0});
        QVERIFY(list.entries()[1].routes->logitBytes() > 0 && list.entries()[2].routes->logitBytes() > 0);
        QVERIFY(std::abs(list.entries()[0].routes->layers[0].entropy(0) - 1.5) < 1e-6);
        QCOMPARE(routeLoad(list.routes(), "fusion.blocks.0.moe").choices, 27.0);
    }

    void eightExpertsStayApartInEveryonesEyes() {
        // OKLab distance x 100; the id is printed as well, so colour alone never has to tell them.
        for (const bool dark : {false, true}) {
            Theme::instance().setDark(dark);
            qInfo("%s: normal %.1f, deutan %.1f, protan %.1f", dark ? "dark" : "light", smallestDistance('n'),
                  smallestDistance('d'), smallestDistance('p'));
            QVERIFY(smallestDistance('n') > 12);
            QVERIFY(smallestDistance('d') > 7);
            QVERIFY(smallestDistance('p') > 7);
        }
    }

    /// What strip, flow and heatmap say by colour, to normal, deutan and protan eyes. Floors in OKLab distance x 100:
    /// 2 is a just visible step of two fields side by side, 5 one that is seen at a glance.
    void whatColourTellsApartStaysApart() {
        for (const bool dark : {false, true}) {
            Theme::instance().setDark(dark);
            const Palette& p = Theme::instance().palette();
            const auto tell = [&](const char* what, char sight, double found, double floor) {
                qInfo("%s, %c, %s: %.1f (at least %.1f)", dark ? "dark" : "light", sight, what, found, floor);
                QVERIFY2(found >= floor, what);
            };
            for (const char sight : {'n', 'd', 'p'}) {
                for (const int experts : {8, 64, 512}) {
                    // Nodes and cells that lie one over the other in the flow.
                    FlowColumn column;
                    column.experts = experts;
                    column.group = std::max(1, experts / 16);
                    double beside = 1e9, lit = 1e9, kept = 1e9, outline = 1e9, tag = 1e9;
                    for (int node = 0; node < experts / column.group; ++node) {
                        const QColor color = flowColor(column, node);
                        if (node > 0)
                            beside = std::min(beside, colourDistance(flowColor(column, node - 1), color, sight));
                    }
                    for (int expert = 0; expert < experts; ++expert) {
                        const QColor color = Theme::instance().expertColor(expert, experts);
                        // A ribbon that is lit and one that is not; a chip that an expert took and a hatched one; a
                        // chip's outline on its ground; a filled tag and an outlined one.
                        lit = std::min(lit, colourDistance(laidOn(p.panel, color, kFlowLit),
                                                           laidOn(p.panel, color, kFlowFaded), sight));
                        kept = std::min(kept, colourDistance(expertTint(expert, experts, false), p.panel, sight));
                        outline = std::min(outline, colourDistance(expertTint(expert, experts, true), p.text, sight));
                        tag = std::min(tag, colourDistance(color, p.panel, sight));
                    }
                    const QByteArray of = QByteArray::number(experts) + " experts: ";
                    tell((of + "neighbouring nodes of the flow").constData(), sight, beside, 5);
                    tell((of + "lit and faded ribbons").constData(), sight, lit, 12);
                    tell((of + "a kept chip's ground and a dropped one's").constData(), sight, kept, 2);
                    tell((of + "a selected chip's outline on its ground").constData(), sight, outline, 40);
                    tell((of + "a filled tag, or a bar, and an outlined or hatched one").constData(), sight, tag, 15);
                }
                tell("the hatch of a dropped chip on its ground", sight, colourDistance(p.bar_track, p.panel, sight),
                     5);
                const std::vector<QColor> heat = {p.diverging.front(), p.diverging[3], p.diverging.back(), p.dead};
                tell("heatmap: low, fair, high and dead", sight, closestPair(heat, sight), 10);
                double step = 1e9;
                for (std::size_t i = 1; i < p.sequential.size(); ++i)
                    step = std::min(step, colourDistance(p.sequential[i - 1], p.sequential[i], sight));
                tell("neighbouring stops of the matrix's scale", sight, step, 5);
            }
        }
    }
};

int main(int argc, char** argv) {
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RouteModelsTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "route_models_test.moc"
