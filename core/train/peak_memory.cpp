// SPDX-License-Identifier: MIT
#include "core/train/peak_memory.h"

#include <c10/core/CachingDeviceAllocator.h>
#include <malloc.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include "core/base/runs/run_folder.h"
#include "core/runtime/cpu_allocator.h"

namespace switchyard::train {

std::int64_t peakMemoryBytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("VmHWM:")) continue;
        std::int64_t kilobytes = 0;
        std::istringstream(line.substr(6)) >> kilobytes;
        return kilobytes * 1024;
    }
    return 0;
}

std::int64_t peakMemoryBytes(c10::Device device) {
    if (device.is_cpu()) return peakMemoryBytes();
    const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
    return stats.allocated_bytes[static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE)].peak;
}

double processAge_s() {
    const std::int64_t started = runs::processStartTicks(getpid());
    timespec now{};
    if (started == 0 || clock_gettime(CLOCK_BOOTTIME, &now) != 0) return 0;
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) -
           static_cast<double>(started) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void keepFreedMemory() {
    // Tensors from 1 MiB on have an allocator of their own; these two are for the smaller ones.
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    runtime::installCpuAllocator();
}

}  // namespace switchyard::train
