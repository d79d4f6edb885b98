// SPDX-License-Identifier: MIT
#include "core/base/plan/machine.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "core/base/util/cores.h"

namespace switchyard::plan {
namespace {

constexpr double kMiB = 1 << 20;
// Measured: the peak of `configs/smoke.yaml` less what its tensors take, docs/planning.md.
constexpr double kProcessBytes = 200 * kMiB;
constexpr double kThreadBytes = 3 * kMiB;

/// A cgroup's file with one number; infinity for "max" and where there is none.
double numberIn(const std::string& path) {
    std::ifstream file(path);
    double number = 0;
    return file >> number ? number : std::numeric_limits<double>::infinity();
}

/// What is left of the limit of the cgroup that this process is in, and of those above it.
double cgroupBytes() {
    double left = std::numeric_limits<double>::infinity();
    std::ifstream own("/proc/self/cgroup");
    for (std::string line; std::getline(own, line);) {
        if (!line.starts_with("0::")) continue;
        for (std::string path = line.substr(3); !path.empty() && path != "/"; path = path.substr(0, path.rfind('/'))) {
            const std::string folder = "/sys/fs/cgroup" + path;
            left = std::min(left, numberIn(folder + "/memory.max") - numberIn(folder + "/memory.current"));
        }
    }
    const double limit = numberIn("/sys/fs/cgroup/memory.max"), used = numberIn("/sys/fs/cgroup/memory.current");
    if (limit < left + used) left = limit - used;
    return left;
}

bool hugePagesOnRequest() {
    std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
    std::string text;
    std::getline(file, text);
    return text.find("[always]") != std::string::npos || text.find("[madvise]") != std::string::npos;
}

}  // namespace

double availableMemoryBytes() {
    double available = 0;
    std::ifstream memory("/proc/meminfo");
    for (std::string line; std::getline(memory, line);) {
        std::istringstream words(line);
        std::string name;
        double kilobytes = 0;
        words >> name >> kilobytes;
        if (name == "MemAvailable:") available = kilobytes * 1024;
    }
    const double group = cgroupBytes();
    return group >= 0 ? std::min(available, group) : available;
}

Machine thisMachine() {
    Machine machine;
    machine.memory_bytes = availableMemoryBytes();
    machine.process_bytes = kProcessBytes;
    machine.thread_bytes = kThreadBytes;
    machine.huge_pages = hugePagesOnRequest();
    machine.cores = usableCores();
    return machine;
}

Machine withGpus(double gpu_memory_bytes) {
    Machine machine = thisMachine();
    machine.gpu = true;
    machine.memory_bytes = gpu_memory_bytes;
    machine.process_bytes = machine.thread_bytes = 0;
    return machine;
}

}  // namespace switchyard::plan
