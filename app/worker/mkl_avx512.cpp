// SPDX-License-Identifier: MIT
// MKL, which is part of libtorch_cpu, takes its AVX2 kernels on processors that are not Intel's, also where
// AVX-512 is there (199 against 430 GFLOP/s in fp32 on an AMD Zen 5 with 2 cores). It decides by calling this
// function, and a program that exports the symbol answers for it. The answer is yes on Intel processors, as
// MKL itself would find, and on others when CPUID shows the AVX-512 sets that those kernels use.
// SWITCHYARD_MKL_AVX512=0 turns the second case off.

#include <cpuid.h>

#include <cstdlib>
#include <cstring>

namespace {

bool isIntel() {
    unsigned eax = 0, vendor[3] = {};
    if (__get_cpuid(0, &eax, &vendor[0], &vendor[2], &vendor[1]) == 0) return false;
    return std::memcmp(vendor, "GenuineIntel", sizeof vendor) == 0;
}

bool wanted() {
    const char* value = std::getenv("SWITCHYARD_MKL_AVX512");
    return value == nullptr || std::strcmp(value, "0") != 0;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int mkl_serv_intel_cpu_true();
extern "C" int mkl_serv_intel_cpu_true() {
    static const int answer = [] {
        __builtin_cpu_init();
        const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
        return isIntel() || (avx512 && wanted()) ? 1 : 0;
    }();
    return answer;
}
