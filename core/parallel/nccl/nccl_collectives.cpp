// SPDX-License-Identifier: MIT
// The NCCL back end of core/parallel/collectives.h, built as a library of its own so that a CPU run maps no
// CUDA library. It only makes the c10d back end; everything said over it is in process_group.cpp.
#include <c10/cuda/CUDAFunctions.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "core/parallel/nccl/plugin.h"

namespace {

/// c10d's NCCL work returns from wait() once it is queued and ends the whole process when it times out, unless
/// blocking waits are chosen; only those let a failure name its collective. A value set by the user stays.
void chooseBlockingWait() {
    setenv("TORCH_NCCL_BLOCKING_WAIT", "1", /*overwrite=*/0);
}

c10::intrusive_ptr<c10d::Backend> make(c10d::Store* store, int rank, int size, int device, double timeout_s) {
    chooseBlockingWait();
    c10::cuda::set_device(static_cast<c10::DeviceIndex>(device));
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(timeout_s));
    auto shared_store = c10::intrusive_ptr<c10d::Store>::reclaim_copy(store);
    auto group = c10::make_intrusive<c10d::ProcessGroupNCCL>(shared_store, rank, size, options);
    // Connected now, so that a missing peer is found at the start and not in the first step.
    group->eagerConnectSingleDevice(c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)));
    return group;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) c10d::Backend* switchyardMakeNcclBackend(
    c10d::Store* store, int rank, int size, int device, double timeout_s, char* reason, std::size_t reason_bytes) {
    static_assert(std::is_same_v<switchyard::parallel::NcclFactory, decltype(&switchyardMakeNcclBackend)>);
    constexpr const char* kUnknown = "unknown error";
    try {
        return make(store, rank, size, device, timeout_s).release();
    } catch (const std::exception& error) {
        std::snprintf(reason, reason_bytes, "%s", error.what());
        return nullptr;
    } catch (...) {
        std::snprintf(reason, reason_bytes, "%s", kUnknown);
        return nullptr;
    }
}
