// SPDX-License-Identifier: MIT
// Gloo collectives between real processes: values, gradients, uneven timing, and peers that die, hang or never come.
#include <ATen/ATen.h>
#include <signal.h>

#include <QtTest>
#include <chrono>
#include <numeric>
#include <thread>

#include "core/parallel/agreement.h"
#include "core/parallel/mesh.h"
#include "core/parallel/sharding.h"
#include "dist/rank_processes.h"

using namespace switchyard;

namespace {

void check(bool good, const char* what) {
    if (!good) throw Error(ExitCode::kRunFailed, std::string("wrong result of ") + what);
}

parallel::Mesh join(const launch::RankEnvironment& environment, double timeout_s = 20, int expert = 1) {
    RunConfig::Parallel config;
    config.timeout_s = timeout_s;
    config.expert = expert;
    return parallel::makeMesh(config, environment);
}

void values(const launch::RankEnvironment& environment, const std::vector<std::string>&) {
    const parallel::Mesh mesh = join(environment);
    parallel::Collectives* ranks = &mesh.world();
    const int size = ranks->size();
    std::vector<std::string> seen;
    ranks->onCollective([&](const char* name, std::uint64_t number) { seen.push_back(name + std::to_string(number)); });
    // Ranks come at different times to every collective.
    const auto late = [&](int factor) {
        std::this_thread::sleep_for(std::chrono::milliseconds((environment.rank * factor) % 37));
    };

    // 1 + 2 + ... + size, in every type that is sent.
    for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kLong, at::kInt}) {
        late(11);
        at::Tensor tensor = at::full({3, 5}, environment.rank + 1, type);
        ranks->allReduceSum(tensor, "sum");
        check(at::equal(tensor, at::full({3, 5}, size * (size + 1) / 2, type)), "allReduceSum");
    }
    // Several in flight, waited for in another order.
    at::Tensor a = at::full({1000}, 1.0), b = at::full({7}, static_cast<double>(environment.rank));
    auto pending_a = ranks->allReduceSumAsync(a, "a");
    auto pending_b = ranks->allReduceSumAsync(b, "b");
    late(5);
    pending_b->wait();
    pending_a->wait();
    check(at::equal(a, at::full({1000}, static_cast<double>(size))) && b[0].item<double>() == size * (size - 1) / 2.0,
          "async");

    const at::Tensor gathered =
        ranks->allGather(at::tensor({10.0 * environment.rank, 10.0 * environment.rank + 1}).view({2, 1}), "gather");
    check(gathered.sizes() == at::IntArrayRef({2 * size, 1}), "allGather's shape");
    for (int r = 0; r < size; ++r) {
        check(gathered[2 * r].item<double>() == 10.0 * r && gathered[2 * r + 1].item<double>() == 10.0 * r + 1,
              "allGather");
    }
    // Shares of 3 numbers: what rank r sends to rank q is 100 r + q.
    at::Tensor shares = at::empty({3L * size}, at::kDouble), own = at::empty({3}, at::kDouble);
    for (int q = 0; q < size; ++q) shares.narrow(0, 3L * q, 3).fill_(100.0 * environment.rank + q);
    late(13);
    ranks->reduceScatterSumAsync(own, shares, "reduce_scatter")->wait();
    check(at::equal(own, at::full({3}, 100.0 * size * (size - 1) / 2 + size * environment.rank, at::kDouble)),
          "reduceScatterSumAsync");
    at::Tensor all = at::empty({3L * size}, at::kDouble);
    ranks->allGatherAsync(all, own, "all_gather")->wait();
    for (int q = 0; q < size; ++q)
        check(all[3L * q].item<double>() == 100.0 * size * (size - 1) / 2 + size * q, "allGatherAsync");
    // Rank r sends r + q rows to rank q: none from rank 0 to itself.
    std::vector<std::int64_t> sent, received;
    for (int q = 0; q < size; ++q) sent.push_back(environment.rank + q);
    received = sent;  // symmetric
    const std::int64_t rows = std::accumulate(sent.begin(), sent.end(), std::int64_t{0});
    at::Tensor rows_in = at::full({rows, 2}, static_cast<double>(environment.rank)), rows_out = at::empty({rows, 2});
    ranks->allToAllAsync(rows_out, rows_in, received, sent, "all_to_all")->wait();
    std::int64_t row = 0;
    for (int q = 0; q < size; ++q) {
        for (std::int64_t i = 0; i < received[static_cast<std::size_t>(q)]; ++i)
            check(rows_out[row++][1].item<double>() == q, "allToAllAsync");
    }
    late(23);
    at::Tensor word = at::full({4}, environment.rank);
    ranks->broadcast(word, size - 1, "broadcast");
    check(at::equal(word, at::full({4}, size - 1)), "broadcast");
    ranks->barrier("barrier");

    const auto texts =
        parallel::gatherText(std::string(static_cast<std::size_t>(environment.rank) * 1000, 'x'), *ranks, "texts");
    for (int r = 0; r < size; ++r)
        check(texts[static_cast<std::size_t>(r)].size() == static_cast<std::size_t>(r) * 1000, "gatherText");
    check(seen.size() == 14 && seen.front() == "sum1" && seen.back() == "texts14", "numbering");
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

    // Mean over ranks of rank + parameter number; several buckets, two types, one parameter without gradient on rank 0.
    std::vector<at::Tensor> parameters;
    for (int p = 0; p < 9; ++p) {
        parameters.push_back(at::zeros({p + 1, 3}, p == 4 ? at::kDouble : at::kFloat).requires_grad_(true));
        if (p == 6 && environment.rank == 0) continue;
        parameters.back().mutable_grad() = at::full_like(parameters.back(), environment.rank + p).detach();
    }
    parallel::averageGradients(parameters, *ranks, size, StoredType::kFp32, 64);
    for (int p = 0; p < 9; ++p) {
        const double mean = (size * (size - 1) / 2.0 + (p == 6 ? size - 1 : size) * p) / size;
        const at::Tensor& gradient = parameters[static_cast<std::size_t>(p)].grad();
        check(at::allclose(gradient, at::full_like(gradient, mean), 1e-6), "averageGradients");
    }
}

/// Rank 1 dies by SIGKILL in the middle of a collective that the others are in.
void killed(const launch::RankEnvironment& environment, const std::vector<std::string>&) {
    const parallel::Mesh mesh = join(environment, 10);
    parallel::Collectives* ranks = &mesh.world();
    ranks->barrier("together");
    if (environment.rank == 1) raise(SIGKILL);
    at::Tensor tensor = at::ones({1000});
    ranks->allReduceSum(tensor, "after_the_kill");
}

/// Rank 1 stays away from a collective; the others must not wait longer than the limit of 2 s.
void hung(const launch::RankEnvironment& environment, const std::vector<std::string>&) {
    const parallel::Mesh mesh = join(environment, 2);
    parallel::Collectives* ranks = &mesh.world();
    ranks->barrier("together");
    if (environment.rank == 1) {
        std::this_thread::sleep_for(std::chrono::seconds(6));
        return;
    }
    at::Tensor tensor = at::ones({10});
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

    void killedPeerIsLost() {
        const auto outcomes = test::runRanks(3, "killed");
        QCOMPARE(outcomes[1].code, 1000);
        for (const std::size_t rank : {0U, 2U}) {
            QVERIFY2(outcomes[rank].code == 80, outcomes[rank].err);
            QVERIFY2(outcomes[rank].err.contains("'after_the_kill' number 2"), outcomes[rank].err);
            QVERIFY(outcomes[rank].ended_ms < 9'000);
        }
    }

    void absentPeerIsAHang() {
        const auto outcomes = test::runRanks(2, "hung");
        QVERIFY2(outcomes[0].code == 81, outcomes[0].err);
        QVERIFY2(outcomes[0].err.contains("'alone' number 2") && outcomes[0].err.contains("rank 0"), outcomes[0].err);
        QVERIFY2(outcomes[0].ended_ms < 5'000, "the limit is 2 s");
        QCOMPARE(outcomes[0].err.trimmed().count('\n'), 0);
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
