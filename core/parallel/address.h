// SPDX-License-Identifier: MIT
// Which address of this machine a rank listens on. c10d's stores and Gloo ask nobody who they are, so without being
// told otherwise a rank is reached from this machine only.
#pragma once

#include <netdb.h>

#include <memory>
#include <string>

#include "core/base/launch/worker_protocol.h"

namespace switchyard::parallel {

struct AddressDeleter {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressDeleter>;

/// At least one address; the first is the one that is used. Throws: Error(kIo) naming MASTER_ADDR as the fix.
AddressList resolveMaster(const std::string& host, int port, int socket_type);

/// What a rank listens on.
struct ListenAddress {
    std::string store;     ///< rank 0's TCPStore, where no one else serves it; may be a wildcard
    std::string peers;     ///< the other ranks' connections: told to them, so never a wildcard
    bool loopback = true;  ///< of `peers`
};

/// environment.bind: an address of this machine; "auto", the one from which MASTER_ADDR is reached; "" loopback, also
/// when nothing is known. A wildcard opens the store on every interface, the peers' connections as "auto".
/// Throws: Error(kBadConfig) when nothing was said and MASTER_ADDR is not loopback, Error(kIo) when the address is not
/// of this machine or MASTER_ADDR has no route.
ListenAddress listenAddress(const launch::RankEnvironment& environment);

/// Name of the network interface that has this address, "" when none has.
std::string interfaceOf(const std::string& address);

}  // namespace switchyard::parallel
