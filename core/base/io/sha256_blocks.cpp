// SPDX-License-Identifier: MIT
#include "core/base/io/sha256_blocks.h"

#include "core/base/util/error.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace switchyard::io {

#if defined(__x86_64__)

namespace {

/// FIPS 180-4, 4.2.2.
alignas(16) constexpr std::uint32_t kRoundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// The instructions keep the eight words a..h as two registers, in this order from the highest: a b e f and c d g h.
struct Registers {
    __m128i abef, cdgh;
};

#define SWITCHYARD_SHA __attribute__((target("sha,sse4.1")))

SWITCHYARD_SHA Registers toRegisters(const ShaState& state) {
    const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data())), 0xB1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data() + 4)), 0x1B);
    return {_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xF0)};
}

SWITCHYARD_SHA void toState(const Registers& registers, ShaState& state) {
    const __m128i feba = _mm_shuffle_epi32(registers.abef, 0x1B), dchg = _mm_shuffle_epi32(registers.cdgh, 0xB1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data() + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/// Four rounds at a time for each lane in turn, so that no instruction waits for the one before it.
template <int kLanes>
SWITCHYARD_SHA void hashLanes(ShaState* const (&states)[kLanes], const std::uint8_t* const (&data)[kLanes],
                              std::size_t blocks) {
    // Words are big-endian in the message.
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    Registers now[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) now[lane] = toRegisters(*states[lane]);
    for (std::size_t block = 0; block < blocks; ++block) {
        Registers before[kLanes];
        __m128i words[kLanes][4];  // the last 16 words of the schedule
        for (int lane = 0; lane < kLanes; ++lane) before[lane] = now[lane];
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) {
#pragma GCC unroll 2
            for (int lane = 0; lane < kLanes; ++lane) {
                __m128i* const w = words[lane];
                if (i < 4) {
                    const auto* from = reinterpret_cast<const __m128i*>(data[lane] + block * kShaBlock) + i;
                    w[i] = _mm_shuffle_epi8(_mm_loadu_si128(from), swap);
                } else {
                    const __m128i last = w[(i + 3) % 4];
                    const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]),
                                                      _mm_alignr_epi8(last, w[(i + 2) % 4], 4));
                    w[i % 4] = _mm_sha256msg2_epu32(sum, last);
                }
                const auto* constants = reinterpret_cast<const __m128i*>(kRoundConstants) + i;
                const __m128i sum = _mm_add_epi32(w[i % 4], _mm_load_si128(constants));
                now[lane].cdgh = _mm_sha256rnds2_epu32(now[lane].cdgh, now[lane].abef, sum);
                now[lane].abef = _mm_sha256rnds2_epu32(now[lane].abef, now[lane].cdgh, _mm_shuffle_epi32(sum, 0x0E));
            }
        }
        for (int lane = 0; lane < kLanes; ++lane) {
            now[lane].abef = _mm_add_epi32(now[lane].abef, before[lane].abef);
            now[lane].cdgh = _mm_add_epi32(now[lane].cdgh, before[lane].cdgh);
        }
    }
    for (int lane = 0; lane < kLanes; ++lane) toState(now[lane], *states[lane]);
}

bool askProcessor() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    constexpr unsigned kSha = 1U << 29;  // leaf 7, ebx; all that have it have SSE 4.1 as well
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0 && __builtin_cpu_supports("sse4.1");
}

}  // namespace

bool hasShaInstructions() {
    static const bool has = askProcessor();
    return has;
}

void hashBlocks(ShaState& state, const std::uint8_t* data, std::size_t blocks) {
    hashLanes<1>({&state}, {data}, blocks);
}

void hashBlocks(ShaState& a, const std::uint8_t* of_a, ShaState& b, const std::uint8_t* of_b, std::size_t blocks) {
    hashLanes<2>({&a, &b}, {of_a, of_b}, blocks);
}

#else

bool hasShaInstructions() {
    return false;
}

void hashBlocks(ShaState&, const std::uint8_t*, std::size_t) {
    throw Error(ExitCode::kRunFailed, "This processor has no SHA-256 instructions");
}

void hashBlocks(ShaState& a, const std::uint8_t* of_a, ShaState&, const std::uint8_t*, std::size_t blocks) {
    hashBlocks(a, of_a, blocks);
}

#endif

}  // namespace switchyard::io
