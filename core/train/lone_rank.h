// SPDX-License-Identifier: MIT
// Work that rank 0 does alone between steps while the others wait for it.
#pragma once

#include "core/train/assembly.h"

namespace switchyard::train {

/// One sign of life of rank 0 while it works; true once it is done. All ranks call it equally often, so that the
/// connection's time limit does not run out. @param name of the work, for who looks at a hang
bool exchangeDone(Assembly& assembly, bool done, const char* name);

}  // namespace switchyard::train
