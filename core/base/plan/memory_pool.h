// SPDX-License-Identifier: MIT
// A process's memory as a replayed training step asks for it: the worker's allocator with sizes in place of blocks.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <vector>

namespace switchyard::plan {

/// What memory is for.
enum class Part : std::uint8_t { kWeights, kGradients, kOptimizer, kActivations, kAllToAll, kData, kCheckpoint };
constexpr std::size_t kParts = 7;
using PartBytes = std::array<double, kParts>;

/// Where a step is.
struct Moment {
    enum class Phase : std::uint8_t { kStart, kForward, kBackward, kUpdate };
    Phase phase = Phase::kStart;
    int unit = 0;  ///< of the model; 0: none of its blocks
};

/// On a CPU as core/runtime/cpu_allocator.cpp: blocks from 1 MiB on are rounded up, kept when they are freed and handed
/// out again; smaller ones lie on the heap, which does not shrink. Resident is what was ever written of the blocks that
/// are there. On a GPU the peak that LibTorch reports counts what is in use, rounded up to 512 bytes.
/// Thread: one thread.
class MemoryPool {
public:
    enum class Kind { kCpu, kGpu };
    MemoryPool(Kind kind, bool huge_pages) : kind_(kind), huge_pages_(huge_pages) {}
    MemoryPool(const MemoryPool&) = delete;
    MemoryPool& operator=(const MemoryPool&) = delete;

    /// @return a number for give()
    std::uint32_t take(double bytes, Part part);
    void give(std::uint32_t block);
    void turnInto(std::uint32_t block, Part part);

    double bytesOf(std::uint32_t block) const { return blocks_[block].bytes; }
    /// Largest so far: resident bytes on a CPU, bytes in use on a GPU.
    double peak() const { return peak_; }
    /// What was in use when most was, as asked for (kept blocks make the peak come a little later), and the largest of
    /// each part at any time.
    const PartBytes& atPeak() const { return at_peak_; }
    const PartBytes& most() const { return most_; }
    /// What is taken from now on is taken then.
    void enter(Moment moment) { now_ = moment; }
    Moment peakMoment() const { return peak_moment_; }
    /// Of all blocks ever given out: how many, and their bytes. Each is written once and read about once.
    double takes() const { return takes_; }
    double takenBytes() const { return taken_bytes_; }
    /// Forgets peaks, not what is in use.
    void restart();

private:
    struct Block {
        double bytes = 0;         ///< asked for
        std::int64_t bucket = 0;  ///< of the block; 0: on the heap
        std::int64_t touched = 0;
        Part part = Part::kActivations;
        bool used = false;
    };
    struct Free {
        std::int64_t bucket, touched;
    };
    using Order = std::list<Free>;

    std::int64_t touchedBy(std::int64_t bytes, std::int64_t bucket) const;
    void takeBlock(Block* block);
    void giveBlock(const Block& block);
    void trim();
    void dropOldest();
    void watch();

    Kind kind_;
    bool huge_pages_;
    std::vector<Block> blocks_;
    std::vector<std::uint32_t> unused_;
    std::map<std::int64_t, std::vector<Order::iterator>> free_;
    Order order_;  ///< oldest first
    std::int64_t in_use_ = 0, peak_in_use_ = 0, cached_ = 0, touched_ = 0;
    double heap_ = 0, heap_top_ = 0;
    double peak_ = 0, most_used_ = 0, takes_ = 0, taken_bytes_ = 0;
    Moment now_, peak_moment_;
    PartBytes parts_{}, at_peak_{}, most_{};
};

}  // namespace switchyard::plan
