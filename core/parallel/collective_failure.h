// SPDX-License-Identifier: MIT
// How a collective that failed is told, whatever carried it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace switchyard::parallel {

/// A collective as errors name it.
struct CollectiveName {
    std::string name;
    std::uint64_t sequence = 0;
    int rank = 0;
};

/// Throws: Error(kHang).
[[noreturn]] void failNoAnswer(const CollectiveName& which, std::chrono::milliseconds timeout);
/// Throws: Error(kPeerLost).
[[noreturn]] void failPeerLost(const CollectiveName& which, const std::string& reason);

}  // namespace switchyard::parallel
