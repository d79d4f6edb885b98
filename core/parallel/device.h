// SPDX-License-Identifier: MIT
// Which device a rank computes on, and the GPU part of the program, loaded only when it is asked for.
#pragma once

#include <c10/core/Device.h>
#include <c10/util/intrusive_ptr.h>

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "core/base/config/run_config.h"
#include "core/base/launch/worker_protocol.h"

namespace switchyard::parallel {

/// GPUs that LibTorch finds; loads its CUDA libraries (0.4 s). Throws: Error(kBadConfig) when they do not load.
int usableGpus();

/// `auto` and `cpu` give the CPU; `cuda` loads the GPU libraries and gives GPU local_rank.
/// Throws: Error(kBadConfig) when CUDA is asked for and the libraries or the GPU are not there.
c10::Device resolveDevice(const RunConfig::Parallel& config, const launch::RankEnvironment& environment);

/// The NCCL back end out of libswitchyard_nccl.so beside the program.
/// Throws: Error(kBadConfig) when it is not there, Error(kPeerLost) when the ranks do not connect.
c10::intrusive_ptr<c10d::Backend> makeNcclBackend(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                                  int device, double timeout_s);

}  // namespace switchyard::parallel
