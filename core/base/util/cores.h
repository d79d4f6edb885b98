// SPDX-License-Identifier: MIT
#pragma once

#include <sched.h>

#include <algorithm>
#include <thread>

namespace switchyard {

/// Cores this process may run on: those that Slurm, a container's cpuset or taskset left it, not those the machine has.
/// (Two threads of a barrier on one core wait for each other's time slices: a convolution took 20 times as long.)
inline int usableCores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));  // more cores than the set holds
}

}  // namespace switchyard
