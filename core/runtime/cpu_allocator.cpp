// SPDX-License-Identifier: MIT
#include "core/runtime/cpu_allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <list>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>

#include "core/base/util/block_rules.h"

namespace switchyard::runtime {
namespace {

using block_rules::kSmall, block_rules::bucketOf;
constexpr std::size_t kHugePage = block_rules::kHugePage;
constexpr std::size_t kAlignment = block_rules::kAlignment;

class BlockCache {
public:
    void* take(std::size_t bytes) {
        std::size_t bucket = bucketOf(bytes);
        const std::lock_guard lock(mutex_);
        void* block = nullptr;
        auto it = free_.lower_bound(bucket);
        while (it != free_.end() && it->second.empty()) ++it;
        if (it != free_.end() && block_rules::willDo(it->first, bucket)) {
            bucket = it->first;
            // The most recently freed block: its pages are the warmest.
            const auto entry = it->second.back();
            it->second.pop_back();
            block = entry->block;
            order_.erase(entry);
            cached_ -= bucket;
        } else {
            block = map(bucket);
        }
        sizes_[block] = bucket;
        in_use_ += bucket;
        peak_ = std::max(peak_, in_use_);
        trim();
        return block;
    }

    /// False when the block is not one of ours (it came from malloc).
    bool give(void* block) {
        const std::lock_guard lock(mutex_);
        const auto it = sizes_.find(block);
        if (it == sizes_.end()) return false;
        const std::size_t bucket = it->second;
        sizes_.erase(it);
        in_use_ -= bucket;
        order_.push_back({block, bucket});
        free_[bucket].push_back(std::prev(order_.end()));
        cached_ += bucket;
        trim();
        return true;
    }

    CpuAllocatorStatistics statistics() {
        const std::lock_guard lock(mutex_);
        return {in_use_, peak_, cached_};
    }

private:
    struct Free {
        void* block;
        std::size_t bytes;
    };
    using Order = std::list<Free>;

    void* map(std::size_t bytes) {
        // Room to cut the mapping to a 2 MiB boundary, so that huge pages fit.
        const std::size_t wanted = bytes + (bytes >= kHugePage ? kHugePage : 0);
        void* raw = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (raw == MAP_FAILED && !order_.empty()) {
            while (!order_.empty()) dropOldest();
            raw = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        }
        if (raw == MAP_FAILED) throw std::bad_alloc();
        if (wanted == bytes) return raw;
        const auto address = reinterpret_cast<std::uintptr_t>(raw);
        const std::uintptr_t begin = (address + kHugePage - 1) / kHugePage * kHugePage;
        const std::size_t head = begin - address, tail = wanted - head - bytes;
        if (head > 0) munmap(raw, head);
        auto* block = reinterpret_cast<std::uint8_t*>(begin);
        if (tail > 0) munmap(block + bytes, tail);
        madvise(block, bytes, MADV_HUGEPAGE);
        return block;
    }

    void trim() {
        while (cached_ > 0 && in_use_ + cached_ > block_rules::mostHeld(peak_)) dropOldest();
    }

    void dropOldest() {
        const Free oldest = order_.front();
        auto& list = free_[oldest.bytes];
        list.erase(std::find(list.begin(), list.end(), order_.begin()));
        order_.pop_front();
        cached_ -= oldest.bytes;
        munmap(oldest.block, oldest.bytes);
    }

    std::mutex mutex_;
    std::unordered_map<void*, std::size_t> sizes_;
    std::map<std::size_t, std::vector<Order::iterator>> free_;
    Order order_;  // oldest first
    std::size_t in_use_ = 0, peak_ = 0, cached_ = 0;
};

BlockCache& cache() {
    // Never destroyed: tensors of other static objects may still be freed after us.
    static auto* blocks = new BlockCache;
    return *blocks;
}

/// From malloc, with room to align it. (aligned_alloc asks malloc for that room too, but gives it back: a freed block
/// is then too short for the next one of its size, and the heap of a rank grew by 20 MiB of such holes.)
void* takeSmall(std::size_t bytes) {
    void* raw = std::malloc(block_rules::onHeap(bytes));
    if (raw == nullptr) throw std::bad_alloc();
    // malloc aligns to 16 bytes, so that there is always room for the address before the block.
    auto* block = reinterpret_cast<void**>((reinterpret_cast<std::uintptr_t>(raw) / kAlignment + 1) * kAlignment);
    block[-1] = raw;
    return block;
}

void giveSmall(void* block) {
    std::free(static_cast<void**>(block)[-1]);
}

void release(void* block) {
    if (block != nullptr && !cache().give(block)) giveSmall(block);
}

class CachingCpuAllocator final : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t bytes) override {
        void* block = nullptr;
        if (bytes >= kSmall) {
            block = cache().take(bytes);
        } else if (bytes > 0) {
            block = takeSmall(bytes);
        }
        return {block, block, &release, c10::Device(c10::DeviceType::CPU)};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void* to, const void* from, std::size_t bytes) const override { std::memcpy(to, from, bytes); }
};

}  // namespace

void installCpuAllocator() {
    static const bool installed = [] {
        const char* choice = std::getenv("SWITCHYARD_CPU_ALLOCATOR");
        if (choice != nullptr && std::strcmp(choice, "default") == 0) return false;
        static CachingCpuAllocator allocator;
        c10::SetCPUAllocator(&allocator, /*priority=*/100);
        return true;
    }();
    static_cast<void>(installed);
}

CpuAllocatorStatistics cpuAllocatorStatistics() {
    return cache().statistics();
}

}  // namespace switchyard::runtime
