// SPDX-License-Identifier: MIT
// Internal: the header of a probe's row (probe_codec.h; docs/formats.md has the layout).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/base/io/block_sums.h"
#include "core/base/runs/probe_codec.h"

namespace switchyard::runs::probe {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint8_t kVersion = 1;
constexpr std::int64_t kMostTokens = 1 << 20;
/// Entries of a table with a row a token, so that a short row of bytes can not ask for much memory.
constexpr std::int64_t kMostEntries = 1 << 24;

enum class Form : std::uint8_t { kAllFloats = 0, kAllHalves = 1, kBest = 2 };

struct Header {
    std::uint8_t version = kVersion;
    Form form = Form::kAllFloats;
    std::uint8_t flags = 0;  ///< 1 sigmoid scores, 2 tokens have numbers of choices of their own
    ProbeWeights weights = ProbeWeights::kStored;
    std::uint32_t experts = 0, tokens = 0, text_tokens = 0;
    std::uint16_t choices = 0;  ///< the most of a token
    std::uint16_t others = 0;   ///< form kBest: logits beside those of the choices
    std::uint32_t sum = 0;
};
static_assert(sizeof(Header) == kProbeHeaderBytes);
constexpr std::uint8_t kSigmoid = 1, kCounts = 2;

inline std::size_t idBytes(std::uint64_t experts) {
    return experts < 0x80 ? 1 : experts < 0x8000 ? 2 : 4;
}

inline std::uint32_t sumOf(Header header, const std::uint8_t* body, std::size_t bytes) {
    header.sum = 0;
    std::uint64_t parts[4] = {};
    std::memcpy(parts, &header, sizeof header);
    parts[3] = io::blockSum(body, bytes);
    return static_cast<std::uint32_t>(io::blockSum(parts, sizeof parts));
}

}  // namespace switchyard::runs::probe
