// SPDX-License-Identifier: MIT
// Going on from any step gives what a training without a stop gives, to the bit; leaving out any one item of what is
// saved shows.
#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cstdio>
#include <cstdlib>

#include "core/base/io/checkpoint_tools.h"
#include "core/base/io/manifest.h"
#include "core/base/io/sha256.h"
#include "core/checkpoint/checkpoint.h"
#include "dist/rank_processes.h"
#include "support/tiny_training.h"

using namespace switchyard;
namespace fs = std::filesystem;

namespace {

constexpr int kSteps = 20;

fs::path checkpointOf(const fs::path& folder, int step) {
    char name[32];
    std::snprintf(name, sizeof name, "step-%08d", step);
    return folder / "saved" / name;
}

std::string hashOf(const std::vector<parallel::Piece>& pieces) {
    io::Sha256 hash;
    for (const parallel::Piece& piece : pieces) {
        const at::Tensor values = piece.tensor.detach().contiguous();
        hash.update(values.const_data_ptr(), values.nbytes());
    }
    return hash.hex();
}

/// Trains one step: the counters before it, then its losses and norms to the bit.
std::string trainedStep(train::Assembly& assembly, std::int64_t step) {
    const std::string counters = train::checkpointInfo(assembly, step).dump();  // hashed: a pipe holds 64 KiB
    std::string text =
        std::to_string(step + 1) + " after " + io::sha256(counters.data(), counters.size()).substr(0, 16) + "\n";
    const train::StepResult result = test::trainSteps(assembly, step, step + 1).front();
    char line[128];
    std::snprintf(line, sizeof line, "%lld %a %a %a\n", static_cast<long long>(result.step), result.loss,
                  result.grad_norm, result.loss_scale);
    return text + line;
}

/// The steps that are left, then all that this rank has at the end.
std::string finish(train::Assembly& assembly, std::int64_t first) {
    std::string text;
    for (std::int64_t step = first; step < kSteps; ++step) text += trainedStep(assembly, step);
    return text + "weights " + hashOf(train::savedWeights(assembly)) + " moments " +
           hashOf(assembly.optimizer->state()) + " info " + train::checkpointInfo(assembly, kSteps).dump() + "\n";
}

/// What a resume would miss if `item` were not saved.
void forget(train::Assembly& assembly, const std::string& item) {
    const at::NoGradGuard no_gradient;
    const auto zero = [&](const std::vector<parallel::Piece>& pieces, const std::string& ending) {
        for (const parallel::Piece& piece : pieces) {
            if (piece.name.ends_with(ending)) at::Tensor(piece.tensor).zero_();
        }
    };
    if (item == "weights") zero(assembly.sharding->weights(), "text.embedding.weight");
    if (item == "first moments") zero(assembly.optimizer->state(), ".exp_avg");
    if (item == "second moments") zero(assembly.optimizer->state(), ".exp_avg_sq");
    if (item == "biases of routers") {
        for (const auto& buffer : assembly.model->named_buffers()) at::Tensor(buffer.value()).zero_();
    }
    if (item == "updates") assembly.optimizer->setUpdates(0);
    if (item == "norm") assembly.last_norm = 0;
    if (item == "tokens") assembly.tokens_seen = 0;
    if (item == "left out") assembly.left_out = 3;
    if (item == "loss scale") assembly.scaler.restore(assembly.scaler.scale() / 2, assembly.scaler.cleanSteps());
    if (item == "clean steps") assembly.scaler.restore(assembly.scaler.scale(), 0);
}

/// words: folder, overrides. Saves after every step, and writes how it ends to a file a rank.
void whole(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const fs::path folder = words[0];
    train::Assembly assembly =
        train::assemble(test::tinyConfig({words.begin() + 1, words.end()}), folder / "tokenizer.model", environment);
    std::string text;
    for (int step = 1; step <= kSteps; ++step) {
        text += trainedStep(assembly, step - 1);
        checkpoint::Contents contents;
        contents.model = train::savedWeights(assembly);
        contents.optim = assembly.optimizer->state();
        contents.step = step;
        contents.info = train::checkpointInfo(assembly, step);
        checkpoint::save(folder / "saved", contents, assembly.mesh->world());
    }
    std::printf("%s%s", text.c_str(), finish(assembly, kSteps).c_str());
    std::fflush(stdout);
    assembly.mesh->world().barrier("end");
}

/// words: folder, what to forget or "nothing", ports, "-", overrides. Goes on from as many checkpoints as there are
/// ports, evenly chosen; each is printed behind a line with its step.
void resumed(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const fs::path folder = words[0];
    const auto end_of_ports = std::find(words.begin(), words.end(), "-");
    const std::vector<std::string> ports(words.begin() + 2, end_of_ports), overrides(end_of_ports + 1, words.end());
    for (std::size_t i = 0; i < ports.size(); ++i) {
        launch::RankEnvironment here = environment;
        here.master_port = std::stoi(ports[i]);
        const int step = static_cast<int>((i + 1) * kSteps / (ports.size() + (ports.size() < kSteps ? 1 : 0)));
        train::Assembly assembly = train::assemble(test::tinyConfig(overrides), folder / "tokenizer.model", here);
        const std::int64_t first = train::resume(assembly, checkpointOf(folder, step));
        if (words[1] != "nothing") forget(assembly, words[1]);
        std::printf("from %lld\n%s", static_cast<long long>(first), finish(assembly, first).c_str());
        std::fflush(stdout);
        assembly.mesh->world().barrier("end");
    }
}

/// words: checkpoint to go on from or "nothing", folder to save in, folder of the tokenizer, overrides. Saves at once
/// what it read, or what three steps gave.
void carried(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const fs::path folder = words[2];
    train::Assembly assembly =
        train::assemble(test::tinyConfig({words.begin() + 3, words.end()}), folder / "tokenizer.model", environment);
    if (words[0] == "nothing") {
        test::trainSteps(assembly, 0, 3);
    } else {
        train::resume(assembly, words[0]);
    }
    checkpoint::Contents contents;
    contents.model = train::savedWeights(assembly);
    contents.optim = assembly.optimizer->state();
    contents.step = 3;
    contents.info = train::checkpointInfo(assembly, 3);
    checkpoint::save(words[1], contents, assembly.mesh->world());
    assembly.mesh->world().barrier("end");
}

const std::map<std::string, test::Role> kRoles = {{"whole", whole}, {"resumed", resumed}, {"carried", carried}};

QStringList freePorts(int count) {
    QStringList ports;
    for (int i = 0; i < count; ++i) ports << QString::number(test::freePort());
    return ports;
}

/// Lines of a whole training that a resume from `step` must give.
QByteArray after(const QByteArray& lines, int step) {
    QByteArray kept;
    for (const QByteArray& line : lines.split('\n')) {
        bool number = false;
        const int of = line.split(' ').first().toInt(&number);
        if (!line.isEmpty() && (!number || of > step)) kept += line + '\n';
    }
    return kept;
}

/// Step -> what was printed behind it.
QMap<int, QByteArray> parts(const QByteArray& out) {
    QMap<int, QByteArray> found;
    int step = -1;
    for (const QByteArray& line : out.split('\n')) {
        if (line.startsWith("from ")) {
            step = line.mid(5).toInt();
        } else if (!line.isEmpty()) {
            found[step] += line + '\n';
        }
    }
    return found;
}

}  // namespace

class ResumeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyStepIsBitwise_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<QString>("shard");
        QTest::addColumn<QString>("precision");
        for (const int ranks : {1, 2}) {
            for (const char* shard : {"oss", "fsdp"}) {
                for (const char* precision : {"fp32", "bf16", "fp16"}) {
                    QTest::addRow("%d ranks, %s, %s", ranks, shard, precision) << ranks << shard << precision;
                }
            }
        }
    }
    void everyStepIsBitwise() {
        QFETCH(int, ranks);
        QFETCH(QString, shard);
        QFETCH(QString, precision);
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        const QStringList overrides = {"parallel.shard=" + shard, "train.precision=" + precision};
        const auto uninterrupted = test::runRanks(ranks, "whole", QStringList{folder.path()} + overrides);
        for (const auto& outcome : uninterrupted) QVERIFY2(outcome.code == 0, outcome.err);
        const auto outcomes = test::runRanks(
            ranks, "resumed", QStringList{folder.path(), "nothing"} + freePorts(kSteps) + QStringList{"-"} + overrides);
        for (int rank = 0; rank < ranks; ++rank) {
            const auto place = static_cast<std::size_t>(rank);
            QVERIFY2(outcomes[place].code == 0, outcomes[place].err);
            const QMap<int, QByteArray> found = parts(outcomes[place].out);
            QCOMPARE(found.size(), kSteps);
            for (int step = 1; step <= kSteps; ++step) QCOMPARE(found[step], after(uninterrupted[place].out, step));
        }
    }

    /// 4 -> 2 -> 3 -> 4 ranks, each with another layout: every number of weights and moments stays.
    void otherRanksKeepEveryByte() {
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        struct Stage {
            int ranks;
            QStringList layout;
        };
        const std::vector<Stage> stages = {{4, {"parallel.shard=fsdp", "parallel.expert=2"}},
                                           {2, {"parallel.shard=oss", "parallel.expert=2"}},
                                           {3, {"parallel.shard=zero2"}},
                                           {4, {"parallel.shard=fsdp", "parallel.expert=4"}},
                                           {4, {"parallel.shard=none"}}};
        QString from = "nothing";
        std::string first;
        for (std::size_t i = 0; i < stages.size(); ++i) {
            const QString to = folder.filePath(QString("stage%1").arg(i));
            const QStringList common = {"train.global_batch=12",
                                        QString("task.matching_block=%1").arg(12 / stages[i].ranks),
                                        QString("parallel.ranks=%1").arg(stages[i].ranks)};
            for (const auto& outcome : test::runRanks(stages[i].ranks, "carried",
                                                      QStringList{from, to, folder.path()} + common + stages[i].layout))
                QVERIFY2(outcome.code == 0, outcome.err);
            from = to + "/step-00000003";
            QVERIFY(io::verifyCheckpoint(from.toStdString(), true).ok);
            QCOMPARE(io::readCheckpoint(from.toStdString(), false).ranks, stages[i].ranks);
            if (first.empty()) first = from.toStdString();
            const nlohmann::json difference = io::diffCheckpoints(first, from.toStdString());
            QVERIFY2(difference["same"] == true && difference["info"].empty(), difference.dump().c_str());
        }
        const io::Manifest manifest = io::readCheckpoint(first, false);
        QVERIFY(std::any_of(manifest.tensors.begin(), manifest.tensors.end(),
                            [](const auto& tensor) { return tensor.kind == "optim"; }));
    }

    /// Each item, in a training in which it matters.
    void everyItemCounts_data() {
        QTest::addColumn<QString>("item");
        QTest::addColumn<QStringList>("overrides");
        const QStringList fp16 = {"train.precision=fp16"},
                          in_backward = {"parallel.shard=fsdp", "optim.in_backward=true"},
                          balanced = {"model.moe.gate=topk", "model.moe.bias_balance=0.01"};
        QTest::newRow("weights") << "weights" << QStringList();
        QTest::newRow("first moments") << "first moments" << QStringList();
        QTest::newRow("second moments") << "second moments" << QStringList();
        QTest::newRow("updates") << "updates" << QStringList();
        QTest::newRow("tokens") << "tokens" << QStringList();
        QTest::newRow("left out") << "left out" << QStringList{"train.non_finite=skip"};
        QTest::newRow("biases of routers") << "biases of routers" << balanced;
        QTest::newRow("norm") << "norm" << in_backward;
        QTest::newRow("loss scale") << "loss scale" << fp16;
        QTest::newRow("clean steps") << "clean steps" << fp16;
    }
    void everyItemCounts() {
        QFETCH(QString, item);
        QFETCH(QStringList, overrides);
        QTemporaryDir folder;
        test::tinyTokenizer(test::tinyConfig(), folder.path().toStdString());
        const auto uninterrupted = test::runRanks(1, "whole", QStringList{folder.path()} + overrides);
        QVERIFY2(uninterrupted[0].code == 0, uninterrupted[0].err);
        for (const QString& forgotten : {QString("nothing"), item}) {
            const auto outcomes = test::runRanks(
                1, "resumed", QStringList{folder.path(), forgotten} + freePorts(1) + QStringList{"-"} + overrides);
            QVERIFY2(outcomes[0].code == 0, outcomes[0].err);
            const QMap<int, QByteArray> found = parts(outcomes[0].out);
            QCOMPARE(found.size(), 1);
            const bool same = found.first() == after(uninterrupted[0].out, found.firstKey());
            QVERIFY2(same == (forgotten == "nothing"), found.first());
        }
    }
};

int main(int argc, char** argv) {
    test::playRole(kRoles, argc, argv);
    QCoreApplication application(argc, argv);
    ResumeTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "resume_test.moc"
