// SPDX-License-Identifier: MIT
// One build runs everywhere: marked loops are compiled for three instruction sets and the best one is chosen at start
// (v4: AVX-512 with its 16-bit parts, without which bf16 falls back to AVX2). Their files need -O3; see
// core/CMakeLists.txt.
#pragma once

// Sanitizers do not get on with functions that are resolved while the program is being loaded.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SWITCHYARD_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SWITCHYARD_CLONES
#endif
/// What a marked loop calls, so that it is compiled with it.
#define SWITCHYARD_INLINE inline __attribute__((always_inline))
