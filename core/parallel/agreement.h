// SPDX-License-Identifier: MIT
#pragma once

#include <c10/core/Device.h>

#include <string>
#include <vector>

#include "core/parallel/collectives.h"

namespace switchyard::parallel {

/// Every rank's text, in rank order. For small things (a few hundred kilobytes). Throws: as the collectives.
std::vector<std::string> gatherText(const std::string& text, Collectives& collectives, const char* name,
                                    c10::Device device = c10::Device(c10::DeviceType::CPU));

}  // namespace switchyard::parallel
