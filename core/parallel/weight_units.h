// SPDX-License-Identifier: MIT
// What a model tells of its units (blocks), so that their weights need to be there only while they are used.
#pragma once

#include <string>

namespace switchyard::parallel {

/// Thread: one thread (the trainer's).
class WeightUnits {
public:
    virtual ~WeightUnits() = default;
    /// Collective: the unit's weights are there until released.
    virtual void fetch(const std::string& unit) = 0;
    virtual void release(const std::string& unit) = 0;
    /// Collective, when the gradient of the unit's output is known: its weights are there until its gradients are done.
    virtual void fetchForBackward(const std::string& unit) = 0;
};

/// Unit of a parameter: a block ("text.blocks.3"), "text.embedding", or "root" for all the rest, which is small and
/// used on both sides of the blocks.
std::string unitOf(const std::string& parameter);
inline constexpr const char* kRootUnit = "root";

}  // namespace switchyard::parallel
