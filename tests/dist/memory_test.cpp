// SPDX-License-Identifier: MIT
// What fsdp keeps on a rank: weights, gradients and optimizer state shared out, measured from allocations.
#include <ATen/ATen.h>
#include <malloc.h>

#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>

#include "dist/rank_processes.h"
#include "support/tiny_training.h"

using namespace switchyard;

namespace {

/// Bytes that are allocated now.
double allocated() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

/// words: folder, overrides. Two steps; prints what is allocated after them beyond what was before, the bytes of all
/// weights, gradients and moments of the whole model, and those of the largest unit's weights.
void measureRole(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    std::vector<std::string> overrides(words.begin() + 1, words.end());
    overrides.insert(
        overrides.end(),
        {"parallel.shard=fsdp", "model.text.dim=256", "model.text.ffn_dim=1024", "model.text.layers=4",
         "model.text.heads=8", "model.vision.dim=256", "model.vision.ffn_dim=1024", "model.vision.layers=4",
         "model.vision.heads=8", "model.vision.lora.rank=8", "model.fusion.dim=256", "model.fusion.ffn_dim=1024",
         "model.fusion.heads=8", "model.fusion.layers=2", "model.moe.experts=16", "model.moe.hidden_dim=1024",
         "train.global_batch=16", "parallel.ranks=" + std::to_string(environment.world_size)});
    const double before = allocated();
    train::Assembly assembly = train::assemble(test::tinyConfig(overrides), words[0] + "/tokenizer.model", environment);
    std::map<std::string, double> weights, units;
    std::map<std::string, bool> trained;
    for (const auto& item : assembly.model->named_parameters()) trained[item.key()] = item.value().requires_grad();
    double total = 0;
    for (const parallel::Piece& piece : assembly.sharding->weights()) {
        weights[piece.name] =
            std::accumulate(piece.global_shape.begin(), piece.global_shape.end(), 4.0, std::multiplies<>());
    }
    for (const auto& [name, bytes] : weights) {
        const double moments = assembly.config.optim.state_dtype == StoredType::kBf16 ? 0.5 : 1;
        total += bytes * (trained[name] ? 2 + 2 * moments : 1);  // weight, gradient, two moments
        units[parallel::unitOf(name)] += bytes;
    }
    const double largest = std::max_element(units.begin(), units.end(), [](const auto& a, const auto& b) {
                               return a.second < b.second;
                           })->second;
    test::trainSteps(assembly, 0, 2);
    std::printf("%.0f %.0f %.0f\n", allocated() - before, total, largest);
    std::fflush(stdout);
    assembly.mesh->world().barrier("end");
}

const std::map<std::string, test::Role> kRoles = {{"measure", measureRole}};

}  // namespace

class MemoryTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

private Q_SLOTS:
    void initTestCase() { test::tinyTokenizer(test::tinyConfig(), folder_.path().toStdString()); }

    void aRankKeepsItsShare_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("expert");
        QTest::addColumn<QString>("moments");
        QTest::newRow("1 rank") << 1 << 1 << "fp32";
        QTest::newRow("2 ranks") << 2 << 1 << "fp32";
        QTest::newRow("4 ranks") << 4 << 1 << "fp32";
        QTest::newRow("4 ranks, experts over 2") << 4 << 2 << "fp32";
        QTest::newRow("2 ranks, moments in bf16") << 2 << 1 << "bf16";
    }

    void aRankKeepsItsShare() {
        QFETCH(int, ranks);
        QFETCH(int, expert);
        QFETCH(QString, moments);
        for (const test::RankOutcome& outcome :
             test::runRanks(ranks, "measure",
                            {folder_.path(), QString("parallel.expert=%1").arg(expert), "optim.state_dtype=" + moments,
                             QString("task.matching_block=%1").arg(16 / ranks)})) {
            QVERIFY2(outcome.code == 0, outcome.err);
            const QList<QByteArray> numbers = outcome.out.trimmed().split(' ');
            QCOMPARE(numbers.size(), 3);
            const double kept = numbers[0].toDouble(), share = numbers[1].toDouble() / ranks,
                         unit = numbers[2].toDouble();
            qInfo() << "MiB kept" << kept / (1 << 20) << "share" << share / (1 << 20) << "largest unit"
                    << unit / (1 << 20);
            QVERIFY2(kept <= 1.05 * share + unit, outcome.out);
        }
    }
};

int main(int argc, char** argv) {
    test::playRole(kRoles, argc, argv);
    QCoreApplication application(argc, argv);
    MemoryTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "memory_test.moc"
