// SPDX-License-Identifier: GPL-3.0-or-later
// What the Routing page counts, by hand; trace files that are not what they should be; colours of experts.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/base/io/safetensors.h"
#include "core/base/util/error.h"
#include "ui/models/route_focus.h"
#include "ui/models/route_stats.h"
#include "ui/models/sample_list_model.h"
#include "ui/models/trace_reader.h"
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

using Linear = std::array<double, 3>;

Linear linear(const QColor& color) {
    const auto decode = [](float v) {
        const double value = static_cast<double>(v);
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return {decode(color.redF()), decode(color.greenF()), decode(color.blueF())};
}

/// Source: Machado et al. 2009, table of severity 1.0.
Linear seenBy(const Linear& c, char sight) {
    using Matrix = std::array<std::array<double, 3>, 3>;
    static const Matrix deutan = {
        {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
    static const Matrix protan = {
        {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
    if (sight == 'n') return c;
    const Matrix& m = sight == 'd' ? deutan : protan;
    Linear out{};
    for (std::size_t i = 0; i < 3; ++i) out[i] = std::clamp(m[i][0] * c[0] + m[i][1] * c[1] + m[i][2] * c[2], 0.0, 1.0);
    return out;
}

/// Source: Ottosson 2020, linear sRGB to OKLab.
Linear oklab(const Linear& c) {
    const double l = std::cbrt(0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]);
    const double m = std::cbrt(0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]);
    const double s = std::cbrt(0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

/// The smallest distance between two of 8 experts' colours, times 100.
double smallestDistance(char sight) {
    double smallest = 1e9;
    for (int a = 0; a < 8; ++a) {
        for (int b = 0; b < a; ++b) {
            const Linear x = oklab(seenBy(linear(Theme::instance().expertColor(a, 8)), sight));
            const Linear y = oklab(seenBy(linear(Theme::instance().expertColor(b, 8)), sight));
            smallest = std::min(smallest, 100 * std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]));
        }
    }
    return smallest;
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
};

int main(int argc, char** argv) {
    OwnFolders folders;
    QApplication app(argc, argv);
    Theme::instance().setDark(true);
    RouteModelsTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "route_models_test.moc"
