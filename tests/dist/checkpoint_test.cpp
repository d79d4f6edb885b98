// SPDX-License-Identifier: MIT
// Saving over several ranks, and going on from what was saved.
#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cstdio>
#include <fstream>
#include <thread>

#include "core/base/io/manifest.h"
#include "core/checkpoint/async_save.h"
#include "core/checkpoint/checkpoint.h"
#include "dist/rank_processes.h"
#include "support/tiny_training.h"

using namespace switchyard;
namespace fs = std::filesystem;

namespace {

constexpr int kSteps = 12;

checkpoint::Contents contentsOf(const train::Assembly& assembly, std::int64_t step, const fs::path& folder) {
    checkpoint::Contents contents;
    contents.model = train::savedWeights(assembly);
    contents.optim = assembly.optimizer->state();
    contents.step = step;
    contents.info = train::checkpointInfo(assembly, step);
    contents.extra_files = {{"tokenizer.model", folder / "tokenizer.model"}};
    return contents;
}

void print(const std::vector<train::StepResult>& results) {
    for (const train::StepResult& result : results)
        std::printf("%lld %a %a\n", static_cast<long long>(result.step), result.loss, result.grad_norm);
    std::fflush(stdout);
}

/// words: folder, overrides. Trains kSteps without a stop, saving after every one.
void whole(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const fs::path folder = words[0];
    train::Assembly assembly =
        train::assemble(test::tinyConfig({words.begin() + 1, words.end()}), folder / "tokenizer.model", environment);
    for (int step = 0; step < kSteps; ++step) {
        print(test::trainSteps(assembly, step, step + 1));
        checkpoint::save(folder / "whole", contentsOf(assembly, step + 1, folder), assembly.mesh->world());
    }
}

/// words: folder, "guarded" or not, overrides. The same, each save beside the step after it; not guarded, weights
/// change under the copy.
void beside(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const fs::path folder = words[0];
    train::Assembly assembly =
        train::assemble(test::tinyConfig({words.begin() + 2, words.end()}), folder / "tokenizer.model", environment);
    checkpoint::AsyncSaver saver(folder / "beside", assembly.mesh->newGroup("checkpoint", std::chrono::seconds(60)),
                                 [] { std::this_thread::sleep_for(std::chrono::milliseconds(150)); });
    if (words[1] == "guarded") assembly.before_update = [&] { saver.waitForCopy(); };
    const auto finish = [&] {
        const auto outcome = saver.finish();
        if (outcome && outcome->error) std::rethrow_exception(outcome->error);
        if (outcome && outcome->folder.empty()) throw Error(ExitCode::kRunFailed, "no folder");
    };
    for (int step = 0; step < kSteps; ++step) {
        print(test::trainSteps(assembly, step, step + 1));
        finish();
        saver.start(contentsOf(assembly, step + 1, folder));
    }
    if (words[1] != "guarded") test::trainSteps(assembly, kSteps, kSteps + 1);
    finish();
}

/// words: folder. Rank 1 can not copy: every rank hears of it, and the next save works.
void besideFailing(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const fs::path folder = words[0];
    train::Assembly assembly = train::assemble(test::tinyConfig(), folder / "tokenizer.model", environment);
    bool fails = environment.rank == 1;
    checkpoint::AsyncSaver saver(folder / "failing", assembly.mesh->newGroup("checkpoint", std::chrono::seconds(60)),
                                 [&] {
                                     if (fails) throw std::bad_alloc();
                                 });
    saver.start(contentsOf(assembly, 1, folder));
    saver.waitForCopy();
    const auto outcome = saver.finish();
    try {
        if (!outcome || !outcome->error) throw Error(ExitCode::kRunFailed, "the save did not fail");
        std::rethrow_exception(outcome->error);
    } catch (const Error& error) {
        if (error.code() != ExitCode::kIo || error.where() != "rank 1") throw Error(ExitCode::kRunFailed, error.what());
    }
    fails = false;
    saver.start(contentsOf(assembly, 1, folder));
    if (saver.finish()->folder.empty()) throw Error(ExitCode::kRunFailed, "the second save failed");
    if (saver.finish()) throw Error(ExitCode::kRunFailed, "a save that was not started");
}

/// words: folder, step. Goes on from the checkpoint of that step to the end and saves it elsewhere.
void resumed(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const fs::path folder = words[0];
    train::Assembly assembly = train::assemble(test::tinyConfig(), folder / "tokenizer.model", environment);
    char name[32];
    std::snprintf(name, sizeof name, "step-%08d", std::stoi(words[1]));
    const std::int64_t first = train::resume(assembly, folder / "whole" / name);
    if (words.size() > 2) assembly.optimizer->setUpdates(0);  // a state item left out on purpose
    print(test::trainSteps(assembly, first, kSteps));
    checkpoint::save(folder / "resumed", contentsOf(assembly, kSteps, folder), assembly.mesh->world());
}

/// words: folder. Rank 1 can not write its file: every rank must say so, nothing stays, and saving works afterwards.
void failing(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const fs::path folder = words[0];
    train::Assembly assembly = train::assemble(test::tinyConfig(), folder / "tokenizer.model", environment);
    checkpoint::Contents contents = contentsOf(assembly, 1, folder);
    if (environment.rank == 1) contents.state.emplace_back("rank1/bad", at::zeros({2}, at::kComplexFloat));
    try {
        checkpoint::save(folder / "failing", contents, assembly.mesh->world());
        throw Error(ExitCode::kRunFailed, "the save did not fail");
    } catch (const Error& error) {
        if (error.code() != ExitCode::kIo || error.where() != "rank 1") throw Error(ExitCode::kRunFailed, error.what());
    }
    assembly.mesh->world().barrier("after");
    if (!fs::is_empty(folder / "failing")) throw Error(ExitCode::kRunFailed, "something was left behind");
    assembly.mesh->world().barrier("looked");
    contents.state.clear();
    checkpoint::save(folder / "failing", contents, assembly.mesh->world());
}

/// Rank 1's pictures are not numbers in step 3; the contrastive loss brings that to every rank.
void notANumber(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    train::Assembly assembly = train::assemble(test::tinyConfig(), words[0] + "/tokenizer.model", environment);
    test::trainSteps(assembly, 0, 2);
    data::StepMaker maker(assembly.config, *assembly.data, *assembly.tokenizer, environment.rank,
                          environment.world_size);
    auto batches = maker.make(2);
    if (environment.rank == 1) batches[0].images.fill_(std::numeric_limits<float>::quiet_NaN());
    const auto before = assembly.model->savedTensors()[0].second.clone();
    try {
        train::trainStep(assembly, batches, 2, {}, false);
    } catch (const Error&) {
        if (!at::equal(before, assembly.model->savedTensors()[0].second))
            throw Error(ExitCode::kRunFailed, "weights were changed");
        throw;
    }
}

/// words: folder, overrides. Rank 1 has no numbers in steps 3 and 4, which are left out, and in step 6 and so on, which
/// is too often.
void leftOut(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    std::vector<std::string> overrides(words.begin() + 1, words.end());
    overrides.insert(overrides.end(), {"train.non_finite=skip", "train.non_finite_limit=2"});
    train::Assembly assembly =
        train::assemble(test::tinyConfig(overrides), words[0] + "/tokenizer.model", environment);
    data::StepMaker maker(assembly.config, *assembly.data, *assembly.tokenizer, environment.rank,
                          environment.world_size);
    const auto require = [](bool holds, const char* what) {
        if (!holds) throw Error(ExitCode::kRunFailed, what);
    };
    std::vector<at::Tensor> before;
    const auto copy = [&] {
        std::vector<at::Tensor> all;
        for (const auto& pieces : {train::savedWeights(assembly), assembly.optimizer->state()})
            for (const parallel::Piece& piece : pieces) all.push_back(piece.tensor.detach().clone());
        return all;
    };
    const auto unchanged = [&] {
        const std::vector<at::Tensor> now = copy();
        for (std::size_t i = 0; i < now.size(); ++i)
            if (!at::equal(now[i], before[i])) return false;
        return true;
    };
    for (int step = 1; step <= 9; ++step) {
        const bool bad = step == 3 || step == 4 || step >= 6;
        auto batches = maker.make(step - 1);
        if (bad && environment.rank == 1) batches[0].images.fill_(std::numeric_limits<float>::quiet_NaN());
        before = copy();
        const std::int64_t updates = assembly.optimizer->updates();
        try {
            const train::StepResult result = train::trainStep(assembly, batches, step - 1, {}, true);
            require(step < 8, "the limit was passed over");
            require(result.skipped == bad && result.non_finite.empty() != bad, "a step was taken for another");
            require(unchanged() == bad, bad ? "something changed" : "nothing changed");
            require(assembly.optimizer->updates() == updates + (bad ? 0 : 1), "updates");
        } catch (const Error& error) {
            if (error.code() != ExitCode::kNonFinite) throw;
            require(step == 8 && unchanged(), "ended at another step, or changed");
            throw;
        }
    }
}

const std::map<std::string, test::Role> kRoles = {{"whole", whole},     {"resumed", resumed},
                                                  {"beside", beside},   {"beside-failing", besideFailing},
                                                  {"failing", failing}, {"nan", notANumber}, {"left-out", leftOut}};

QByteArray bytesOf(const QString& file) {
    QFile opened(file);
    return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
}

/// Lines of steps after `step`.
QByteArray after(const QByteArray& lines, int step) {
    QByteArray kept;
    for (const QByteArray& line : lines.split('\n')) {
        if (!line.isEmpty() && line.split(' ').first().toInt() > step) kept += line + '\n';
    }
    return kept;
}

}  // namespace

class DistCheckpointTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void resumeIsBitwise_data() {
        QTest::addColumn<int>("ranks");
        QTest::newRow("1") << 1;
        QTest::newRow("2") << 2;
    }
    void resumeIsBitwise() {
        QFETCH(int, ranks);
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        const auto uninterrupted = test::runRanks(ranks, "whole", {folder.path()});
        for (const auto& outcome : uninterrupted) QVERIFY2(outcome.code == 0, outcome.err);
        QCOMPARE(uninterrupted[0].out.count('\n'), kSteps);
        for (const int step : {1, 4, 5, 11}) {
            const auto outcomes = test::runRanks(ranks, "resumed", {folder.path(), QString::number(step)});
            for (const auto& outcome : outcomes) {
                QVERIFY2(outcome.code == 0, outcome.err);
                QCOMPARE(outcome.out, after(uninterrupted[0].out, step));
            }
            for (int rank = 0; rank < ranks; ++rank) {
                for (const char* kind : {"model", "optim"}) {
                    const QString name =
                        QString::asprintf("/step-%08d/%s.r%03d-of-%03d.safetensors", kSteps, kind, rank, ranks);
                    const QByteArray bytes = bytesOf(folder.filePath("whole") + name);
                    QVERIFY(!bytes.isEmpty());
                    QVERIFY(bytes == bytesOf(folder.filePath("resumed") + name));
                }
            }
        }
        const auto broken = test::runRanks(ranks, "resumed", {folder.path(), "4", "forget"});
        QVERIFY2(broken[0].code == 0, broken[0].err);
        QVERIFY2(broken[0].out != after(uninterrupted[0].out, 4), "a lost counter was not noticed");
    }

    void besideTrainingTheSameIsSaved_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<QStringList>("overrides");
        QTest::newRow("1") << 1 << QStringList();
        QTest::newRow("2, oss") << 2 << QStringList{"parallel.shard=oss"};
        QTest::newRow("2, fsdp, updates in the backward")
            << 2 << QStringList{"parallel.shard=fsdp", "optim.in_backward=true"};
        QTest::newRow("2, buffers that change")
            << 2 << QStringList{"model.moe.gate=topk", "model.moe.bias_balance=0.01"};
    }
    void besideTrainingTheSameIsSaved() {
        QFETCH(int, ranks);
        QFETCH(QStringList, overrides);
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        const auto plain = test::runRanks(ranks, "whole", QStringList{folder.path()} + overrides);
        const auto differing = [&](const QString& guarded) {
            const auto outcomes = test::runRanks(ranks, "beside", QStringList{folder.path(), guarded} + overrides);
            QStringList names;
            for (const auto& outcome : outcomes) {
                if (outcome.code != 0 || !outcome.out.startsWith(plain[0].out)) names << outcome.err + outcome.out;
            }
            for (int step = 1; step <= kSteps; ++step) {
                const QString saved = QString::asprintf("/step-%08d/", step);
                const QStringList files = QDir(folder.filePath("whole") + saved).entryList(QDir::Files);
                if (files.size() < 3) names << "whole" + saved;
                for (const QString& file : files) {
                    if (bytesOf(folder.filePath("whole") + saved + file) !=
                        bytesOf(folder.filePath("beside") + saved + file))
                        names << saved + file;
                }
            }
            return names;
        };
        const QStringList none = differing("guarded");
        QVERIFY2(none.isEmpty(), none.join(", ").toUtf8());
        QVERIFY2(!differing("unguarded").isEmpty(), "weights changed under the copy, and nothing shows");
    }

    void failureBesideTrainingIsEveryones() {
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        for (const auto& outcome : test::runRanks(2, "beside-failing", {folder.path()}))
            QVERIFY2(outcome.code == 0, outcome.err);
        QCOMPARE(QDir(folder.filePath("failing")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 QStringList("step-00000001"));
    }

    void failureOfOneRankIsEveryones() {
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        for (const auto& outcome : test::runRanks(2, "failing", {folder.path()}))
            QVERIFY2(outcome.code == 0, outcome.err);
        const QString saved = folder.filePath("failing/step-00000001");
        QVERIFY(io::verifyCheckpoint(saved.toStdString(), true).ok);
        // Two ranks, about half of the weights each.
        const double first = static_cast<double>(QFileInfo(saved + "/model.r000-of-002.safetensors").size());
        const double second = static_cast<double>(QFileInfo(saved + "/model.r001-of-002.safetensors").size());
        QVERIFY(first / second > 0.8 && first / second < 1.25);
    }

    void notANumberIsLeftOut_data() {
        QTest::addColumn<QStringList>("overrides");
        for (const char* shard : {"none", "oss", "zero2", "fsdp"}) {
            QTest::newRow(shard) << QStringList{QString("parallel.shard=") + shard};
        }
        QTest::newRow("balanced by biases") << QStringList{"model.moe.gate=topk", "model.moe.bias_balance=0.01"};
    }
    void notANumberIsLeftOut() {
        QFETCH(QStringList, overrides);
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        for (const auto& outcome : test::runRanks(2, "left-out", QStringList{folder.path()} + overrides)) {
            QVERIFY2(outcome.code == 82, outcome.err);
            QVERIFY2(outcome.err.contains("step 8"), outcome.err);
        }
    }

    void notANumberEndsAllRanks() {
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        for (const auto& outcome : test::runRanks(2, "nan", {folder.path()})) {
            QVERIFY2(outcome.code == 82, outcome.err);
            QVERIFY2(outcome.err.startsWith("rank 0, rank 1: ") && outcome.err.contains("step 3"), outcome.err);
        }
    }
};

int main(int argc, char** argv) {
    test::playRole(kRoles, argc, argv);
    QCoreApplication application(argc, argv);
    DistCheckpointTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "checkpoint_test.moc"
