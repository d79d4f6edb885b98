// SPDX-License-Identifier: MIT
// The meeting point of the ranks: a c10d key-value store that rank 0 serves.
#pragma once

#include <c10/util/intrusive_ptr.h>

#include <chrono>
#include <string>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "core/base/launch/worker_protocol.h"

namespace switchyard::parallel {

/// Rank 0 serves on environment.store_fd when that is a listening socket, else on listen_on:master_port and
/// on no other address; the others connect to master_addr. Where torchrun's agent serves already, rank 0 connects too.
/// Returns when every rank has joined.
/// Throws: Error(kPeerLost) naming the ranks that did not come within `timeout`, Error(kIo) when the address
/// can not be listened on.
c10::intrusive_ptr<c10d::Store> joinStore(const launch::RankEnvironment& environment,
                                          const std::string& listen_on, std::chrono::milliseconds timeout);

}  // namespace switchyard::parallel
