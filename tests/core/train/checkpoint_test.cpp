// SPDX-License-Identifier: MIT
// Saving, loading, tampering, retention and export on one rank. Several ranks: tests/dist/checkpoint_test.cpp.
#include <ATen/ATen.h>

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/io/checkpoint_tools.h"
#include "core/base/io/manifest.h"
#include "core/base/io/retention.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/tensor_file.h"
#include "support/tiny_training.h"

using namespace switchyard;
namespace fs = std::filesystem;

class CheckpointTest : public QObject {
    Q_OBJECT

private:
    fs::path path(const QString& name) const { return folder_.filePath(name).toStdString(); }

    static checkpoint::NamedTensors tensors(double shift) {
        return {{"a", (at::arange(6, at::kFloat) + shift).view({2, 3})},
                {"b", at::full({4}, shift, at::kDouble)},
                {"c", at::full({}, shift, at::kLong)},
                {"d", (at::arange(5, at::kFloat) + shift).to(at::kBFloat16)},
                {"e", at::zeros({0, 3})}};
    }

    fs::path saved(const QString& name, std::int64_t step = 3) {
        checkpoint::Contents contents;
        contents.model = parallel::wholePieces(tensors(1.5));
        contents.optim = parallel::wholePieces({{"a.exp_avg", at::full({2, 3}, 0.25)}});
        contents.state = {{"rank0/counters", at::tensor({1, 2}, at::kLong)}};
        contents.step = step;
        contents.info = {{"samples", 12}};
        QFile extra(folder_.filePath("extra"));
        if (extra.open(QIODevice::WriteOnly)) extra.write("words\n");
        extra.close();
        contents.extra_files = {{"config.resolved.yaml", path("extra")}, {"tokenizer.model", path("extra")}};
        const parallel::Mesh one;
        return checkpoint::save(path(name), contents, one.world());
    }

    static ExitCode codeOf(const std::function<void()>& work, std::string* message = nullptr) {
        try {
            work();
            return ExitCode::kDone;
        } catch (const Error& error) {
            if (message != nullptr) *message = error.what();
            return error.code();
        }
    }

    QTemporaryDir folder_;

private Q_SLOTS:
    void loadGivesTheBytesBack() {
        const fs::path folder = saved("plain");
        QCOMPARE(folder.filename().string(), std::string("step-00000003"));
        QCOMPARE(QDir(folder_.filePath("plain")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 QStringList("step-00000003"));
        checkpoint::NamedTensors model = tensors(0), optim = {{"a.exp_avg", at::zeros({2, 3})}};
        const std::vector<parallel::Piece> moments = parallel::wholePieces(optim);
        const nlohmann::json info = checkpoint::load(folder, parallel::wholePieces(model), &moments);
        QCOMPARE(info["samples"], 12);
        QCOMPARE(info["step"], 3);
        const auto expected = tensors(1.5);
        for (std::size_t i = 0; i < model.size(); ++i)
            QVERIFY2(at::equal(model[i].second, expected[i].second), model[i].first.c_str());
        QVERIFY(at::equal(optim[0].second, at::full({2, 3}, 0.25)));
        // Another type is converted.
        checkpoint::NamedTensors doubles = tensors(0);
        doubles[0].second = doubles[0].second.to(at::kDouble);
        checkpoint::load(folder, parallel::wholePieces(doubles), nullptr);
        QCOMPARE(doubles[0].second[1][2].item<double>(), 6.5);
    }

    /// From 64 MiB on, two files are written at once, of which the optimizer's second one is the longer list's rest.
    void largeSharesComeInTwoListsOfFiles() {
        constexpr std::int64_t kNumbers = 1'000'003;
        checkpoint::Contents contents;
        checkpoint::NamedTensors weights, moments;
        for (int i = 0; i < 6; ++i) {
            const std::string name = "w" + std::to_string(i);
            weights.emplace_back(name, at::randn({kNumbers}));
            moments.emplace_back(name + ".exp_avg", at::randn({kNumbers}));
            moments.emplace_back(name + ".exp_avg_sq", at::randn({kNumbers}));
        }
        contents.model = parallel::wholePieces(weights);
        contents.optim = parallel::wholePieces(moments);
        const parallel::Mesh one;
        const fs::path folder = checkpoint::save(path("large"), contents, one.world());
        const io::Manifest manifest = io::readCheckpoint(folder, /*deep=*/true);
        std::map<std::string, std::uint64_t> bytes;
        for (const io::ManifestFile& file : manifest.files) bytes[file.name] = file.bytes;
        QCOMPARE(bytes.size(), std::size_t{3});
        const std::uint64_t first = bytes.at("model.r000-of-001.safetensors") + bytes.at("optim.r000-of-001.safetensors"),
                            second = bytes.at("optim2.r000-of-001.safetensors");
        QVERIFY(std::max(first, second) - std::min(first, second) < 5 * kNumbers);  // one tensor and the headers
        checkpoint::NamedTensors model, optim;
        for (const auto& [name, tensor] : weights) model.emplace_back(name, at::zeros_like(tensor));
        for (const auto& [name, tensor] : moments) optim.emplace_back(name, at::zeros_like(tensor));
        const std::vector<parallel::Piece> into = parallel::wholePieces(optim);
        checkpoint::load(folder, parallel::wholePieces(model), &into);
        for (std::size_t i = 0; i < model.size(); ++i) QVERIFY(at::equal(model[i].second, weights[i].second));
        for (std::size_t i = 0; i < optim.size(); ++i) QVERIFY(at::equal(optim[i].second, moments[i].second));
    }

    void savingAgainReplaces() {
        saved("again");
        const fs::path folder = saved("again");
        QVERIFY(io::verifyCheckpoint(folder, true).ok);
        QCOMPARE(
            QDir(folder_.filePath("again")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot).size(),
            1);
    }

    void differencesAreAllListed() {
        const fs::path folder = saved("differ");
        checkpoint::NamedTensors model = tensors(0);
        model[0].second = at::zeros({3, 2});
        model[1].first = "other";
        std::string message;
        QCOMPARE(codeOf([&] { checkpoint::load(folder, parallel::wholePieces(model), nullptr); }, &message), ExitCode::kBadConfig);
        for (const char* part :
             {"a is [2, 3] in the checkpoint and [3, 2]", "other is not in the checkpoint", "b is not in the model"}) {
            QVERIFY2(message.find(part) != std::string::npos, message.c_str());
        }
        QCOMPARE(model[3].second[0].item<float>(), 0.0F);  // nothing was copied
    }

    void tamperingIsFound() {
        const fs::path folder = saved("tampered");
        const auto load = [&](std::string* message = nullptr) {
            checkpoint::NamedTensors model = tensors(0), optim = {{"a.exp_avg", at::zeros({2, 3})}};
            const std::vector<parallel::Piece> moments = parallel::wholePieces(optim);
            return codeOf([&] { checkpoint::load(folder, parallel::wholePieces(model), &moments); }, message);
        };
        for (const QString& name : QDir(QString::fromStdString(folder.string())).entryList(QDir::Files)) {
            const QString file = QString::fromStdString((folder / name.toStdString()).string());
            QFile opened(file);
            QVERIFY(opened.open(QIODevice::ReadOnly));
            const QByteArray good = opened.readAll();
            opened.close();
            const auto put = [&](const QByteArray& bytes) {
                QFile changed(file);
                QVERIFY(changed.open(QIODevice::WriteOnly));
                changed.write(bytes);
            };
            const bool read = !name.startsWith("state");  // nothing of it is loaded: only `ckpt verify --deep` looks there
            for (const qsizetype place : {qsizetype{0}, good.size() / 2, good.size() - 1}) {
                QByteArray bad = good;
                bad[place] = static_cast<char>(bad[place] ^ 0x10);
                put(bad);
                std::string message;
                const ExitCode code = load(&message);
                QVERIFY2(!read || code == ExitCode::kCorruptCheckpoint, (name.toStdString() + ": " + message).c_str());
                QVERIFY2(!read || message.find(name.toStdString()) != std::string::npos || name == "COMMIT",
                         message.c_str());
                QVERIFY(!io::verifyCheckpoint(folder, true).ok);
            }
            put(good.left(good.size() - 2));  // COMMIT may lack its line end
            QCOMPARE(load(), ExitCode::kCorruptCheckpoint);
            QVERIFY(QFile::remove(file));
            QCOMPARE(load(), ExitCode::kCorruptCheckpoint);
            put(good);
        }
        QCOMPARE(load(), ExitCode::kDone);
    }

    void otherPartsAreTheSameCheckpoint() {
        // Larger than a block of sums, so that reads begin and end within blocks.
        checkpoint::Contents contents;
        contents.step = 7;
        contents.info = {{"samples", 12}};
        contents.model = parallel::wholePieces({{"large", at::randn({1000, 701})}, {"small", at::randn({3})},
                                                {"none", at::zeros({0, 3})}, {"one", at::full({}, 2.5)}});
        contents.optim = parallel::wholePieces({{"large.exp_avg", at::randn({1000, 701}).to(at::kBFloat16)}});
        const parallel::Mesh one;
        const fs::path folder = checkpoint::save(path("parts"), contents, one.world());
        for (const int ranks : {1, 2, 3, 7}) {
            const fs::path again = path("again") / std::to_string(ranks);
            io::reshardCheckpoint(folder, ranks, again);
            QVERIFY(io::verifyCheckpoint(again, true).ok);
            QCOMPARE(io::readCheckpoint(again, false).ranks, ranks);
            const nlohmann::json difference = io::diffCheckpoints(folder, again);
            QVERIFY2(difference["same"] == true, difference.dump().c_str());
            checkpoint::Contents loaded = contents;
            for (auto* pieces : {&loaded.model, &loaded.optim}) {
                for (parallel::Piece& piece : *pieces) piece.tensor = at::zeros_like(piece.tensor);
            }
            checkpoint::load(again, loaded.model, &loaded.optim);
            for (std::size_t i = 0; i < loaded.model.size(); ++i)
                QVERIFY(at::equal(loaded.model[i].tensor, contents.model[i].tensor));
            QVERIFY(at::equal(loaded.optim[0].tensor, contents.optim[0].tensor));
            QCOMPARE(codeOf([&] { io::reshardCheckpoint(folder, ranks, again); }), ExitCode::kUsage);
        }
        // One number differs, and where it lies.
        contents.model[0].tensor.view({-1})[500'000] += 0.25;
        contents.model[1].tensor = at::zeros({4});
        contents.model[1].global_shape = {4};
        contents.model[3].name = "other";
        contents.step = 8;
        const fs::path changed = checkpoint::save(path("parts"), contents, one.world());
        const nlohmann::json difference = io::diffCheckpoints(folder, changed);
        QVERIFY(difference["same"] == false);
        QCOMPARE(difference["only_in_a"][0].get<std::string>(), std::string("one"));
        QCOMPARE(difference["only_in_b"][0].get<std::string>(), std::string("other"));
        QCOMPARE(difference["tensors"].size(), std::size_t{2});
        QCOMPARE(difference["tensors"][0]["different"].get<int>(), 1);
        QVERIFY(std::abs(difference["tensors"][0]["largest_difference"].get<double>() - 0.25) < 1e-6);
        QVERIFY(difference["tensors"][1]["largest_difference"].is_null());
    }

    void failureLeavesNothing() {
        checkpoint::Contents contents;
        contents.model = parallel::wholePieces({{"same", at::zeros({2})}, {"same", at::zeros({2})}});
        const parallel::Mesh one;
        QCOMPARE(codeOf([&] { checkpoint::save(path("failed"), contents, one.world()); }), ExitCode::kIo);
        QVERIFY(fs::is_empty(path("failed")));
        QFile blocker(folder_.filePath("blocked"));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        blocker.close();
        contents.model.pop_back();
        QCOMPARE(codeOf([&] { checkpoint::save(path("blocked"), contents, one.world()); }), ExitCode::kIo);
    }

    QStringList foldersOf(const QString& name) const {
        return QDir(folder_.filePath(name))
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
    }

    void aStepSavedAgainTakesItsPlace() {
        const fs::path folder = saved("again-saved");
        io::setPinned(folder, true);
        checkpoint::Contents contents;
        contents.model = parallel::wholePieces({{"other", at::ones({3})}});
        contents.step = 3;
        const parallel::Mesh one;
        QCOMPARE(checkpoint::save(path("again-saved"), contents, one.world()), folder);
        const io::Manifest manifest = io::readCheckpoint(folder, true);
        QCOMPARE(manifest.tensors.size(), std::size_t{1});
        QCOMPARE(manifest.tensors[0].name, std::string("other"));
        QVERIFY(io::isPinned(folder));
        QCOMPARE(foldersOf("again-saved"), QStringList("step-00000003"));
    }

    void retainKeepsTheNewest() {
        for (const int step : {5, 20, 100, 7}) saved("many", step);
        fs::create_directories(path("many/step-00000200"));  // no COMMIT: not a checkpoint, not counted
        fs::create_directories(path("many/.trash-step-00000001"));
        fs::create_directories(path("many/.trash-step-00000007/full"));
        io::retain(path("many"), {2, 0, ""});
        QCOMPARE(foldersOf("many"), QStringList({"step-00000020", "step-00000100", "step-00000200"}));
    }

    void retainKeepsWhatIsWorthIt() {
        for (const int step : {10, 15, 20, 25, 30, 35}) saved("worth", step);
        const auto at = [&](int step) { return path("worth") / ("step-000000" + std::to_string(step)); };
        io::setPinned(at(10), true);
        io::noteMetrics(at(15), {{"eval/r1", 0.5}, {"loss/total", 3.0}});
        io::noteMetrics(at(25), {{"eval/r1", 0.5}, {"loss/total", 2.0}});
        io::noteMetrics(at(30), {{"eval/r1", 0.1}, {"loss/total", 1.0}});
        using Kept = std::map<fs::path, std::string>;
        QCOMPARE(io::keptCheckpoints(path("worth"), {1, 0, "eval/r1"}),
                 (Kept{{at(10), "pinned"}, {at(25), "best"}, {at(35), "newest"}}));
        QCOMPARE(io::keptCheckpoints(path("worth"), {1, 0, "loss/total"}),
                 (Kept{{at(10), "pinned"}, {at(30), "best"}, {at(35), "newest"}}));
        QCOMPARE(io::keptCheckpoints(path("worth"), {2, 20, "none"}),
                 (Kept{{at(10), "pinned"}, {at(20), "every"}, {at(30), "newest"}, {at(35), "newest"}}));
        io::retain(path("worth"), {1, 0, "eval/r1"});
        QCOMPARE(foldersOf("worth"), QStringList({"step-00000010", "step-00000025", "step-00000035"}));
        io::setPinned(at(10), false);
        io::retain(path("worth"), {1, 0, ""});
        QCOMPARE(foldersOf("worth"), QStringList({"step-00000035"}));
        QCOMPARE(io::metricsOf(at(35), io::readCheckpoint(at(35), true)).size(), std::size_t{0});
    }

    void exportIsOneFile() {
        const fs::path folder = saved("source");
        checkpoint::exportModel(folder, path("exported"), "fp32");
        const io::SafetensorsFile file(path("exported") / "model.safetensors");
        QCOMPARE(file.entries().size(), std::size_t{5});
        QVERIFY(at::equal(checkpoint::tensorOf(file, *file.find("b")), at::full({4}, 1.5)));
        QVERIFY(fs::exists(path("exported") / "config.yaml") && fs::exists(path("exported") / "tokenizer.model"));
        checkpoint::exportModel(folder, path("exported"), "bf16");
        const io::SafetensorsFile small(path("exported") / "model.safetensors");
        QCOMPARE(small.find("a")->dtype, io::Dtype::kBf16);
        QCOMPARE(codeOf([&] { checkpoint::exportModel(folder, path("exported"), "fp8"); }), ExitCode::kUsage);
        QCOMPARE(QDir(folder_.filePath("exported")).entryList(QDir::Files).size(), 3);
    }

    void changedDataIsRefused() {
        const RunConfig config = test::tinyConfig();
        const fs::path tokenizer = test::tinyTokenizer(config, folder_.path().toStdString());
        train::Assembly assembly = train::assemble(config, tokenizer, {});
        checkpoint::Contents contents;
        contents.model = train::savedWeights(assembly);
        contents.optim = assembly.optimizer->state();
        contents.step = 2;
        contents.info = train::checkpointInfo(assembly, 2);
        const fs::path folder = checkpoint::save(path("training"), contents, assembly.mesh->world());
        QCOMPARE(train::resume(assembly, folder), std::int64_t{2});
        train::Assembly other = train::assemble(test::tinyConfig({"data.synthetic.samples=61"}), tokenizer, {});
        QCOMPARE(codeOf([&] { train::resume(other, folder); }), ExitCode::kBadData);
    }
};

QTEST_GUILESS_MAIN(CheckpointTest)
#include "checkpoint_test.moc"
