// SPDX-License-Identifier: MIT
// Experts whose weights are not finite: one of them makes every loss and every gradient NaN, and only the weights still
// tell which it was.
#pragma once

#include <string>
#include <vector>

#include "core/base/util/error.h"
#include "core/train/assembly.h"

namespace switchyard::train {

struct SickExpert {
    std::string layer;  ///< "fusion.blocks.0.moe"
    int expert = 0;
};

/// Of all ranks, the same list on each; reads every expert's weights. Collective.
std::vector<SickExpert> sickExperts(const Assembly& assembly);
/// "fusion.blocks.0.moe expert 3, ..."; "" when there is none.
std::string describe(const std::vector<SickExpert>& experts);

/// Error(kNonFinite) with what is known of its cause.
class NonFiniteError : public Error {
public:
    NonFiniteError(std::int64_t step, const std::string& where, std::vector<SickExpert> experts);
    std::int64_t step() const { return step_; }
    const std::vector<SickExpert>& experts() const { return experts_; }

private:
    std::int64_t step_;
    std::vector<SickExpert> experts_;
};

}  // namespace switchyard::train
