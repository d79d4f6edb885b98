// SPDX-License-Identifier: MIT
// What the program and its GPU plug-in agree on. Nothing throws across it.
#pragma once

#include <cstddef>

namespace c10d {
class Backend;
class Store;
}  // namespace c10d

namespace switchyard::parallel {

/// Makes a c10d back end over NCCL for GPU `device`. The caller owns the one reference of the result; nullptr
/// on failure, with the reason in `reason` (cut to `reason_bytes`, always ended by 0). `store` stays the caller's.
using NcclFactory = c10d::Backend* (*)(c10d::Store* store, int rank, int size, int device, double timeout_s,
                                       char* reason, std::size_t reason_bytes);

inline constexpr const char* kNcclFactoryName = "switchyardMakeNcclBackend";

}  // namespace switchyard::parallel
