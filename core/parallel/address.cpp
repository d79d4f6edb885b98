// SPDX-License-Identifier: MIT
#include "core/parallel/address.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/util/error.h"

namespace switchyard::parallel {
namespace {

/// What to do about an address that can not be found out is said by the caller.
AddressList lookUp(const std::string& host, int port, int socket_type, std::string* reason) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = socket_type;
    addrinfo* list = nullptr;
    const int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (failed != 0) *reason = gai_strerror(failed);
    return AddressList(failed != 0 ? nullptr : list);
}

const in6_addr& ip6(const sockaddr* address) {
    return reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
}

bool isLoopback(const sockaddr* address) {
    if (address->sa_family == AF_INET)
        return (ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
    if (address->sa_family != AF_INET6) return false;
    return IN6_IS_ADDR_LOOPBACK(&ip6(address)) ||
           (IN6_IS_ADDR_V4MAPPED(&ip6(address)) && ip6(address).s6_addr[12] == IN_LOOPBACKNET);
}

bool isWildcard(const sockaddr* address) {
    return address->sa_family == AF_INET
               ? reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr == htonl(INADDR_ANY)
               : address->sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&ip6(address));
}

std::string textOf(const sockaddr* address, socklen_t length) {
    char text[NI_MAXHOST] = {};
    return getnameinfo(address, length, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0 ? text : std::string();
}

/// The address of this machine from which `host` is reached.
std::string localAddressTowards(const std::string& host, int port) {
    const AddressList target = resolveMaster(host, port > 0 ? port : 1, SOCK_DGRAM);
    const int fd = socket(target->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_storage own{};
    socklen_t length = sizeof own;
    auto* address = reinterpret_cast<sockaddr*>(&own);
    // Connecting a datagram socket sends nothing; it only lets the kernel choose the route.
    const bool ok =
        fd >= 0 && connect(fd, target->ai_addr, target->ai_addrlen) == 0 && getsockname(fd, address, &length) == 0;
    const int error = errno;
    if (fd >= 0) close(fd);
    const std::string text = ok ? textOf(address, length) : std::string();
    if (text.empty())
        throw Error(ExitCode::kIo, "There is no route to " + host + ": " + std::strerror(error), {},
                    "Check MASTER_ADDR");
    return text;
}

bool loopbackText(const std::string& address) {
    std::string ignored;
    const AddressList found = lookUp(address, 1, SOCK_STREAM, &ignored);
    return found != nullptr && isLoopback(found->ai_addr);
}

}  // namespace

AddressList resolveMaster(const std::string& host, int port, int socket_type) {
    std::string reason = "no address";
    AddressList list = lookUp(host, port, socket_type, &reason);
    if (list == nullptr) {
        throw Error(ExitCode::kIo, "The address " + host + " can not be resolved: " + reason, {},
                    "Set MASTER_ADDR to an address of the machine that runs rank 0");
    }
    return list;
}

ListenAddress listenAddress(const launch::RankEnvironment& environment) {
    const std::string& bind_to = environment.bind;
    const auto towardsMaster = [&] { return localAddressTowards(environment.master_addr, environment.master_port); };
    if (bind_to.empty()) {
        const AddressList master = resolveMaster(environment.master_addr, environment.master_port, SOCK_STREAM);
        if (!isLoopback(master->ai_addr)) {
            throw Error(ExitCode::kBadConfig,
                        "MASTER_ADDR " + environment.master_addr +
                            " is reached over the network, and without --bind a rank listens on loopback only",
                        "rank " + std::to_string(environment.rank),
                        "Give --bind ADDR, the address of this machine to listen on, or --bind auto, the one towards "
                        "MASTER_ADDR");
        }
        return {environment.master_addr, towardsMaster(), true};
    }
    if (bind_to == "auto") {
        const std::string address = towardsMaster();
        return {address, address, loopbackText(address)};
    }
    const auto refuse = [&](const std::string& reason) -> Error {
        return Error(ExitCode::kIo, "This rank can not listen on " + bind_to + ": " + reason,
                     "rank " + std::to_string(environment.rank),
                     "Give --bind (or SWITCHYARD_BIND) an address of this machine, or auto");
    };
    std::string reason = "no address";
    const AddressList given = lookUp(bind_to, 0, SOCK_STREAM, &reason);
    if (given == nullptr) throw refuse(reason);
    if (isWildcard(given->ai_addr)) {
        const std::string address = towardsMaster();
        return {bind_to, address, loopbackText(address)};
    }
    // Tried now: Gloo would only say that the ranks could not be connected.
    const int fd = socket(given->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool ours = fd >= 0 && bind(fd, given->ai_addr, given->ai_addrlen) == 0;
    const int error = errno;
    if (fd >= 0) close(fd);
    if (!ours) throw refuse(std::strerror(error));
    return {bind_to, textOf(given->ai_addr, given->ai_addrlen), isLoopback(given->ai_addr)};
}

std::string interfaceOf(const std::string& address) {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return {};
    std::string name;
    for (const ifaddrs* entry = list; entry != nullptr && name.empty(); entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr) continue;
        const int family = entry->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        const socklen_t length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        if (textOf(entry->ifa_addr, length) == address) name = entry->ifa_name;
    }
    freeifaddrs(list);
    return name;
}

}  // namespace switchyard::parallel
