// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/nvml_reader.h"

#include <dlfcn.h>

#include <QCoreApplication>
#include <array>

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(NvmlReader)
};

// From nvml.h, whose layout is part of the library's interface.
struct Device;  // opaque
struct Utilization {
    unsigned int gpu = 0, memory = 0;  // percent
};
struct Memory {
    unsigned long long total = 0, free = 0, used = 0;
};
constexpr int kSuccess = 0;
constexpr int kTemperatureOfGpu = 0;
constexpr unsigned int kNameBytes = 96;

}  // namespace

struct NvmlReader::Api {
    void* library = nullptr;
    bool started = false;
    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    const char* (*error_string)(int) = nullptr;
    int (*count)(unsigned int*) = nullptr;
    int (*handle)(unsigned int, Device**) = nullptr;
    int (*name)(Device*, char*, unsigned int) = nullptr;
    int (*utilization)(Device*, Utilization*) = nullptr;
    int (*memory)(Device*, Memory*) = nullptr;
    int (*temperature)(Device*, int, unsigned int*) = nullptr;
    int (*power)(Device*, unsigned int*) = nullptr;  // milliwatts

    template <typename Function>
    bool find(Function& function, const char* symbol) {
        function = reinterpret_cast<Function>(dlsym(library, symbol));
        return function != nullptr;
    }
    ~Api() {
        if (started && shutdown != nullptr) shutdown();
        if (library != nullptr) dlclose(library);
    }
};

NvmlReader::NvmlReader(const char* library) : api_(std::make_unique<Api>()) {
    api_->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (api_->library == nullptr) {
        problem_ = Words::tr("No NVIDIA GPU is shown: the driver's library %1 is not on this machine")
                       .arg(QLatin1String(kLibrary))
                       .toStdString();
        return;
    }
    const bool complete = api_->find(api_->init, "nvmlInit_v2") && api_->find(api_->count, "nvmlDeviceGetCount_v2") &&
                          api_->find(api_->handle, "nvmlDeviceGetHandleByIndex_v2");
    if (!complete) {
        problem_ = Words::tr("No NVIDIA GPU is shown: %1 is too old; update the driver")
                       .arg(QLatin1String(kLibrary))
                       .toStdString();
        return;
    }
    // Older libraries lack some of these, and then the value is left out.
    api_->find(api_->shutdown, "nvmlShutdown");
    api_->find(api_->error_string, "nvmlErrorString");
    api_->find(api_->name, "nvmlDeviceGetName");
    api_->find(api_->utilization, "nvmlDeviceGetUtilizationRates");
    api_->find(api_->memory, "nvmlDeviceGetMemoryInfo");
    api_->find(api_->temperature, "nvmlDeviceGetTemperature");
    api_->find(api_->power, "nvmlDeviceGetPowerUsage");
    const int code = api_->init();
    if (code != kSuccess) {
        problem_ = Words::tr("No NVIDIA GPU is shown: the driver says \"%1\"")
                       .arg(api_->error_string != nullptr ? QString::fromUtf8(api_->error_string(code))
                                                          : QString::number(code))
                       .toStdString();
        return;
    }
    api_->started = true;
}

NvmlReader::~NvmlReader() = default;

std::vector<GpuLoad> NvmlReader::read() {
    std::vector<GpuLoad> gpus;
    unsigned int count = 0;
    if (!problem_.empty() || api_->count(&count) != kSuccess) return gpus;
    for (unsigned int i = 0; i < count; ++i) {
        Device* device = nullptr;
        if (api_->handle(i, &device) != kSuccess) continue;  // one that has fallen off the bus
        GpuLoad gpu;
        std::array<char, kNameBytes> name{};
        if (api_->name != nullptr && api_->name(device, name.data(), kNameBytes - 1) == kSuccess)
            gpu.name = name.data();
        Utilization utilization;
        if (api_->utilization != nullptr && api_->utilization(device, &utilization) == kSuccess)
            gpu.busy = utilization.gpu / 100.0;
        Memory memory;
        if (api_->memory != nullptr && api_->memory(device, &memory) == kSuccess) {
            gpu.memory_used = static_cast<double>(memory.used);
            gpu.memory = static_cast<double>(memory.total);
        }
        unsigned int value = 0;
        if (api_->temperature != nullptr && api_->temperature(device, kTemperatureOfGpu, &value) == kSuccess)
            gpu.celsius = value;
        if (api_->power != nullptr && api_->power(device, &value) == kSuccess) gpu.watts = value / 1000.0;
        gpus.push_back(std::move(gpu));
    }
    return gpus;
}

}  // namespace switchyard::ui
