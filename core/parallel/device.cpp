// SPDX-License-Identifier: MIT
#include "core/parallel/device.h"

#include <ATen/Context.h>
#include <dlfcn.h>

#include <cstdlib>

#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/base/util/private_library.h"
#include "core/parallel/nccl/plugin.h"

namespace switchyard::parallel {
namespace {

/// An installed plug-in does not know where LibTorch's CUDA libraries lie: SWITCHYARD_CUDA_LIBTORCH, else where
/// installer/setup.sh puts them. Loaded here, they are there when the plug-in asks for them; a failure is told by it.
void loadCudaLibTorch() {
    const char* given = std::getenv("SWITCHYARD_CUDA_LIBTORCH");
    const fs::path wheels = given != nullptr && *given != '\0' ? fs::path(given) : cacheHome() / "libtorch-cpu";
    for (const char* name : {"libc10_cuda.so", "libtorch_cuda.so"}) {
        const fs::path file = wheels / "torch" / "lib" / name;
        if (fs::exists(file)) dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
    }
}

/// Loads the plug-in, and with it libtorch_cuda. It is never unloaded: LibTorch registers its kernels in it.
void* loadPlugin() {
    static void* const handle = [] {
        const fs::path file = privateLibrary("libswitchyard_nccl.so");
        if (file.parent_path() != executableDir()) loadCudaLibTorch();
        void* loaded = dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
        if (loaded == nullptr) {
            const char* reason = dlerror();
            throw Error(
                ExitCode::kBadConfig,
                "GPU training needs libswitchyard_nccl.so and LibTorch's CUDA libraries, which did not load: " +
                    std::string(reason != nullptr ? reason : "unknown reason"),
                file.string(),
                "Run: bash installer/setup.sh (it fetches the CUDA libraries where there is a GPU), for an installed "
                "package see docs/installing.md, or set parallel.device to cpu and parallel.backend to gloo");
        }
        return loaded;
    }();
    return handle;
}

}  // namespace

int usableGpus() {
    loadPlugin();
    return static_cast<int>(at::getNumGPUs());
}

c10::Device resolveDevice(const RunConfig::Parallel& config, const launch::RankEnvironment& environment) {
    if (config.device != Device::kCuda) return c10::Device(c10::DeviceType::CPU);
    const int gpus = usableGpus();
    at::globalContext().setAllowTF32CuDNN(false);  // fp32 means fp32; products keep it by themselves
    if (environment.local_rank >= gpus) {
        throw Error(ExitCode::kBadConfig,
                    "parallel.device is cuda, but there is no GPU number " + std::to_string(environment.local_rank),
                    "rank " + std::to_string(environment.rank), "Set parallel.device to cpu");
    }
    return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(environment.local_rank));
}

c10::intrusive_ptr<c10d::Backend> makeNcclBackend(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                                  int device, double timeout_s) {
    auto* factory = reinterpret_cast<NcclFactory>(dlsym(loadPlugin(), kNcclFactoryName));
    if (factory == nullptr) {
        throw Error(ExitCode::kBadConfig, "libswitchyard_nccl.so is of another version of the program",
                    executableDir().string(), "Build target switchyard_nccl again");
    }
    char reason[512] = {};
    c10d::Backend* backend = factory(store.get(), rank, size, device, timeout_s, reason, sizeof reason);
    if (backend == nullptr) {
        throw Error(ExitCode::kPeerLost, "NCCL could not connect the ranks: " + std::string(reason),
                    "rank " + std::to_string(rank), "See the other ranks' logs; NCCL_DEBUG=INFO tells more");
    }
    return c10::intrusive_ptr<c10d::Backend>::reclaim(backend);
}

}  // namespace switchyard::parallel
