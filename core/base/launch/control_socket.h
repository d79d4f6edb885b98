// SPDX-License-Identifier: MIT
// A run's control socket: the supervisor's end, and asking it. Frames as in control_frame.h.
#pragma once

#include <poll.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <list>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/io/file_descriptor.h"

namespace switchyard::launch {

/// A private folder of this user for sockets whose names have so many bytes: below $XDG_RUNTIME_DIR, or below /tmp when
/// that is not set or its path too long for a socket. Makes the folder.
/// Throws: Error(kIo) when the folder is not this user's own or open to others.
std::filesystem::path socketFolder(std::size_t name_bytes);

/// Where the socket of a run folder lies: a private folder of this user (below $XDG_RUNTIME_DIR, or /tmp when that is
/// not set or its path too long for a socket), its name a hash of the run folder. Makes the folder.
/// Throws: Error(kIo) when the folder is not this user's own or open to others.
std::filesystem::path controlSocketPath(const std::filesystem::path& run_dir);

/// Listens while it lives, and takes the file away when it goes. Nothing here waits: a client that is slow, silent or
/// never reads costs a buffer until its time is over.
/// Thread: the supervisor's.
class ControlSocket {
public:
    /// Answers one request.
    using Handler = std::function<nlohmann::json(const nlohmann::json& request)>;

    /// The caller holds the run folder's lock, so a socket that is there is a dead supervisor's and is replaced.
    /// Throws: Error(kIo).
    explicit ControlSocket(const std::filesystem::path& run_dir);
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// What to poll for.
    void addTo(std::vector<pollfd>* waits) const;
    /// Takes new clients, answers what has arrived, drops who is over the time. Never waits.
    void serve(const Handler& handler);

private:
    struct Client {
        io::FileDescriptor fd;
        std::string pending;                             ///< bytes of a frame that is not complete
        std::chrono::steady_clock::time_point heard_at;  ///< when it came, or its last complete request
    };
    void accept();
    /// False when the client is to be dropped.
    bool serve(Client& client, const Handler& handler);

    std::filesystem::path path_;
    io::FileDescriptor listener_;
    std::list<Client> clients_;
};

/// Sends `request` to the socket and waits for the answer. Throws: Error(kIo) when nobody answers in `limit`.
nlohmann::json askSupervisor(const std::filesystem::path& socket, const nlohmann::json& request,
                             std::chrono::milliseconds limit = std::chrono::seconds(3));

}  // namespace switchyard::launch
