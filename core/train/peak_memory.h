// SPDX-License-Identifier: MIT
#pragma once

#include <c10/core/Device.h>

#include <cstdint>

namespace switchyard::train {

/// Largest resident memory this process has had so far (VmHWM), in bytes; 0 when the system does not tell.
std::int64_t peakMemoryBytes();

/// The same of the device: on a GPU what its tensors took, on a CPU the process's.
std::int64_t peakMemoryBytes(c10::Device device);

/// Seconds since this process was started (executable and libraries being loaded count); 0 when the system does
/// not tell. Resolution: 10 ms.
double processAge_s();

/// Keeps freed memory in the process: without it every step asks the system for the same pages again. Called before
/// other threads start.
void keepFreedMemory();

}  // namespace switchyard::train
