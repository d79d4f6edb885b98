// SPDX-License-Identifier: MIT
// `switchyard serve`: a front that speaks HTTP, a queue, worker processes that hold the model.
#pragma once

#include <functional>
#include <string>

#include "core/base/serve/api.h"
#include "core/base/serve/worker_lane.h"

namespace switchyard::serve {

struct ServerOptions {
    std::string checkpoint, index;  ///< absolute; index "" = none
    std::string bind = "127.0.0.1";
    int port = 8000;
    std::string token;  ///< needed where others than this machine can connect
    int workers = 1;
    std::int64_t batch_rows = 32;
    double window_ms = 2;
    std::int64_t queue_rows = 256;
    std::chrono::milliseconds answer_limit{30'000}, drain_limit{10'000};
    HttpLimits http;
};

/// Serves until SIGTERM or SIGINT, then ends what is under way. Both signals are blocked while it runs; a second one
/// ends the program at once.
/// @param listening told once connections are taken
/// @return the exit code: 0, also when the signal came while models were being loaded
/// Throws: Error(kUsage) for an address of others without a token, Error(kIo) for a port that is taken, and the error
/// for which a worker could not load its model.
int runServer(const ServerOptions& options,
              const std::function<void(const std::string& url, const ServedSpec& served)>& listening);

}  // namespace switchyard::serve
