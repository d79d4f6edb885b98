// SPDX-License-Identifier: MIT
// A worker of `switchyard serve`; see core/base/serve/frame.h.
#pragma once

#include <string>

namespace switchyard::worker {

/// Loads what {"checkpoint", "index"} names and answers frames on the descriptor in SWITCHYARD_SERVE_FD until the
/// server closes it. @return exit code
int serveFrames(const std::string& request);

}  // namespace switchyard::worker
