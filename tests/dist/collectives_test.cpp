// SPDX-License-Identifier: MIT
// Gloo collectives between real processes: values, gradients, uneven timing, and peers that die, hang or never come.
#include <ATen/ATen.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <QtTest>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "core/parallel/gradient_buckets.h"
#include "core/parallel/mesh.h"
#include "core/parallel/process_group.h"
#include "dist/collective_values.h"
#include "dist/rank_processes.h"

using namespace switchyard;

namespace {

using test::check;

parallel::Mesh join(const launch::RankEnvironment& environment, double timeout_s = 20, int expert = 1) {
    RunConfig::Parallel config;
    config.timeout_s = timeout_s;
    config.expert = expert;
    return parallel::makeMesh(config, environment);
}

void values(const launch::RankEnvironment& environment, const std::vector<std::string>&) {
    const parallel::Mesh mesh = join(environment);
    test::checkCollectives(mesh.world(), at::kCPU);
    test::checkLargeCollectives(mesh.world(), at::kCPU);
    if (environment.world_size == 1) return;
    const char* wish = std::getenv("SWITCHYARD_DIRECT_EXCHANGE");
    std::ifstream yama("/proc/sys/kernel/yama/ptrace_scope");
    int scope = 0;
    yama >> scope;
    int number = 7, read = 0;  // a container may forbid the call altogether
    iovec to{&read, sizeof read}, from{&number, sizeof number};
    const bool possible = process_vm_readv(getpid(), &to, 1, &from, 1, 0) == sizeof read && scope == 0;
    const auto& group = dynamic_cast<const parallel::ProcessGroupCollectives&>(mesh.world());
    check(group.exchangesDirectly() == (wish == nullptr && possible), "the way that large tensors take");
}

/// Four ranks, experts over two: groups {0 1} {2 3}, the same experts on {0 2} {1 3}.
void groups(const launch::RankEnvironment& environment, const std::vector<std::string>&) {
    const parallel::Mesh mesh = join(environment, 20, 2);
    at::Tensor experts = at::full({1}, 1.0 + environment.rank), replicas = experts.clone();
    mesh.experts().allReduceSum(experts, "experts");
    mesh.replicas().allReduceSum(replicas, "replicas");
    check(experts.item<double>() == (environment.rank < 2 ? 3 : 7), "the expert group's sum");
    check(replicas.item<double>() == (environment.rank % 2 == 0 ? 4 : 6), "the replicas' sum");
    check(mesh.experts().rank() == environment.rank % 2 && mesh.replicas().rank() == environment.rank / 2,
          "ranks in the groups");
}

/// loss_r = sum_i w_ri * gathered_i with w_ri = r + i: the gradient of rank q's element is sum_r (r + q).
void gradients(const launch::RankEnvironment& environment, const std::vector<std::string>&) {
    const parallel::Mesh mesh = join(environment);
    parallel::Collectives* ranks = &mesh.world();
    const int size = ranks->size();
    const at::Tensor own = at::full({1, 2}, 3.0, at::kDouble).requires_grad_(true);
    const at::Tensor all = parallel::allGatherWithGradient(own, *ranks, "features");
    const at::Tensor weights = (at::arange(size, at::kDouble) + environment.rank).view({size, 1});
    (all * weights).sum().backward();
    const double expected = size * (size - 1) / 2.0 + size * environment.rank;
    check(at::equal(own.grad(), at::full({1, 2}, expected, at::kDouble)), "the gradient of allGather");

    // Mean over ranks of three times rank + parameter number, added up over two backwards; several buckets, two types,
    // one parameter without gradient on rank 0.
    std::vector<at::Tensor> parameters;
    for (int p = 0; p < 9; ++p)
        parameters.push_back(at::zeros({p + 1, 3}, p == 4 ? at::kDouble : at::kFloat).requires_grad_(true));
    parallel::GradientBuckets buckets(parameters, *ranks, size, StoredType::kFp32, 64);
    for (int step = 0; step < 2; ++step) {
        buckets.begin();
        double squares = 0;
        for (const double factor : {1.0, 2.0}) {
            buckets.beforeBackward(/*last=*/factor == 2.0);
            at::Tensor loss = at::zeros({}, at::kDouble);
            for (int p = 0; p < 9; ++p) {
                if (p == 6 && environment.rank == 0) continue;
                loss = loss + parameters[static_cast<std::size_t>(p)].sum() * (factor * (environment.rank + p));
                squares += factor == 2.0 ? 9.0 * (environment.rank + p) * (environment.rank + p) * (p + 1) * 3 : 0.0;
            }
            loss.backward();
        }
        check(std::abs(buckets.sendRest() - squares) <= 1e-6 * squares, "squares of this rank's own gradients");
        buckets.finish();
        for (int p = 0; p < 9; ++p) {
            const double mean = 3.0 * (size * (size - 1) / 2.0 + (p == 6 ? size - 1 : size) * p) / size;
            const at::Tensor& gradient = parameters[static_cast<std::size_t>(p)].grad();
            check(at::allclose(gradient, at::full_like(gradient, mean), 1e-6), "averages of gradients");
        }
    }
}

/// Rank 1 dies by SIGKILL in the middle of a collective that the others are in.
/// words: numbers to sum; a large tensor goes from memory to memory.
void killed(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const parallel::Mesh mesh = join(environment, 10);
    parallel::Collectives* ranks = &mesh.world();
    ranks->barrier("together");
    if (environment.rank == 1) raise(SIGKILL);
    at::Tensor tensor = at::ones({std::stoll(words[0])});
    ranks->allReduceSum(tensor, "after_the_kill");
}

/// Rank 1 stays away from a collective; the others must not wait longer than the limit of 2 s.
void hung(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const parallel::Mesh mesh = join(environment, 2);
    parallel::Collectives* ranks = &mesh.world();
    ranks->barrier("together");
    if (environment.rank == 1) {
        std::this_thread::sleep_for(std::chrono::seconds(6));
        return;
    }
    at::Tensor tensor = at::ones({std::stoll(words[0])});
    ranks->allReduceSum(tensor, "alone");
}

void joinOnly(const launch::RankEnvironment& environment, const std::vector<std::string>&) {
    join(environment, 2);
}

const std::map<std::string, test::Role> kRoles = {{"values", values}, {"groups", groups}, {"gradients", gradients},
                                                  {"killed", killed}, {"hung", hung},     {"join", joinOnly}};

}  // namespace

class CollectivesTest : public QObject {
    Q_OBJECT

    static void sizes() {
        QTest::addColumn<QString>("numbers");
        QTest::newRow("small") << "1000";
        QTest::newRow("large") << "1000000";
    }

private Q_SLOTS:
    void valuesAgree_data() {
        QTest::addColumn<int>("ranks");
        QTest::newRow("1") << 1;
        QTest::newRow("2") << 2;
        QTest::newRow("3") << 3;
    }
    void valuesAgree() {
        QFETCH(int, ranks);
        for (const QString role : {"values", "gradients"}) {
            for (const test::RankOutcome& outcome : test::runRanks(ranks, role))
                QVERIFY2(outcome.code == 0, role.toUtf8() + ": " + outcome.err);
        }
    }

    void groupsOfExperts() {
        for (const test::RankOutcome& outcome : test::runRanks(4, "groups")) QVERIFY2(outcome.code == 0, outcome.err);
    }

    void expertRanksDivideTheRanks() {
        RunConfig::Parallel config;
        config.expert = 2;
        launch::RankEnvironment three;
        three.world_size = 3;
        QVERIFY_THROWS_EXCEPTION(Error, parallel::makeMesh(config, three));
    }

    void killedPeerIsLost_data() { sizes(); }
    void killedPeerIsLost() {
        QFETCH(QString, numbers);
        const auto outcomes = test::runRanks(3, "killed", {numbers});
        QCOMPARE(outcomes[1].code, 1000);
        for (const std::size_t rank : {0U, 2U}) {
            QVERIFY2(outcomes[rank].code == 80, outcomes[rank].err);
            QVERIFY2(outcomes[rank].err.contains("'after_the_kill' number 2"), outcomes[rank].err);
            QVERIFY(outcomes[rank].ended_ms < 9'000);
        }
    }

    void absentPeerIsAHang_data() { sizes(); }
    void absentPeerIsAHang() {
        QFETCH(QString, numbers);
        const auto outcomes = test::runRanks(2, "hung", {numbers});
        QVERIFY2(outcomes[0].code == 81, outcomes[0].err);
        QVERIFY2(outcomes[0].err.contains("'alone' number 2") && outcomes[0].err.contains("rank 0"), outcomes[0].err);
        QVERIFY2(outcomes[0].ended_ms < 5'000, "the limit is 2 s");
        QCOMPARE(outcomes[0].err.trimmed().count('\n'), 0);
    }

    void theNetworkGivesTheSameValues() {
        qputenv("SWITCHYARD_DIRECT_EXCHANGE", "0");
        const auto outcomes = test::runRanks(2, "values");
        qunsetenv("SWITCHYARD_DIRECT_EXCHANGE");
        for (const test::RankOutcome& outcome : outcomes) QVERIFY2(outcome.code == 0, outcome.err);
    }

    void missingRankIsNamed() {
        const auto outcomes = test::runRanks(3, "join", {}, 30'000, 2);
        for (const std::size_t rank : {0U, 1U}) {
            QVERIFY2(outcomes[rank].code == 80, outcomes[rank].err);
            QVERIFY2(outcomes[rank].err.contains("Ranks that did not join within 2 s: 2"), outcomes[rank].err);
        }
    }

    void gpuIsRefusedInOneSentence() {
        RunConfig::Parallel config;
        config.backend = Backend::kNccl;
        try {
            parallel::makeMesh(config, launch::RankEnvironment{});
            QFAIL("NCCL without a GPU was accepted");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ExitCode::kBadConfig);
            QCOMPARE(std::string(error.what()).find('\n'), std::string::npos);
        }
        config.backend = Backend::kAuto;
        config.device = Device::kCuda;
        try {
            parallel::makeMesh(config, launch::RankEnvironment{});
            QSKIP("this machine has a GPU");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ExitCode::kBadConfig);
        }
    }
};

int main(int argc, char** argv) {
    test::playRole(kRoles, argc, argv);
    QCoreApplication application(argc, argv);
    CollectivesTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "collectives_test.moc"
