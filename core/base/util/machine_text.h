// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace switchyard {

/// "2 cores of AMD EPYC 9B14, 7.8 GiB, Linux 6.1.0": what records and reports call this machine; no name of a host.
std::string describeMachine();

}  // namespace switchyard
