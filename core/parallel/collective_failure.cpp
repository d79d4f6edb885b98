// SPDX-License-Identifier: MIT
#include "core/parallel/collective_failure.h"

#include "core/base/util/error.h"

namespace switchyard::parallel {
namespace {

std::string described(const CollectiveName& which) {
    return "collective '" + which.name + "' number " + std::to_string(which.sequence);
}

std::string place(const CollectiveName& which) { return "rank " + std::to_string(which.rank); }

}  // namespace

void failNoAnswer(const CollectiveName& which, std::chrono::milliseconds timeout) {
    throw Error(ExitCode::kHang,
                "A peer did not answer within " + std::to_string(timeout.count()) + " ms in " + described(which),
                place(which), "See the other ranks' logs; a slow machine needs a larger parallel.timeout_s");
}

void failPeerLost(const CollectiveName& which, const std::string& reason) {
    throw Error(ExitCode::kPeerLost, "The connection to a peer broke in " + described(which) + " (" + reason + ")",
                place(which), "See the log of the rank that ended first");
}

}  // namespace switchyard::parallel
