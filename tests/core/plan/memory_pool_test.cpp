// SPDX-License-Identifier: MIT
// The replayed allocator against sums worked out by hand from core/runtime/cpu_allocator.h.
#include <QtTest>

#include "core/base/plan/memory_pool.h"

using namespace switchyard::plan;

namespace {

constexpr double kMiB = 1 << 20;

}  // namespace

class MemoryPoolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFreedBlockServesASmallerTensor() {
        MemoryPool pool(MemoryPool::Kind::kCpu, true);
        // 3 MiB is a bucket of its own (steps of 4 MiB / 8); one huge page and 1 MiB of small pages: 3 MiB resident.
        const auto first = pool.take(3 * kMiB, Part::kActivations);
        QCOMPARE(pool.peak(), 3 * kMiB);
        pool.give(first);
        // 2.5 MiB: the block of 3 MiB is less than half as much again, so it is taken.
        const auto second = pool.take(2.5 * kMiB, Part::kActivations);
        QCOMPARE(pool.peak(), 3 * kMiB);
        // The next one needs a block of its own.
        pool.take(2.5 * kMiB, Part::kActivations);
        QCOMPARE(pool.peak(), 5.5 * kMiB);
        pool.give(second);
        // 1.5 MiB: 3 MiB is too much; again a new one.
        pool.take(1.5 * kMiB, Part::kActivations);
        QCOMPARE(pool.peak(), 7 * kMiB);
    }

    void hugePagesAreWhole() {
        // 4.5 MiB is rounded up to a bucket of 5: two huge pages, and half a MiB of small ones.
        MemoryPool huge(MemoryPool::Kind::kCpu, true);
        huge.take(4.5 * kMiB, Part::kActivations);
        QCOMPARE(huge.peak(), 4.5 * kMiB);
        // 5.2 MiB: a bucket of 6, three huge pages, all of them touched.
        MemoryPool more(MemoryPool::Kind::kCpu, true);
        more.take(5.2 * kMiB, Part::kActivations);
        QCOMPARE(more.peak(), 6 * kMiB);
        MemoryPool small(MemoryPool::Kind::kCpu, false);
        small.take(5 * kMiB + 1, Part::kActivations);
        QCOMPARE(small.peak(), 5 * kMiB + 4096);
    }

    void keptBlocksAreLimited() {
        MemoryPool pool(MemoryPool::Kind::kCpu, false);
        // 100 blocks of 1 MiB one after another in sizes that do not fit each other: kept ones stay below the peak in
        // use + 3 % + 16 MiB.
        for (int i = 1; i <= 100; ++i) pool.give(pool.take(i * kMiB, Part::kActivations));
        QVERIFY2(pool.peak() < 2 * 104 * kMiB * 1.04 + 16 * kMiB, qPrintable(QString::number(pool.peak() / kMiB)));
        QVERIFY(pool.peak() >= 100 * kMiB);
    }

    void theHeapDoesNotShrink() {
        MemoryPool pool(MemoryPool::Kind::kCpu, true);
        const auto first = pool.take(1000, Part::kData);  // 1024, 64 to align it, and the head of 16
        QCOMPARE(pool.peak(), 1104.0);
        pool.give(first);
        pool.take(3 * kMiB, Part::kData);
        QCOMPARE(pool.peak(), 3 * kMiB + 1104.0);
    }

    void onAGpuOnlyWhatIsInUseCounts() {
        MemoryPool pool(MemoryPool::Kind::kGpu, true);
        const auto first = pool.take(1000, Part::kWeights);
        QCOMPARE(pool.peak(), 1024.0);
        pool.give(first);
        pool.take(5 * kMiB, Part::kWeights);
        QCOMPARE(pool.peak(), 5 * kMiB);
    }

    void partsAddUp() {
        MemoryPool pool(MemoryPool::Kind::kCpu, true);
        const auto weights = pool.take(2 * kMiB, Part::kWeights);
        const auto rows = pool.take(6 * kMiB, Part::kActivations);
        pool.give(rows);
        const auto gradient = pool.take(2 * kMiB, Part::kActivations);
        pool.turnInto(gradient, Part::kGradients);
        const auto at = [](const PartBytes& parts, Part part) { return parts[static_cast<std::size_t>(part)]; };
        QCOMPARE(at(pool.atPeak(), Part::kWeights), 2 * kMiB);
        QCOMPARE(at(pool.atPeak(), Part::kActivations), 6 * kMiB);
        QCOMPARE(at(pool.atPeak(), Part::kGradients), 0.0);  // it came later
        QCOMPARE(at(pool.most(), Part::kGradients), 2 * kMiB);
        pool.give(weights);
        pool.give(gradient);
    }
};

QTEST_GUILESS_MAIN(MemoryPoolTest)
#include "memory_pool_test.moc"
