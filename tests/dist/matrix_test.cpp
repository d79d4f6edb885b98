// SPDX-License-Identifier: MIT
// One rank equals many: every layout of ranks, experts, sharding, activation checkpointing and accumulation gives the
// losses, norms and weights of one rank. A short form runs in CI; SWITCHYARD_WHOLE_MATRIX=1 runs every cell.
#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>

#include "core/checkpoint/checkpoint.h"
#include "dist/faulty.h"
#include "dist/rank_processes.h"
#include "support/tiny_training.h"

using namespace switchyard;

namespace {

constexpr int kSteps = 20;

/// What ranks sent each other adds up to what their experts took, wherever experts are shared out.
void checkExchange(const model::RoutingStatistics& layer, int expert_ranks) {
    if (layer.exchange.defined() != (expert_ranks > 1)) throw std::runtime_error("exchange of ranks: there or not");
    const std::int64_t kept = layer.kept.sum().item<std::int64_t>();
    if (kept != (layer.counts.sum() - layer.dropped.sum()).item<std::int64_t>())
        throw std::runtime_error("kept choices");
    if (expert_ranks == 1) return;
    const at::Tensor of_rank = layer.kept.view({expert_ranks, -1}).sum(1);
    if (!at::equal(layer.exchange.sum(0), of_rank)) throw std::runtime_error("what each rank was sent");
    if (!(layer.exchange.sum(1) > 0).all().item<bool>()) throw std::runtime_error("each rank sends something");
}

/// words: folder, name of the result, fault or "-", overrides. Prints loss, norm and the experts' loads of every step;
/// saves the weights.
void trainRole(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const std::vector<std::string> overrides(words.begin() + 3, words.end());
    train::Assembly assembly = train::assemble(test::tinyConfig(overrides), words[0] + "/tokenizer.model", environment,
                                               test::faultyMesh(words[2]));
    for (const train::StepResult& result : test::trainSteps(assembly, 0, kSteps)) {
        std::printf("%a %a", result.loss, result.grad_norm);
        for (const model::RoutingStatistics& layer : result.routing) {
            checkExchange(layer, assembly.mesh->experts().size());
            const at::Tensor counts = layer.counts.contiguous();
            for (std::int64_t i = 0; i < counts.numel(); ++i)
                std::printf(" %lld", static_cast<long long>(counts.const_data_ptr<std::int64_t>()[i]));
        }
        std::printf("\n");
    }
    std::fflush(stdout);
    checkpoint::Contents contents;
    contents.model = train::savedWeights(assembly);
    contents.optim = assembly.optimizer->state();
    contents.step = kSteps;
    checkpoint::save(std::filesystem::path(words[0]) / words[1], contents, assembly.mesh->world());
}

const std::map<std::string, test::Role> kRoles = {{"train", trainRole}};

struct Cell {
    int ranks = 1, expert = 1, accumulation = 1;
    std::string shard = "none", checkpointing = "none", gate = "top2", precision = "fp64";
    std::vector<std::string> more;  ///< overrides of this cell alone, not of its reference
    std::string state = "fp32";
    bool plain = false;  ///< AdamW and clipping hide a constant factor of all gradients: a large eps and no clipping
                         ///< bring it out
    bool uneven = false;  ///< layers with different numbers of experts

    QString name() const {
        return QString("ranks %1 expert %2 %3 checkpointing %4 accumulation %5 %6 %7")
                   .arg(ranks)
                   .arg(expert)
                   .arg(QString::fromStdString(shard), QString::fromStdString(checkpointing))
                   .arg(accumulation)
                   .arg(QString::fromStdString(gate), QString::fromStdString(precision)) +
               (state == "fp32" ? "" : " moments in " + QString::fromStdString(state)) + (uneven ? " uneven" : "") +
               (more.empty() ? "" : " " + QString::fromStdString(more.front()));
    }
    std::vector<std::string> overrides() const {
        std::vector<std::string> list = {"train.global_batch=24",
                                         "train.micro_batch=" + std::to_string(24 / ranks / accumulation),
                                         "task.matching_block=2",
                                         "model.vision.lora.rank=4",
                                         "model.text.heads=4",
                                         "parallel.ranks=" + std::to_string(ranks),
                                         "parallel.expert=" + std::to_string(expert),
                                         "parallel.shard=" + shard,
                                         "train.activation_checkpointing=" + checkpointing,
                                         "train.precision=" + precision,
                                         "optim.state_dtype=" + state};
        list.insert(list.end(), more.begin(), more.end());
        if (uneven) list.emplace_back("model.moe.layer_experts=[4, 2]");
        if (plain) list.insert(list.end(), {"optim.eps=0.001", "optim.grad_clip=0"});
        if (gate == "switch") list.insert(list.end(), {"model.moe.gate=switch", "model.moe.top_k=1"});
        if (gate == "topk") list.insert(list.end(), {"model.moe.gate=topk", "model.moe.bias_balance=0.01"});
        return list;
    }
};

std::vector<Cell> wholeMatrix() {
    std::vector<Cell> cells;
    for (const int ranks : {4, 2, 1}) {
        for (const int expert : {1, 2, 4}) {
            if (ranks % expert != 0) continue;
            for (const char* shard : {"none", "oss", "zero2", "fsdp"}) {
                for (const char* checkpointing : {"none", "block", "selective"}) {
                    for (const int accumulation : {1, 3}) {
                        for (const char* gate : {"top2", "switch", "topk"}) {
                            for (const char* precision : {"fp64", "fp32"})
                                cells.push_back({ranks, expert, accumulation, shard, checkpointing, gate, precision});
                        }
                    }
                }
            }
        }
    }
    return cells;
}

/// Each value of each dimension at least once, and what is likeliest to go wrong together.
std::vector<Cell> shortMatrix() {
    std::vector<Cell> cells = {
        {1, 1, 1, "fsdp", "block", "top2", "fp64"},      {2, 1, 1, "oss", "none", "top2", "fp64"},
        {2, 1, 3, "zero2", "selective", "topk", "fp64"}, {2, 1, 3, "fsdp", "none", "switch", "fp64"},
        {2, 2, 1, "none", "none", "top2", "fp64"},       {2, 2, 3, "fsdp", "block", "topk", "fp64"},
        {4, 2, 1, "fsdp", "selective", "top2", "fp64"},  {4, 2, 1, "zero2", "block", "switch", "fp64"},
        {4, 4, 1, "oss", "none", "topk", "fp64"},        {2, 2, 1, "fsdp", "block", "top2", "fp32"}};
    Cell chunks{2, 2, 1, "fsdp", "selective", "top2", "fp64"};
    chunks.more = {"parallel.exchange_chunks=2"};
    cells.push_back(chunks);
    Cell uneven{2, 2, 1, "fsdp", "block", "top2", "fp64"};
    uneven.uneven = true;
    cells.push_back(uneven);
    for (const char* shard : {"oss", "fsdp"}) {  // the moments' noise goes by place in the whole parameter
        Cell rounded{2, 1, 1, shard, "none", "top2", "fp32"};
        rounded.state = "bf16";
        cells.push_back(rounded);
    }
    return cells;
}

struct Outcome {
    std::vector<std::vector<double>> rows;    ///< loss, norm, loads
    std::map<std::string, at::Tensor> saved;  ///< weights and moments, put together
};

}  // namespace

class MatrixTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::map<QString, Outcome> references_;

    Outcome run(const Cell& cell, const QString& fault = "-") {
        const QString name = "result";
        QDir(folder_.filePath(name)).removeRecursively();
        QStringList words = {folder_.path(), name, fault};
        for (const std::string& text : cell.overrides()) words << QString::fromStdString(text);
        const auto outcomes = test::runRanks(cell.ranks, "train", words);
        Outcome found;
        for (const auto& outcome : outcomes) {
            if (outcome.code != 0) qWarning() << cell.name() << outcome.code << outcome.err;
            if (outcome.code != 0 || outcome.out != outcomes[0].out) return {};
        }
        for (const QByteArray& line : outcomes[0].out.split('\n')) {
            if (line.isEmpty()) continue;
            std::vector<double>& row = found.rows.emplace_back();
            for (const QByteArray& word : line.split(' ')) row.push_back(std::strtod(word.constData(), nullptr));
        }
        // Whatever the layout was, one process reads it all.
        Cell alone = cell;
        alone.ranks = alone.expert = 1;
        alone.shard = "none";
        train::Assembly whole =
            train::assemble(test::tinyConfig(alone.overrides()), folder_.path().toStdString() + "/tokenizer.model", {});
        const auto weights = train::savedWeights(whole), moments = whole.optimizer->state();
        checkpoint::load(folder_.filePath(name + "/step-00000020").toStdString(), weights, &moments);
        for (const auto* pieces : {&weights, &moments}) {
            for (const parallel::Piece& piece : *pieces) found.saved[piece.name] = piece.tensor.detach().clone();
        }
        return found;
    }

    const Outcome& reference(const Cell& cell) {
        Cell one;
        one.accumulation = cell.accumulation;
        one.gate = cell.gate;
        one.precision = cell.precision;
        one.state = cell.state;
        one.plain = cell.plain;
        one.uneven = cell.uneven;
        const QString key = one.name() + (one.plain ? " plain" : "");
        if (!references_.contains(key)) references_[key] = run(one);
        return references_[key];
    }

    static double difference(const Outcome& a, const Outcome& b, std::size_t column) {
        double worst = 0;
        for (std::size_t i = 0; i < a.rows.size(); ++i)
            worst = std::max(worst, std::abs(a.rows[i][column] - b.rows[i][column]) / std::abs(a.rows[i][column]));
        return worst;
    }

    /// Choices of an expert that went elsewhere, as the loads show them.
    static double flips(const Outcome& a, const Outcome& b) {
        double moved = 0;
        for (std::size_t i = 0; i < a.rows.size(); ++i) {
            for (std::size_t k = 2; k < a.rows[i].size(); ++k) moved += std::abs(a.rows[i][k] - b.rows[i][k]) / 2;
        }
        return moved;
    }
    static double choices(const Outcome& outcome) {
        double all = 0;
        for (const auto& row : outcome.rows) all = std::accumulate(row.begin() + 2, row.end(), all);
        return all;
    }

    /// Largest difference, relative to the largest of its tensor.
    static double savedDifference(const Outcome& a, const Outcome& b) {
        double worst = 0;
        for (const auto& [name, tensor] : a.saved) {
            const double scale = tensor.abs().max().item<double>();
            if (scale > 0)
                worst =
                    std::max(worst, (tensor - b.saved.at(name)).abs().max().item<double>() / std::max(scale, 1e-12));
        }
        return worst;
    }

private Q_SLOTS:
    void initTestCase() { test::tinyTokenizer(test::tinyConfig(), folder_.path().toStdString()); }

    void oneRankEqualsMany_data() {
        QTest::addColumn<Cell>("cell");
        for (const Cell& cell : std::getenv("SWITCHYARD_WHOLE_MATRIX") != nullptr ? wholeMatrix() : shortMatrix())
            QTest::newRow(cell.name().toUtf8()) << cell;
    }

    void oneRankEqualsMany() {
        QFETCH(Cell, cell);
        const Outcome& expected = reference(cell);
        const Outcome found = run(cell);
        QCOMPARE(expected.rows.size(), static_cast<std::size_t>(kSteps));
        QCOMPARE(found.rows.size(), static_cast<std::size_t>(kSteps));
        const double losses = difference(expected, found, 0), norms = difference(expected, found, 1);
        const double saved = savedDifference(expected, found), moved = flips(expected, found);
        qInfo() << "largest relative differences: losses" << losses << "norms" << norms << "weights and moments"
                << saved << "flips" << moved << "of" << choices(expected);
        QVERIFY(choices(expected) > 1000);
        if (cell.precision == "fp32") {
            QVERIFY2(losses <= 1e-3, QByteArray::number(losses));
            QVERIFY2(moved <= 1e-3 * choices(expected), QByteArray::number(moved));
            return;
        }
        QCOMPARE(moved, 0.0);
        QVERIFY2(losses <= 1e-8, QByteArray::number(losses));
        QVERIFY2(norms <= 1e-8, QByteArray::number(norms));
        QVERIFY2(saved <= 1e-8, QByteArray::number(saved));
    }

    /// Gradients rounded on their way: near, and not the same.
    void sumsInBf16AreNear_data() {
        QTest::addColumn<Cell>("cell");
        for (const char* shard : {"none", "zero2", "fsdp"}) {
            Cell cell{2, 1, 1, shard, "none", "top2", "fp32"};
            cell.more = {"parallel.reduce_dtype=bf16"};
            QTest::newRow(shard) << cell;
        }
    }
    void sumsInBf16AreNear() {
        QFETCH(Cell, cell);
        const Outcome& expected = reference(cell);
        const Outcome found = run(cell);
        QCOMPARE(found.rows.size(), static_cast<std::size_t>(kSteps));
        // A rank's gradient, then the sum: 2^-9 each, in single numbers; the norm's errors cancel.
        const double first = std::abs(expected.rows[0][1] - found.rows[0][1]) / expected.rows[0][1];
        const double losses = difference(expected, found, 0);
        qInfo() << "first norm" << first << "losses" << losses;
        QVERIFY2(first > 0 && first < 1e-3, QByteArray::number(first));
        QVERIFY2(losses < 1e-2, QByteArray::number(losses));
    }

    void plantedFaultsShow_data() {
        QTest::addColumn<Cell>("cell");
        QTest::addColumn<QString>("fault");
        QTest::newRow("oss, not divided") << Cell{2, 1, 1, "oss", "none"} << "divide";
        QTest::newRow("zero2, not reduced") << Cell{2, 1, 1, "zero2", "none"} << "skip";
        QTest::newRow("fsdp, not divided") << Cell{2, 1, 1, "fsdp", "none"} << "divide";
        QTest::newRow("fsdp, not reduced") << Cell{2, 1, 1, "fsdp", "none"} << "skip";
        QTest::newRow("experts, rows' gradients lost") << Cell{2, 2, 1, "none", "none"} << "exchange";
    }

    void plantedFaultsShow() {
        QFETCH(Cell, cell);
        QFETCH(QString, fault);
        cell.plain = true;
        const Outcome& expected = reference(cell);
        const Outcome found = run(cell, fault);
        QCOMPARE(found.rows.size(), static_cast<std::size_t>(kSteps));
        QVERIFY2(difference(expected, found, 1) > 1e-4, "the gradient norm shows nothing");
        QVERIFY2(savedDifference(expected, found) > 1e-4, "the weights show nothing");
    }
};

int main(int argc, char** argv) {
    test::playRole(kRoles, argc, argv);
    QCoreApplication application(argc, argv);
    MatrixTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "matrix_test.moc"
