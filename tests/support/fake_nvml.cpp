// SPDX-License-Identifier: MIT
// A libnvidia-ml.so.1 of two made-up GPUs, so that the window's reading of NVML is tested where there is no driver.
// FAKE_NVML=no-driver: the library is there, the driver is not.
#include <cstdlib>
#include <cstring>

namespace {
struct Utilization {
    unsigned int gpu, memory;
};
struct Memory {
    unsigned long long total, free, used;
};
struct Device {
    int number;
};
Device devices[2] = {{0}, {1}};
bool started = false;
constexpr unsigned long long kGiB = 1ULL << 30;
}  // namespace

extern "C" {

int nvmlInit_v2() {
    const char* mode = std::getenv("FAKE_NVML");
    if (mode != nullptr && std::strcmp(mode, "no-driver") == 0) return 9;
    started = true;
    return 0;
}
int nvmlShutdown() {
    started = false;
    return 0;
}
const char* nvmlErrorString(int code) {
    return code == 9 ? "Driver Not Loaded" : "Unknown Error";
}
int nvmlDeviceGetCount_v2(unsigned int* count) {
    *count = 2;
    return started ? 0 : 1;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, Device** device) {
    if (index > 1) return 2;
    *device = &devices[index];
    return 0;
}
int nvmlDeviceGetName(Device* device, char* name, unsigned int length) {
    std::strncpy(name, device->number == 0 ? "Made-up GPU A" : "Made-up GPU B", length);
    return 0;
}
int nvmlDeviceGetUtilizationRates(Device* device, Utilization* rates) {
    *rates = {device->number == 0 ? 40U : 90U, 10};
    return 0;
}
int nvmlDeviceGetMemoryInfo(Device* device, Memory* memory) {
    const unsigned long long used = (device->number == 0 ? 6 : 18) * kGiB;
    *memory = {24 * kGiB, 24 * kGiB - used, used};
    return 0;
}
int nvmlDeviceGetTemperature(Device* device, int sensor, unsigned int* celsius) {
    *celsius = device->number == 0 ? 51 : 72;
    return sensor == 0 ? 0 : 2;
}
// The second GPU does not tell its power, as some do not.
int nvmlDeviceGetPowerUsage(Device* device, unsigned int* milliwatts) {
    *milliwatts = 123400;
    return device->number == 0 ? 0 : 3;
}

}  // extern "C"
