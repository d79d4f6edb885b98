// SPDX-License-Identifier: MIT
// A slider over 1,000 recorded steps of 24 layers of 512 experts: how many frames a second its reader gives.
#include <QElapsedTimer>
#include <cstdio>

#include "core/base/runs/probe_codec.h"
#include "core/base/runs/probe_record.h"
#include "core/base/util/random.h"
#include "support/made_routes.h"
#include "test_tools.h"

using namespace switchyard;

namespace {

constexpr std::int64_t kSteps = 1000, kLayers = 24, kTokens = 64;

std::string layerName(std::int64_t layer) {
    return "text.blocks." + std::to_string(layer) + ".moe";
}

}  // namespace

class ProbeSpeedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sliderKeepsUp() {
        const test::TempFolder folder;
        {
            // A few different rows are enough: the reader looks at every byte all the same.
            std::vector<std::vector<std::uint8_t>> rows;
            for (std::uint64_t seed = 0; seed < 8; ++seed)
                rows.push_back(runs::encodeProbe(test::madeRoutes(kTokens, 512, 2, seed), runs::ProbeWeights::kStored));
            runs::RunDbWriter writer(folder / "run.db");
            for (std::int64_t step = 0; step < kSteps; ++step) {
                for (std::int64_t layer = 0; layer < kLayers; ++layer)
                    writer.add(
                        {step * 100, layerName(layer), 0, rows[static_cast<std::size_t>(step + layer) % rows.size()]});
                writer.flush();
            }
            QVERIFY(!writer.failing());
        }
        runs::ProbeRecord record(folder / "run.db");
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(record.steps().size(), std::size_t{kSteps});
        std::printf("list of %lld steps: %.1f ms\n", static_cast<long long>(kSteps),
                    static_cast<double>(timer.nsecsElapsed()) / 1e6);
        RandomSequence random(1);
        constexpr int kFrames = 200;
        std::int64_t tokens = 0;
        timer.start();
        for (int frame = 0; frame < kFrames; ++frame) {
            const auto step = static_cast<std::int64_t>(random.below(kSteps)) * 100;
            for (const runs::LayerRoutes& routes : record.routes(step, 0)) tokens += routes.num_tokens;
        }
        const double all = 1e9 * kFrames / static_cast<double>(timer.nsecsElapsed());
        QCOMPARE(tokens, kFrames * kLayers * kTokens);
        timer.start();
        for (int frame = 0; frame < kFrames; ++frame) {
            const auto step = static_cast<std::int64_t>(random.below(kSteps)) * 100;
            QVERIFY(record.routes(step, layerName(frame % kLayers), 0));
        }
        const double one = 1e9 * kFrames / static_cast<double>(timer.nsecsElapsed());
        std::printf("%.0f frames/s with all %lld layers, %.0f with one\n", all, static_cast<long long>(kLayers), one);
        QVERIFY(all >= 30);
    }
};

QTEST_GUILESS_MAIN(ProbeSpeedTest)
#include "probe_speed_test.moc"
