// SPDX-License-Identifier: MIT
// LibTorch's CPU memory with the pages kept. Its own allocator gives every large tensor back to the system,
// so each step faults the same pages in again: at 16,384 tokens that is a third of a transformer block's time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace switchyard::runtime {

struct CpuAllocatorStatistics {
    std::uint64_t in_use_bytes = 0;  ///< handed out now, as rounded up
    std::uint64_t peak_in_use_bytes = 0;
    std::uint64_t cached_bytes = 0;  ///< kept for the next tensors
};

/// Makes every CPU tensor of this process from now on come from size-bucketed free lists: blocks of 1 MiB and
/// more are mapped once (aligned to 2 MiB, huge pages advised) and reused, for tensors down to two thirds of their size;
/// smaller ones go to malloc. What is in use
/// and what is kept together never exceed the peak in use by more than 3 % and 16 MiB; beyond that the least recently
/// freed blocks are unmapped. Calling it again does nothing. SWITCHYARD_CPU_ALLOCATOR=default leaves LibTorch's own in
/// place. Thread: the allocator is safe from any thread; call this before other threads start.
void installCpuAllocator();

CpuAllocatorStatistics cpuAllocatorStatistics();

}  // namespace switchyard::runtime
