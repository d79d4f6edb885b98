// SPDX-License-Identifier: MIT
// The NCCL plug-in: built wherever its headers are; its collectives between GPUs, skipped where there are none.
#include <unistd.h>

#include <QtTest>

#include "core/parallel/device.h"
#include "core/parallel/mesh.h"
#include "core/parallel/nccl/plugin.h"
#include "dist/collective_values.h"
#include "dist/rank_processes.h"

using namespace switchyard;

namespace {

RunConfig::Parallel onGpus() {
    RunConfig::Parallel config;
    config.device = Device::kCuda;
    config.timeout_s = 60;
    return config;
}

void values(const launch::RankEnvironment& environment, const std::vector<std::string>&) {
    const RunConfig::Parallel config = onGpus();
    const parallel::Mesh mesh = parallel::makeMesh(config, environment);
    test::checkCollectives(mesh.world(), parallel::resolveDevice(config, environment));
}

const std::map<std::string, test::Role> kRoles = {{"values", values}};

int gpus() {
    int count = 0;
    while (access(("/dev/nvidia" + std::to_string(count)).c_str(), F_OK) == 0) ++count;
    return count;
}

}  // namespace

class NcclTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void thePluginIsBuilt() {
        QFile plugin(QCoreApplication::applicationDirPath() + "/libswitchyard_nccl.so");
        QVERIFY2(plugin.open(QIODevice::ReadOnly), "run: bash installer/setup.sh, which fetches NCCL's headers");
        QVERIFY(plugin.readAll().contains(parallel::kNcclFactoryName));
    }

    void valuesAgree_data() {
        QTest::addColumn<int>("ranks");
        QTest::newRow("1") << 1;
        QTest::newRow("2") << 2;
        QTest::newRow("4") << 4;
    }
    void valuesAgree() {
        QFETCH(int, ranks);
        if (gpus() == 0) QSKIP("NCCL: needs an NVIDIA GPU, this machine has none");
        const test::Gpus which = gpus() < ranks ? test::Gpus::kShared : test::Gpus::kOneEach;
        for (const test::RankOutcome& outcome : test::runRanks(ranks, "values", {}, 120'000, -1, which))
            QVERIFY2(outcome.code == 0, outcome.err);
    }
};

int main(int argc, char** argv) {
    test::playRole(kRoles, argc, argv);
    QCoreApplication application(argc, argv);
    NcclTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "nccl_test.moc"
