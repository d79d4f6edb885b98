// SPDX-License-Identifier: MIT
#include "core/parallel/store.h"

#include <c10/util/Logging.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <vector>

#include "core/base/util/error.h"
#include "core/parallel/address.h"

namespace switchyard::parallel {
namespace {

/// A listening socket on this address only: c10d's own would listen on every interface.
int listenOn(const std::string& host, int port) {
    const AddressList address = resolveMaster(host, port, SOCK_STREAM);
    const std::string place = host + ":" + std::to_string(port);
    const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, 1024) != 0) {
        const int error = errno;
        if (fd >= 0) close(fd);
        throw Error(ExitCode::kIo,
                    "The port for the ranks' meeting point can not be opened: " + std::string(std::strerror(error)),
                    place, "Choose another MASTER_PORT");
    }
    return fd;
}

std::string joinedKey(int rank) {
    return "switchyard/joined/" + std::to_string(rank);
}

constexpr const char* kMissingKey = "switchyard/missing";
constexpr auto kBetweenLooks = std::chrono::milliseconds(10);
/// How long rank 0 keeps serving after it gave up, so that the others can read who is missing.
constexpr auto kFarewell = std::chrono::milliseconds(500);

[[noreturn]] void failMissing(const std::string& missing, int own_rank, std::chrono::milliseconds timeout) {
    throw Error(ExitCode::kPeerLost,
                "Ranks that did not join within " + std::to_string(timeout.count() / 1000) + " s: " + missing,
                "rank " + std::to_string(own_rank), "See logs/rank-N.log of the missing rank");
}

std::string missingRanks(c10d::Store& store, int ranks) {
    std::string missing;
    for (int rank = 0; rank < ranks; ++rank) {
        if (!store.check({joinedKey(rank)})) missing += (missing.empty() ? "" : ", ") + std::to_string(rank);
    }
    return missing;
}

/// Every rank says that it is there and looks for the others until rank 0 gives up.
void meet(c10d::Store& store, const launch::RankEnvironment& environment, std::chrono::milliseconds timeout) {
    std::vector<std::string> keys;
    for (int rank = 0; rank < environment.world_size; ++rank) keys.push_back(joinedKey(rank));
    const auto limit = std::chrono::steady_clock::now() + timeout;
    try {
        store.set(joinedKey(environment.rank), std::vector<std::uint8_t>{1});
        while (!store.check(keys)) {
            if (environment.rank == 0 && std::chrono::steady_clock::now() >= limit) {
                const std::string missing = missingRanks(store, environment.world_size);
                store.set(kMissingKey, std::vector<std::uint8_t>(missing.begin(), missing.end()));
                std::this_thread::sleep_for(kFarewell);
                failMissing(missing, 0, timeout);
            }
            if (environment.rank != 0 && store.check({kMissingKey})) {
                const std::vector<std::uint8_t> missing = store.get(kMissingKey);
                failMissing(std::string(missing.begin(), missing.end()), environment.rank, timeout);
            }
            std::this_thread::sleep_for(kBetweenLooks);
        }
    } catch (const Error&) {
        throw;
    } catch (const std::exception&) {
        throw Error(ExitCode::kPeerLost, "Rank 0 went away while the ranks were joining",
                    "rank " + std::to_string(environment.rank), "See logs/rank-0.log");
    }
}

/// c10d tells of every broken connection with a stack trace of its own; our errors say the same in one line. A level
/// chosen by the user stays.
void quietC10d() {
    if (std::getenv("TORCH_CPP_LOG_LEVEL") == nullptr) FLAGS_caffe2_log_level = c10::GLOG_FATAL;
}

}  // namespace

c10::intrusive_ptr<c10d::Store> joinStore(const launch::RankEnvironment& environment, const std::string& listen_on,
                                          std::chrono::milliseconds timeout) {
    quietC10d();
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(environment.master_port);
    options.isServer = environment.rank == 0 && !environment.store_served;
    options.waitWorkers = false;
    options.timeout = timeout;
    std::string host = environment.master_addr;
    if (options.isServer && environment.store_fd >= 0) {
        options.masterListenFd = environment.store_fd;
    } else if (options.isServer) {
        options.masterListenFd = listenOn(listen_on, environment.master_port);
        host = listen_on;  // a host name may stand for loopback here and for another address elsewhere
    }
    c10::intrusive_ptr<c10d::Store> store;
    try {
        store = c10::make_intrusive<c10d::TCPStore>(host, options);
    } catch (const std::exception&) {
        const std::string place = environment.master_addr + ":" + std::to_string(environment.master_port);
        if (options.isServer) {
            throw Error(ExitCode::kIo, "The ranks' meeting point can not be served", place,
                        "Choose another MASTER_PORT");
        }
        throw Error(ExitCode::kPeerLost,
                    "Rank 0 was not reached within " + std::to_string(timeout.count() / 1000) + " s", place,
                    "See logs/rank-0.log, and check MASTER_ADDR and MASTER_PORT");
    }
    if (environment.store_served) {
        store = c10::make_intrusive<c10d::PrefixStore>("switchyard" + std::to_string(environment.attempt), store);
    }
    meet(*store, environment, timeout);
    return store;
}

}  // namespace switchyard::parallel
