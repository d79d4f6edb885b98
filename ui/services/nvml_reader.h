// SPDX-License-Identifier: GPL-3.0-or-later
// The NVIDIA GPUs of this machine, through the driver's own library, which is looked for at run time: the program
// neither links it nor needs it.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace switchyard::ui {

struct GpuLoad {
    std::string name;
    double busy = -1;                      ///< share of the last moments in which kernels ran, 0 to 1; -1 = not told
    double memory_used = -1, memory = -1;  ///< bytes; -1 = not told
    double celsius = -1, watts = -1;       ///< -1 = not told
};

/// Source: NVML API reference (nvml.h), version 2 entry points. Thread: any, one object in one thread; a call may wait
/// for the driver.
class NvmlReader {
public:
    static constexpr const char* kLibrary = "libnvidia-ml.so.1";
    explicit NvmlReader(const char* library = kLibrary);
    ~NvmlReader();
    NvmlReader(const NvmlReader&) = delete;
    NvmlReader& operator=(const NvmlReader&) = delete;

    /// "" when GPUs can be read; else why they can not, for a person.
    const std::string& problem() const { return problem_; }
    std::vector<GpuLoad> read();

private:
    struct Api;
    std::unique_ptr<Api> api_;
    std::string problem_;
};

}  // namespace switchyard::ui
