// SPDX-License-Identifier: MIT
// The two ways to ask for computing; see core/base/launch/compute_request.h.
#pragma once

#include <string>

namespace switchyard::worker {

/// Memory and threads of a process that answers requests; before its first tensor.
void setUpComputing();

/// One request. Answer lines {"progress"}, {"result"} or {"error"} go to the descriptor in SWITCHYARD_ANSWER_FD;
/// without it the result stands alone on stdout and errors go to stderr. @return exit code
int answerRequest(const std::string& request);

/// Requests on stdin until its end; answers on stdout. @return exit code
int serveChannel();

}  // namespace switchyard::worker
