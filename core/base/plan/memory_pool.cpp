// SPDX-License-Identifier: MIT
#include "core/base/plan/memory_pool.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/util/block_rules.h"

namespace switchyard::plan {
namespace {

using block_rules::kSmall, block_rules::bucketOf;
constexpr std::int64_t kHugePage = block_rules::kHugePage;
constexpr std::int64_t kPage = 4096;
constexpr std::int64_t kGpuStep = 512;
constexpr std::int64_t kHeapHead = 16;  ///< what malloc keeps beside a block

std::int64_t roundedUp(std::int64_t bytes, std::int64_t step) {
    return (bytes + step - 1) / step * step;
}

std::size_t slot(Part part) {
    return static_cast<std::size_t>(part);
}

}  // namespace

std::int64_t MemoryPool::touchedBy(std::int64_t bytes, std::int64_t bucket) const {
    // The first write to a huge page makes all of it; a tail that is no whole one has small pages.
    const std::int64_t whole = huge_pages_ ? bucket / kHugePage * kHugePage : 0;
    if (bytes <= whole) return roundedUp(bytes, kHugePage);
    return std::min(bucket, roundedUp(bytes, kPage));
}

std::uint32_t MemoryPool::take(double bytes, Part part) {
    std::uint32_t number = 0;
    if (unused_.empty()) {
        number = static_cast<std::uint32_t>(blocks_.size());
        blocks_.emplace_back();
    } else {
        number = unused_.back();
        unused_.pop_back();
    }
    Block& block = blocks_[number];
    block = {std::max(bytes, 0.0), 0, 0, part, true};
    const auto whole = static_cast<std::int64_t>(std::llround(block.bytes));
    if (kind_ == Kind::kGpu) {
        block.touched = roundedUp(whole, kGpuStep);
        touched_ += block.touched;
    } else if (whole >= kSmall) {
        takeBlock(&block);
    } else if (whole > 0) {
        heap_ += static_cast<double>(block_rules::onHeap(whole) + kHeapHead);
        heap_top_ = std::max(heap_top_, heap_);
    }
    parts_[slot(part)] += block.bytes;
    ++takes_;
    taken_bytes_ += block.bytes;
    watch();
    return number;
}

void MemoryPool::give(std::uint32_t number) {
    Block& block = blocks_[number];
    const auto whole = static_cast<std::int64_t>(std::llround(block.bytes));
    if (kind_ == Kind::kGpu) {
        touched_ -= block.touched;
    } else if (block.bucket > 0) {
        giveBlock(block);
    } else if (whole > 0) {
        heap_ -= static_cast<double>(block_rules::onHeap(whole) + kHeapHead);
    }
    parts_[slot(block.part)] -= block.bytes;
    block.used = false;
    unused_.push_back(number);
}

void MemoryPool::turnInto(std::uint32_t number, Part part) {
    Block& block = blocks_[number];
    parts_[slot(block.part)] -= block.bytes;
    block.part = part;
    parts_[slot(part)] += block.bytes;
    watch();
}

void MemoryPool::restart() {
    peak_ = most_used_ = 0;
    most_ = at_peak_ = {};
    watch();
}

void MemoryPool::takeBlock(Block* block) {
    const auto bytes = static_cast<std::int64_t>(std::llround(block->bytes));
    std::int64_t bucket = bucketOf(bytes), touched = 0;
    auto it = free_.lower_bound(bucket);
    while (it != free_.end() && it->second.empty()) ++it;
    if (it != free_.end() && block_rules::willDo(it->first, bucket)) {
        bucket = it->first;
        const auto entry = it->second.back();
        it->second.pop_back();
        touched = entry->touched;
        order_.erase(entry);
        cached_ -= bucket;
    }
    const std::int64_t now = std::max(touched, touchedBy(bytes, bucket));
    touched_ += now - touched;
    block->bucket = bucket;
    block->touched = now;
    in_use_ += bucket;
    peak_in_use_ = std::max(peak_in_use_, in_use_);
    trim();
}

void MemoryPool::giveBlock(const Block& block) {
    in_use_ -= block.bucket;
    order_.push_back({block.bucket, block.touched});
    free_[block.bucket].push_back(std::prev(order_.end()));
    cached_ += block.bucket;
    trim();
}

void MemoryPool::trim() {
    while (cached_ > 0 && in_use_ + cached_ > block_rules::mostHeld(peak_in_use_)) dropOldest();
}

void MemoryPool::dropOldest() {
    const Free oldest = order_.front();
    auto& list = free_[oldest.bucket];
    list.erase(std::find(list.begin(), list.end(), order_.begin()));
    order_.pop_front();
    cached_ -= oldest.bucket;
    touched_ -= oldest.touched;
}

void MemoryPool::watch() {
    for (std::size_t i = 0; i < kParts; ++i) most_[i] = std::max(most_[i], parts_[i]);
    peak_ = std::max(peak_, static_cast<double>(touched_) + (kind_ == Kind::kCpu ? heap_top_ : 0.0));
    const double used = std::accumulate(parts_.begin(), parts_.end(), 0.0);
    if (used <= most_used_) return;
    most_used_ = used;
    at_peak_ = parts_;
    peak_moment_ = now_;
}

}  // namespace switchyard::plan
