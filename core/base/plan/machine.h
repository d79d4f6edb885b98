// SPDX-License-Identifier: MIT
// What a process of this program takes on a machine before it has a model, and what the machine has.
#pragma once

#include <cstdint>

namespace switchyard::plan {

struct Machine {
    bool gpu = false;          ///< ranks compute on GPUs; memory_bytes is one GPU's
    double memory_bytes = 0;   ///< that may be taken: of this host by all ranks together, or of one GPU
    double process_bytes = 0;  ///< of a rank: program, libraries, their own buffers
    double thread_bytes = 0;   ///< more for each further thread that computes
    bool huge_pages = true;    ///< for memory that asks for them
    int cores = 1;             ///< usable
};

/// MemAvailable, or less where a container's limit leaves less.
double availableMemoryBytes();

/// This host: its memory, huge pages and cores, and the measured constants. Cost: reads a few files of /proc and /sys.
Machine thisMachine();
/// The same with GPUs of so much memory. On a GPU only tensors count, as in memory/peak_bytes.
Machine withGpus(double gpu_memory_bytes);

}  // namespace switchyard::plan
