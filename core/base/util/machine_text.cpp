// SPDX-License-Identifier: MIT
#include "core/base/util/machine_text.h"

#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "core/base/util/cores.h"

namespace switchyard {

std::string describeMachine() {
    std::ifstream info("/proc/cpuinfo");
    std::string line, name, memory;
    while (name.empty() && std::getline(info, line)) {
        if (line.starts_with("model name")) name = line.substr(std::min(line.size(), line.find(':') + 2));
    }
    struct sysinfo host {};
    if (sysinfo(&host) == 0) {
        char text[32];
        std::snprintf(text, sizeof text, ", %.1f GiB",
                      static_cast<double>(host.totalram) * host.mem_unit / static_cast<double>(1ULL << 30));
        memory = text;
    }
    utsname system{};
    uname(&system);
    return std::to_string(usableCores()) + (usableCores() == 1 ? " core" : " cores") +
           (name.empty() ? "" : std::string(" of ") + name) + memory + ", Linux " + system.release;
}

}  // namespace switchyard
